use super::*;

const MESSAGE: &str = "From: Anna Berg <anna@club.example>\r\nTo: Bo Lind <bo@club.example>\r\n\
    Cc: =?utf-8?q?J=C3=B6rg?= <joerg@else.example>\r\nSubject: Training on Monday\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/mixed; boundary=x\r\n\r\n\
    --x\r\nContent-Type: text/plain\r\n\r\nBring the GREEN shirts, please.\r\n\
    --x\r\nContent-Type: text/csv; name=plan.csv\r\nContent-Disposition: attachment\r\n\r\na,b\r\n--x--\r\n";

fn finds(text: &str) -> bool {
    let now: Zoned = "2026-03-04T12:00:00[UTC]".parse().unwrap();
    let received = "2026-03-02T09:00:00Z".parse().unwrap();
    Query::parse(text, &now).matches(&Message::parse(MESSAGE.as_bytes()), received)
}

#[test]
#[rustfmt::skip] // a table reads as a table
fn words_are_found_anywhere_and_keywords_in_their_place() {
    let table = [
        ("training",                       true),
        ("TRAIN mon",                      true),
        ("green shirt",                    true),
        ("\"green shirts\"",               true),
        ("\"shirts green\"",               false),
        ("jörg",                           true),
        ("plan.csv",                       true),
        ("ball",                           false),
        ("training ball",                  false),
        ("ball OR training",               true),
        ("ball OR bat",                    false),
        ("training AND ball",              false),
        ("training -ball",                 true),
        ("training -green",                false),
        ("NOT ball",                       true),
        ("NOT training",                   false),
        ("train*",                         true),
        ("(training) (green)",             true),
        ("subject:training",               true),
        ("Subject:\"on monday\"",          true),
        ("subject: training",              true),
        ("subject:green",                  false),
        ("body:green",                     true),
        ("body:training",                  false),
        ("from:anna",                      true),
        ("from:\"anna berg\"",             true),
        ("from:bo",                        false),
        ("to:bo@club",                     true),
        ("to:anna",                        false),
        ("cc:jörg",                        true),
        ("bcc:jörg",                       false),
        ("participants:else.example",      true),
        ("attachment:plan",                true),
        ("attachment:green",               false),
        ("hasattachment:true",             true),
        ("hasattachment:no",               false),
        ("-hasattachment:yes",             false),
        ("hasattachment:perhaps",          false),
        ("from:anna subject:training",     true),
        ("from:anna subject:ball",         false),
        ("from:",                          false),
        ("http://x",                       false),
    ];
    for (text, expected) in table {
        assert_eq!(finds(text), expected, "{text}");
    }
}

#[test]
#[rustfmt::skip] // a table reads as a table
fn a_message_is_found_by_when_it_came() {
    let table = [ // it came on Monday, 2 March; today is the Wednesday after
        ("received:2026-03-02",             true),
        ("received:2026-03-01",             false),
        ("received=3/2/2026",               true),
        ("received>=2026-03-02",            true),
        ("received>2026-03-02",             false),
        ("received<2026-03-02",             false),
        ("received<=2026-03-02",            true),
        ("received:>2026-03-01",            true),
        ("received:2026-02-01..2026-03-02", true),
        ("received:2026-03-03..2026-03-09", false),
        ("received:today",                  false),
        ("received:yesterday",              false),
        ("received:\"this week\"",          true),
        ("received:\"last week\"",          false),
        ("received:\"this month\"",         true),
        ("received:\"last month\"",         false),
        ("received:\"this year\"",          true),
        ("received:\"last year\"",          false),
        ("received:soon",                   false),
        ("received:2026-02-30",             false),
    ];
    for (text, expected) in table {
        assert_eq!(finds(text), expected, "{text}");
    }
}

#[test]
fn nothing_asked_is_known_as_that() {
    let now: Zoned = "2026-03-04T12:00:00[UTC]".parse().unwrap();
    for text in ["", "  ", "()", "OR", "AND NOT", "\"\"", "-", "*"] {
        assert!(Query::parse(text, &now).is_empty(), "{text:?}");
    }
}

#[test]
fn a_query_is_read_only_so_far() {
    let fits = format!("{} training", "a ".repeat(MAX_TERMS - 1));
    let now: Zoned = "2026-03-04T12:00:00[UTC]".parse().unwrap();
    let terms = |text: &str| Query::parse(text, &now).alternatives.iter().map(Vec::len).sum::<usize>();
    assert_eq!(terms(&fits), MAX_TERMS);
    assert_eq!(terms(&format!("{fits} more")), MAX_TERMS);
    assert!(finds(&format!("{}training", " ".repeat(MAX_QUERY_CHARS - 8))));
    assert!(finds(&format!("training{}ball", " ".repeat(MAX_QUERY_CHARS))), "the rest is not read");
}

proptest::proptest! {
    #[test]
    fn any_text_is_a_query(text in "(from|received|subject|NOT|OR|-|[:=<>\"()*]|\\PC| ){0,20}") {
        let _ = finds(&text);
    }
}

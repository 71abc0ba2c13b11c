use super::*;

const CARD: &str = "BEGIN:VCARD\r\nVERSION:3.0\r\nitem1.EMAIL;TYPE=\"home,pref\";X-A=1:a@example.org\r\nNOTE:one\\n\r\n \
                    two\\, three\r\nEND:VCARD\r\n";

fn first<'d, 'a>(document: &'d Document<'a>, name: &str) -> &'d Line<'a> {
    document.all_lines().iter().find(|line| line.is(name)).expect("the line is there")
}

#[test]
fn a_line_is_taken_apart() {
    let document = Document::parse(CARD.as_bytes());
    let email = first(&document, "email");
    assert_eq!(email.group(), Some("item1"));
    assert_eq!((email.name(), email.number(), email.value()), ("EMAIL", 3, "a@example.org"));
    assert!(email.has_type("HOME") && email.has_type("pref") && !email.has_type("work"));
    assert_eq!(email.param("x-a").as_deref(), Some("1"));
    let note = first(&document, "NOTE");
    assert_eq!((note.group(), note.text().as_ref()), (None, "one\ntwo, three"));
    assert!(document.troubles().is_empty());
}

#[test]
fn components_nest() {
    let text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nBEGIN:VALARM\nTRIGGER:-PT5M\nEND:VALARM\nEND:VEVENT\n\
                BEGIN:VEVENT\nUID:2\nEND:VEVENT\nEND:VCALENDAR\n";
    let document = Document::parse(text.as_bytes());
    let calendar = document.root("vcalendar").unwrap();
    let events: Vec<_> = document.children(calendar).collect();
    assert_eq!(events.len(), 2);
    assert_eq!(document.named(events[0], "UID").next().unwrap().value(), "1");
    assert_eq!(document.children(events[0]).next().unwrap().name(), "VALARM");
    let mut editor = Editor::new(&document);
    editor.append(events[0], "SUMMARY:s");
    editor.remove_component(events[1]);
    let written = String::from_utf8(editor.finish()).unwrap();
    assert_eq!(
        written,
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:s\nBEGIN:VALARM\nTRIGGER:-PT5M\nEND:VALARM\nEND:VEVENT\nEND:VCALENDAR\n"
    );
}

#[test]
fn only_the_named_lines_change() {
    let document = Document::parse(CARD.as_bytes());
    let mut editor = Editor::new(&document);
    assert!(editor.is_empty());
    editor.replace_value(first(&document, "EMAIL"), "b@example.org");
    editor.insert_after(first(&document, "VERSION"), "UID:1");
    editor.remove(first(&document, "NOTE"));
    editor.append(document.root("VCARD").unwrap(), "X-LAST:1");
    assert_eq!(
        String::from_utf8(editor.finish()).unwrap(),
        "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:1\r\nitem1.EMAIL;TYPE=\"home,pref\";X-A=1:b@example.org\r\nX-LAST:1\r\nEND:VCARD\r\n"
    );
}

#[test]
fn what_is_broken_is_kept_and_reported() {
    let text =
        b"\xef\xbb\xbfBEGIN:VCARD\nno colon here\nFN:J\xfcrgen\n:empty\nNOTE;X=\"open:v\nBEGIN:X\nEND:VCARD";
    let document = Document::parse(text);
    let card = document.root("VCARD").unwrap();
    let lines: Vec<_> = document.troubles().iter().map(|trouble| trouble.line).collect();
    assert_eq!(lines, [2, 4, 7], "{:?}", document.troubles());
    assert_eq!(first(&document, "FN").value(), "J\u{fffd}rgen");
    assert_eq!(first(&document, "NOTE").value(), "v");
    let mut editor = Editor::new(&document);
    editor.append(card, "X:1");
    let written = editor.finish();
    assert!(written.starts_with(b"\xef\xbb\xbfBEGIN:VCARD\nno colon here\nFN:J\xfcrgen\n"));
}

#[test]
fn a_missing_end_takes_new_lines_at_the_end() {
    let document = Document::parse(b"BEGIN:VCARD\r\nFN:a");
    let mut editor = Editor::new(&document);
    editor.append(document.root("VCARD").unwrap(), "NOTE:n");
    assert_eq!(editor.finish(), b"BEGIN:VCARD\r\nFN:a\r\nNOTE:n\r\n");
}

#[test]
fn old_encodings_are_read_and_dropped_when_written() {
    let text = b"BEGIN:VCARD\r\nFN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE;HOME:J=FCrgen =\r\nMeier\r\nN;CHARSET=windows-1252:M\xfcller\r\nEND:VCARD\r\n";
    let document = Document::parse(text);
    let name = first(&document, "FN");
    assert_eq!(name.value(), "Jürgen Meier");
    assert_eq!(name.head(), "FN;HOME:");
    assert_eq!(first(&document, "N").value(), "Müller");
}

#[test]
fn depth_is_limited() {
    let nested = |depth: usize| {
        let begin = "BEGIN:X\n".repeat(depth);
        let end = "END:X\n".repeat(depth);
        format!("{begin}NOTE:n\n{end}")
    };
    let most = nested(MAX_DEPTH);
    assert!(Document::parse(most.as_bytes()).troubles().is_empty());
    let more = nested(MAX_DEPTH + 1);
    let document = Document::parse(more.as_bytes());
    assert_eq!(document.troubles().len(), 1);
    assert_eq!(document.components().count(), MAX_DEPTH);
    assert_eq!(Document::parse("BEGIN:X\n".repeat(100_000).as_bytes()).components().count(), MAX_DEPTH);
}

#[test]
fn troubles_are_limited() {
    let most = Document::parse("x\n".repeat(MAX_TROUBLES - 1).as_bytes()).troubles().to_vec();
    assert_eq!(most.len(), MAX_TROUBLES - 1);
    let more = Document::parse("x\n".repeat(MAX_TROUBLES + 5).as_bytes()).troubles().to_vec();
    assert_eq!(more.len(), MAX_TROUBLES);
    assert_eq!(more.last().unwrap().what, "and further lines");
}

#[test]
fn long_lines_fold_between_characters() {
    let mut out = Vec::new();
    fold(&format!("NOTE:{}", "ü".repeat(80)), "\r\n", &mut out);
    let text = String::from_utf8(out).unwrap();
    assert!(text.split("\r\n").all(|line| line.len() <= MAX_FOLDED), "{text}");
    let whole = format!("BEGIN:VCARD\r\n{text}END:VCARD\r\n");
    let document = Document::parse(whole.as_bytes());
    assert_eq!(first(&document, "NOTE").value(), "ü".repeat(80));
}

proptest::proptest! {
    #[test]
    fn nothing_panics_and_nothing_is_lost(bytes: Vec<u8>) {
        let document = Document::parse(&bytes);
        proptest::prop_assert_eq!(Editor::new(&document).finish(), bytes.clone());
    }

    #[test]
    fn text_survives_escaping(text in "[^\\p{Cc}]*(\n[^\\p{Cc}]*)?") {
        let value = escape(&text);
        let unescaped = unescape(&value);
        proptest::prop_assert_eq!(unescaped.as_ref(), text.as_str());
        let quoted = quote(&text);
        let unquoted = unquote(&quoted);
        proptest::prop_assert_eq!(unquoted.as_ref(), text.as_str());
        proptest::prop_assert_eq!(parts(&value).count(), 1);
        proptest::prop_assert_eq!(entries(&value).count(), 1);
    }
}

#[test]
fn a_line_end_that_was_converted_twice_belongs_to_no_value() {
    let source = b"BEGIN:VCARD\r\r\nEMAIL:a@\r\r\n x.org\r\r\nTEL:1\r\r\nEND:VCARD\r\r\n";
    let document = Document::parse(source);
    let lines = document.all_lines();
    assert_eq!(lines[1].value(), "a@x.org");
    let mut editor = Editor::new(&document);
    editor.replace(&lines[2], "TEL:2");
    let becomes = b"BEGIN:VCARD\r\r\nEMAIL:a@\r\r\n x.org\r\r\nTEL:2\r\nEND:VCARD\r\r\n";
    assert_eq!(editor.finish(), becomes);
}

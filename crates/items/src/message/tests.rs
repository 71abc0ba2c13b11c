use proptest::prelude::*;

use super::*;

/// Joins lines by CRLF.
fn mail(lines: &[&str]) -> Vec<u8> {
    lines.join("\r\n").into_bytes()
}

fn names(message: &Message) -> Vec<&str> {
    message.attachments.iter().map(|one| one.name.as_str()).collect()
}

#[test]
fn a_header_is_decoded() {
    let message = Message::parse(&mail(&[
        "Received: from a by b; Wed, 4 Mar 2026 10:00:05 +0100",
        "Received: from c by a; Wed, 4 Mar 2026 10:00:01 +0100",
        "From: =?iso-8859-1?Q?J=FCrgen_M=FCller?= <jm@example.org>",
        "Sender: office@example.org",
        "To: \"Neuer, Manuel\" <mn@example.org>,",
        "\tTeam: a@example.org, B <b@example.org>;",
        "Cc: =?utf-8?B?w4RubmE=?=",
        " =?utf-8?B?IE3DvGxsZXI=?= <am@example.org>",
        "Reply-To: list@example.org",
        "Subject: AW: =?utf-8?Q?Gr=C3=BC=C3=9Fe?= =?utf-8?Q?_aus?=",
        " Berlin",
        "Date: Wed, 4 Mar 2026 09:59:58 +0100",
        "Message-ID: <m3@example.org>",
        "References: <m1@example.org> <m2@example.org>",
        "In-Reply-To: <m2@example.org>",
        "X-Priority: 1 (Highest)",
        "Sensitivity: Company-Confidential",
        "",
        "Hallo",
    ]));
    assert_eq!(message.from.display(), "\"Jürgen Müller\" <jm@example.org>");
    assert_eq!(message.sender.display(), "office@example.org");
    assert_eq!(
        message.to.display(),
        "\"Neuer, Manuel\" <mn@example.org>, a@example.org, \"B\" <b@example.org>"
    );
    assert_eq!(message.to.labels(";", 100), "Neuer, Manuel;a@example.org;B");
    assert_eq!(message.to.joined(", ", 40), "\"Neuer, Manuel\" <mn@example.org>");
    assert_eq!(message.cc.display(), "\"Änna Müller\" <am@example.org>");
    assert_eq!(message.reply_to.display(), "list@example.org");
    assert_eq!(message.subject, "AW: Grüße aus Berlin");
    assert_eq!(message.thread_topic(), "Grüße aus Berlin");
    assert_eq!(message.date.unwrap().to_string(), "2026-03-04T08:59:58Z");
    assert_eq!(message.date_received().unwrap().to_string(), "2026-03-04T09:00:05Z");
    assert_eq!(message.message_id.as_deref(), Some("m3@example.org"));
    assert_eq!(message.thread_root.as_deref(), Some("m1@example.org"));
    assert_eq!(message.importance, Importance::High);
    assert_eq!(message.sensitivity, Sensitivity::Confidential);
    assert_eq!(message.body_text(), "Hallo");
    assert_eq!(message.body_kind, BodyKind::Plain);
    assert_eq!(message.body_html(), None);
    let index = message.index();
    assert_eq!(
        (index.summary.as_str(), index.uid.as_deref()),
        (message.subject.as_str(), Some("m3@example.org"))
    );
    assert_eq!(index.starts, message.received);
}

#[test]
fn text_html_and_files_are_told_apart() {
    let stored = mail(&[
        "Content-Type: multipart/mixed; boundary=\"outer\"",
        "",
        "preamble",
        "--outer",
        "Content-Type: multipart/related; boundary=outer2",
        "",
        "--outer2",
        "Content-Type: multipart/alternative; boundary=\"in ner\"",
        "",
        "--in ner",
        "Content-Type: text/plain; charset=windows-1252",
        "Content-Transfer-Encoding: quoted-printable",
        "",
        "5 =80 =",
        "netto",
        "--in ner",
        "Content-Type: text/html; charset=utf-8",
        "Content-Transfer-Encoding: base64",
        "",
        "PHA+NSDigqwgbmV0",
        "dG88L3A+",
        "--in ner--",
        "--outer2",
        "Content-Type: image/png; name=logo.png",
        "Content-Disposition: inline",
        "Content-ID: <logo@x>",
        "Content-Transfer-Encoding: base64",
        "",
        "iVBORw==",
        "--outer2--",
        "--outer",
        "Content-Type: application/pdf",
        "Content-Disposition: attachment;",
        " filename*0*=utf-8''%C3%9Cber;",
        " filename*1=sicht.pdf",
        "",
        "%PDF",
        "--outer",
        "Content-Type: text/plain; name=notes.txt",
        "",
        "see above",
        "--outer",
        "Content-Type: text/plain",
        "",
        "-- list footer",
        "--outer--",
        "epilogue",
    ]);
    let message = Message::parse(&stored);
    assert_eq!(message.body_text(), "5 € netto\n-- list footer");
    assert_eq!(message.body_html().unwrap(), "<p>5 € netto</p>\n<html><body>-- list footer</body></html>");
    assert_eq!(message.body_kind, BodyKind::Html);
    assert_eq!(names(&message), ["logo.png", "Übersicht.pdf", "notes.txt"]);
    let logo = &message.attachments[0];
    assert_eq!((logo.size_bytes, logo.content_id.as_str(), logo.inline), (4, "logo@x", true));
    assert!(!message.attachments[1].inline);
    assert_eq!(attachment_bytes(&stored, 0).unwrap(), b"\x89PNG");
    assert_eq!(attachment_bytes(&stored, 1).unwrap(), b"%PDF");
    assert_eq!(attachment_bytes(&stored, 3), None);
    assert_eq!(report(&stored), []);
}

#[test]
fn html_alone_is_read_by_both() {
    let message = Message::parse(&mail(&["Content-Type: text/html", "", "<p>a &amp; b</p>"]));
    assert_eq!(message.body_text(), "a & b");
    assert_eq!(message.body_as_html(), "<p>a &amp; b</p>");
    let plain = Message::parse(b"Subject: x\n\na < b");
    assert_eq!(plain.body_as_html(), "<html><body>a &lt; b</body></html>");
}

#[test]
fn character_sets_are_decoded_and_lies_survived() {
    let table: [(&str, &[u8], &str); 7] = [
        ("; charset=windows-1252", b"\x84Gr\xfc\xdfe\x93", "„Grüße“"),
        ("; charset=utf-8", b"Gr\xfc\xdfe", "Gr\u{FFFD}\u{FFFD}e"),
        ("; charset=us-ascii", "Grüße".as_bytes(), "Grüße"),
        ("; charset=x-nobody-knows", b"Gr\xfc\xdfe", "Grüße"),
        ("; charset=iso-2022-jp", b"\x1b$B$3\x1b(B", "こ"),
        ("; charset=utf-16le", b"H\0i\0", "Hi"),
        ("", b"a\0b", "a\u{FFFD}b"),
    ];
    for (charset, bytes, text) in table {
        let stored = [b"Content-Type: text/plain", charset.as_bytes(), b"\r\n\r\n", bytes].concat();
        assert_eq!(Message::parse(&stored).body_text(), text, "{charset}");
    }
    let told = report(b"Content-Type: text/plain; charset=x-nobody-knows\n\nx");
    assert_eq!(told[0].line, 3);
}

#[test]
fn a_raw_header_is_utf8_or_windows() {
    assert_eq!(Message::parse("Subject: Grüße\r\n\r\n".as_bytes()).subject, "Grüße");
    assert_eq!(Message::parse(b"Subject: Gr\xfc\xdfe\r\n\r\n").subject, "Grüße");
}

#[test]
fn flowed_text_is_joined() {
    let head = "Content-Type: text/plain; format=flowed";
    let text = mail(&[head, "", "one ", "two", "> quoted ", "> more", "  stuffed", "-- ", "Bo"]);
    assert_eq!(Message::parse(&text).body_text(), "one two\n> quoted more\n stuffed\n-- \nBo");
    let text = mail(&[&format!("{head}; delsp=yes"), "", "one ", "two "]);
    assert_eq!(Message::parse(&text).body_text(), "onetwo");
}

#[test]
fn messages_are_classified() {
    let pkcs7 = "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m";
    let signed = "multipart/signed; protocol=\"application/x-pkcs7-signature\"; boundary=b";
    let table = [
        ("text/plain", Class::Note),
        (pkcs7, Class::Smime),
        (signed, Class::SmimeMultipartSigned),
        ("multipart/signed; protocol=\"application/pgp-signature\"; boundary=b", Class::Note),
        ("text/calendar; method=REQUEST", Class::Note),
    ];
    for (media_type, class) in table {
        let stored = mail(&[&format!("Content-Type: {media_type}"), "", "--b", "", "x", "--b--"]);
        assert_eq!(Message::parse(&stored).class, class, "{media_type}");
    }
    assert!(Class::Smime.is_smime() && !Class::Note.is_smime());
}

#[test]
fn an_opaque_message_is_one_attachment() {
    let stored = mail(&["Content-Type: application/pkcs7-mime; name=smime.p7m", "", "x"]);
    let message = Message::parse(&stored);
    assert_eq!((message.body_text().as_str(), names(&message)), ("", vec!["smime.p7m"]));
}

#[test]
fn a_meeting_is_found() {
    let stored = |method: &str, attendee: &str| {
        mail(&[
            "Content-Type: multipart/alternative; boundary=b",
            "",
            "--b",
            "",
            "You are invited",
            "--b",
            &format!("Content-Type: text/calendar; charset=utf-8; method={method}"),
            "",
            "BEGIN:VCALENDAR",
            &format!("METHOD:{method}"),
            attendee,
            "END:VCALENDAR",
            "--b--",
        ])
    };
    let table = [
        ("REQUEST", "ATTENDEE:mailto:a@b", Class::MeetingRequest),
        ("CANCEL", "ATTENDEE:mailto:a@b", Class::MeetingCanceled),
        ("REPLY", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b", Class::MeetingAccepted),
        ("REPLY", "ATTENDEE;CN=Bo;PART\r\n STAT=DECLINED;X=1:mailto:a@b", Class::MeetingDeclined),
        ("REPLY", "ATTENDEE;PARTSTAT=TENTATIVE:mailto:a@b", Class::MeetingTentative),
        ("PUBLISH", "ATTENDEE:mailto:a@b", Class::Note),
    ];
    for (method, attendee, class) in table {
        let message = Message::parse(&stored(method, attendee));
        assert_eq!(message.class, class, "{method} {attendee}");
        assert_eq!(message.body_text(), "You are invited");
        assert_eq!(names(&message), ["meeting.ics"]);
        assert!(message.calendar.unwrap().starts_with("BEGIN:VCALENDAR\n"));
    }
}

#[test]
fn reports_are_classified() {
    let report = |second: &str, says: &str| {
        let stored = mail(&[
            "Content-Type: multipart/report; boundary=b",
            "",
            "--b",
            "",
            "human words",
            "--b",
            &format!("Content-Type: message/{second}"),
            "",
            says,
            "--b--",
        ]);
        Message::parse(&stored).class
    };
    assert_eq!(report("delivery-status", "Action: failed"), Class::NotDelivered);
    assert_eq!(report("delivery-status", "Action: delayed"), Class::Delivered);
    assert_eq!(report("disposition-notification", "Disposition: manual-action; displayed"), Class::Read);
    assert_eq!(report("disposition-notification", "Disposition: manual-action; deleted"), Class::NotRead);
    assert_eq!(report("rfc822", "Subject: x"), Class::Note);
}

#[test]
fn an_attached_message_is_one_attachment() {
    let stored = mail(&[
        "Content-Type: multipart/digest; boundary=b",
        "",
        "--b",
        "",
        "Subject: =?utf-8?q?inner_=2F_one?=",
        "Content-Type: multipart/mixed; boundary=c",
        "",
        "--c",
        "",
        "inner text",
        "--c--",
        "--b--",
    ]);
    let message = Message::parse(&stored);
    assert_eq!(names(&message), ["one.eml"]);
    assert!(message.attachments[0].is_message);
    assert!(attachment_bytes(&stored, 0).unwrap().ends_with(b"--c--"));
    assert_eq!(message.body_text(), "");
}

#[test]
fn names_of_files_are_made_safe() {
    let table = [
        ("name=\"../../etc/passwd\"", "passwd"),
        ("name=\"C:\\\\temp\\\\a.doc\"", "a.doc"),
        ("name=\"..\"", "attachment 1.jpg"),
        ("x=y", "attachment 1.jpg"),
        ("name=\"=?utf-8?q?a=0D=0Ab=C3=A4?=.jpg\"", "abä.jpg"),
    ];
    for (parameter, name) in table {
        let stored = mail(&[&format!("Content-Type: image/jpeg; {parameter}"), "", "x"]);
        assert_eq!(names(&Message::parse(&stored)), [name], "{parameter}");
    }
}

#[test]
fn broken_structure_gives_what_can_be_had() {
    let open = mail(&[
        "Content-Type: multipart/mixed; boundary=b",
        "",
        "--b",
        "",
        "text",
        "--b",
        "Content-Type: image/png",
    ]);
    let message = Message::parse(&open);
    assert_eq!((message.body_text().as_str(), message.attachments.len()), ("text", 1));
    assert_eq!(report(&open)[0].what, "multipart has no closing boundary");

    let absent = mail(&["Content-Type: multipart/mixed", "", "--b", "text"]);
    assert_eq!(Message::parse(&absent).body_text(), "--b\ntext");
    assert_eq!(
        report(&absent),
        [Trouble { line: 3, what: "multipart names no boundary, it is one text".into() }]
    );

    let unused = mail(&["Content-Type: multipart/mixed; boundary=zz", "", "--b", "text"]);
    assert_eq!(Message::parse(&unused).body_text(), "--b\ntext");

    let cut = b"Subject: a\nno field\nmore";
    assert_eq!(Message::parse(cut).body_text(), "no field\nmore");
    assert_eq!(report(cut)[0].line, 2);

    let none = b"just text";
    assert_eq!(Message::parse(none).body_text(), "just text");
    assert_eq!(Message::parse(b"").body_text(), "");

    let base64 = mail(&["Content-Transfer-Encoding: base64", "", "SGFs!bG8=", "", "IDE=x"]);
    assert_eq!(Message::parse(&base64).body_text(), "Hallo 1");
    let quoted = mail(&["Content-Transfer-Encoding: quoted-printable", "", "a=3Db =ZZ =", "c=4"]);
    assert_eq!(Message::parse(&quoted).body_text(), "a=b =ZZ c=4");
}

#[test]
fn a_header_past_the_limits_keeps_the_body() {
    let fits = format!("{}Subject: a\n\ntext", "X: y\n".repeat(MAX_HEADER_LINES - 1));
    assert_eq!(Message::parse(fits.as_bytes()).subject, "a");
    assert_eq!(report(fits.as_bytes()), []);
    let over = format!("{}Subject: a\n\ntext", "X: y\n".repeat(MAX_HEADER_LINES));
    let message = Message::parse(over.as_bytes());
    assert_eq!((message.subject.as_str(), message.body_text().as_str()), ("", "text"));
    assert_eq!(report(over.as_bytes()).len(), 1);
    let wide = format!("X: {}\nSubject: a\n\ntext", "y".repeat(MAX_HEADER_BYTES));
    let message = Message::parse(wide.as_bytes());
    assert_eq!((message.subject.as_str(), message.body_text().as_str()), ("", "text"));
}

#[test]
fn addresses_past_the_limit_are_left_out() {
    let stored = format!("From: a@b\nTo: {}c@d\nCc: e@f\n\n", "c@d, ".repeat(MAX_ADDRESSES));
    let message = Message::parse(stored.as_bytes());
    assert_eq!((message.from.0.len(), message.to.0.len(), message.cc.0.len()), (1, MAX_ADDRESSES - 1, 0));
}

#[test]
fn parts_past_the_limit_are_one_text() {
    let stored = |parts: usize| {
        let part = "--b\nContent-Type: image/png\n\nx\n".repeat(parts);
        format!("Content-Type: multipart/mixed; boundary=b\n\n{part}--b--\n")
    };
    let fits = stored(MAX_PARTS - 2);
    assert_eq!(Message::parse(fits.as_bytes()).attachments.len(), MAX_PARTS - 2);
    assert_eq!(report(fits.as_bytes()), []);
    let over = stored(MAX_PARTS + 10);
    let message = Message::parse(over.as_bytes());
    assert_eq!(message.attachments.len(), MAX_PARTS - 2);
    assert!(message.body_text().starts_with("Content-Type: image/png\n\nx\n--b"));
    assert!(report(over.as_bytes()).iter().any(|trouble| trouble.what.starts_with("too many parts")));
}

#[test]
fn nesting_past_the_limit_is_one_text() {
    let stored = |depth: usize| {
        let opening =
            (0..depth).map(|nth| format!("Content-Type: multipart/mixed; boundary=b{nth}\n\n--b{nth}\n"));
        let opening = opening.collect::<Vec<_>>().concat();
        format!("{opening}\ninnermost")
    };
    assert_eq!(Message::parse(stored(MAX_DEPTH).as_bytes()).body_text(), "innermost");
    let over = stored(MAX_DEPTH + 1);
    assert!(Message::parse(over.as_bytes()).body_text().starts_with("--b32"));
    assert!(report(over.as_bytes()).iter().any(|trouble| trouble.what.contains("too deep")));
    let _ = Message::parse(stored(20_000).as_bytes());
}

#[test]
fn hostile_headers_cost_little() {
    for piece in [
        "=?a?q?",
        "=?u?q?=?ab?b?",
        "=?ab?b?AAAA ",
        "(",
        "<",
        "a@b,",
        "\"",
        "x:",
        ";",
        "=?",
        "\\",
        "a*1=b;",
        "a*0*=",
    ] {
        let value = piece.repeat(MAX_HEADER_BYTES / piece.len());
        for name in ["To", "Subject", "Content-Type", "References", "Date", "Content-Disposition"] {
            let _ = Message::parse(format!("{name}: {value}\n\n").as_bytes());
        }
    }
}

#[test]
fn properties_are_complete() {
    let stored = mail(&[
        "From: Bo <bo@example.org>",
        "Subject: Hi",
        "Date: Wed, 4 Mar 2026 09:00:00 +0000",
        "X-SPAM: =?utf-8?q?n=C3=B6?=",
        "List-ID: <l>",
        "x-spam: again",
        "Content-Type: multipart/mixed; boundary=b",
        "",
        "--b",
        "",
        "text",
        "--b",
        "Content-Type: image/jpeg; name=a.jpg",
        "",
        &"x".repeat(14_000),
        "--b--",
    ]);
    let shown: Vec<_> =
        properties(&stored).into_iter().map(|one| format!("{}: {}", one.name, one.value)).collect();
    let expected = [
        "Attachments: a.jpg (image/jpeg, 14 KiB)",
        "Body: text",
        "Datereceived: 2026-03-04T09:00:00Z",
        "From: \"Bo\" <bo@example.org>",
        "List-id: <l>",
        "Subject: Hi",
        "X-spam: nö\nagain",
    ];
    assert_eq!(shown, expected);
    let long = properties(format!("\n{}", "ä".repeat(2_001)).as_bytes());
    assert!(long[0].value.ends_with("ä … (4 KiB)"), "{}", long[0].value);
}

#[test]
fn lines_end_as_mail_does() {
    assert_eq!(with_crlf(b"a\r\nb\nc"), &b"a\r\nb\r\nc"[..]);
    assert!(matches!(with_crlf(b"a\r\nb"), Cow::Borrowed(_)));
}

/// Pieces that real and hostile messages are made of.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"Content-Type: multipart/mixed; boundary=b\r\n".to_vec()),
        Just(b"Content-Type: multipart/alternative; boundary=bb\n".to_vec()),
        Just(b"Content-Type: message/rfc822\n".to_vec()),
        Just(b"Content-Type: text/html; charset=\"utf-7\"; format=flowed\n".to_vec()),
        Just(b"Content-Disposition: attachment; filename*1*=x''%ff; filename*0=\"=?q?\n".to_vec()),
        Just(b"Content-Transfer-Encoding: base64\n".to_vec()),
        Just(b"To: =?utf-8?b?/w==?= (c <a@b>, \"x\\\n".to_vec()),
        Just(b"Date: 99 Foo 99999 25:61:61 +9999\n".to_vec()),
        Just(b"\n--b\n".to_vec()),
        Just(b"\r\n--bb--\r\n".to_vec()),
        Just(b"\r\n\r\n".to_vec()),
        prop::collection::vec(any::<u8>(), 0..24),
        "[A-Za-z-]{1,8}: [ -~]{0,40}\n".prop_map(String::into_bytes),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_bytes_are_read(stored in pieces()) {
        let message = Message::parse(&stored);
        let _ = (message.body_text(), message.body_as_html(), message.index(), properties(&stored), report(&stored));
        for one in &message.attachments {
            let bytes = attachment_bytes(&stored, one.index);
            prop_assert!(bytes.is_some_and(|bytes| bytes.len() == one.size_bytes));
            prop_assert!(!one.name.is_empty());
        }
    }
}

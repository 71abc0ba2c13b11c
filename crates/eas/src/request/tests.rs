use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use hyper::header::{HeaderName, HeaderValue};
use proptest::prelude::*;

use super::*;

fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
    lines
        .iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
        .collect()
}

fn post(query: &str, lines: &[(&'static str, &'static str)]) -> Result<Request, RequestError> {
    Request::parse(query, &headers(lines))
}

const V14_1: (&str, &str) = ("ms-asprotocolversion", "14.1");

/// A base64 query's bytes for FolderSync, up to the device type.
fn folder_sync(id: &[u8], key: &[u8]) -> Vec<u8> {
    let field = |bytes: &[u8]| [&[u8::try_from(bytes.len()).unwrap()], bytes].concat();
    [&[141, 9, 0x07, 0x04][..], &field(id), &field(key), &field(b"iPhone")].concat()
}

fn post_bytes(bytes: &[u8]) -> Result<Request, RequestError> {
    post(&STANDARD.encode(bytes), &[])
}

fn request(id: &str, kind: &str, command: Command, version: Version) -> Request {
    Request {
        version,
        command,
        user: None,
        device: DeviceAddress::new(id, kind).unwrap(),
        policy_key: None,
        multipart: false,
        gzip: false,
        agent: String::new(),
        parameters: Parameters::default(),
    }
}

#[test]
fn a_plain_query() {
    let asked = post(
        "Cmd=Sync&User=anna&DeviceId=v140Device&DeviceType=SmartPhone",
        &[V14_1, ("x-ms-policykey", "3942919513"), ("accept-encoding", "br, gzip, deflate")],
    );
    let expected = Request {
        user: Some("anna".into()),
        policy_key: Some(3_942_919_513),
        gzip: true,
        ..request("v140Device", "SmartPhone", Command::Sync, Version::V14_1)
    };
    assert_eq!(asked, Ok(expected));
}

#[test]
fn the_agent_is_kept_so_far() {
    static TOO_LONG: &str = match str::from_utf8(&[b'x'; MAX_AGENT + 1]) {
        Ok(text) => text,
        Err(_) => panic!("ASCII is UTF-8"),
    };
    let named = |agent: &'static str| {
        let query = "Cmd=Sync&DeviceId=v140Device&DeviceType=SmartPhone";
        post(query, &[V14_1, ("user-agent", agent)]).map(|asked| asked.agent)
    };
    assert_eq!(named("Apple-iPhone8C4/1504.100"), Ok("Apple-iPhone8C4/1504.100".into()));
    assert_eq!(named(&TOO_LONG[1..]).map(|agent| agent.len()), Ok(MAX_AGENT));
    assert_eq!(named(TOO_LONG).map(|agent| agent.len()), Ok(MAX_AGENT));
}

#[test]
fn names_are_matched_in_any_case_and_values_unescaped() {
    let query = "cmd=smartreply&USER=work%5Canna%40example.org&deviceid=d1&devicetype=HTC%20One\
        &collectionid=5&itemid=5%3A1&longid=a%2Bb&occurrence=x&attachmentname=&saveinsent=t";
    let asked = post(query, &[("ms-asprotocolversion", "12.1"), ("ms-asacceptmultipart", "T")]).unwrap();
    assert_eq!(asked.command, Command::SmartReply);
    assert_eq!(asked.version, Version::V12_1);
    assert_eq!(asked.user.as_deref(), Some("work\\anna@example.org"));
    assert_eq!(asked.device.kind(), "HTC One");
    assert!(asked.multipart);
    let expected = Parameters {
        attachment_name: Some(String::new()),
        collection_id: Some("5".into()),
        item_id: Some("5:1".into()),
        long_id: Some("a+b".into()),
        occurrence: Some("x".into()),
        save_in_sent: true,
    };
    assert_eq!(asked.parameters, expected);
}

#[test]
fn what_only_looks_like_an_escape_stays() {
    assert_eq!(plain::unescaped("100%+%4%zz%C3%A4%"), b"100%+%4%zz\xC3\xA4%");
    let asked = post("Cmd=Ping&DeviceId=d1&DeviceType=t&User=M%FCller", &[V14_1]).unwrap();
    assert_eq!(asked.user.as_deref(), Some("M\u{FFFD}ller"), "a name in Latin-1 is no reason to refuse");
}

#[test]
fn the_published_base64_query() {
    let expected = request("v140Device", "SmartPhone", Command::Sync, Version::V14_0);
    assert_eq!(post("jAAJBAp2MTQwRGV2aWNlAApTbWFydFBob25l", &[]), Ok(expected));
}

#[test]
fn a_base64_query_may_come_in_either_alphabet_padded_or_not_and_escaped() {
    let key = [0x01, 0xFB, 0xFF, 0xBF]; // "+/+/" where the alphabets differ
    let bytes = [&folder_sync(b"v140Device1", &key)[..], b"\x08\x02b?"].concat();
    assert!(STANDARD.encode(&bytes).contains("+/+/") && STANDARD.encode(&bytes).ends_with('='));
    let expected = Request {
        user: Some("b?".into()),
        policy_key: Some(0xBFFF_FB01),
        ..request("v140Device1", "iPhone", Command::FolderSync, Version::V14_1)
    };
    let escaped = STANDARD.encode(&bytes).replace('+', "%2b").replace('/', "%2F").replace('=', "%3D");
    for query in [
        STANDARD.encode(&bytes),
        STANDARD_NO_PAD.encode(&bytes),
        URL_SAFE.encode(&bytes),
        URL_SAFE_NO_PAD.encode(&bytes),
        escaped,
    ] {
        assert_eq!(post(&query, &[]), Ok(expected.clone()), "{query}");
    }
}

#[test]
fn the_base64_query_wins_over_headers() {
    let query = STANDARD.encode(folder_sync(b"d1", b""));
    let lines = [("ms-asprotocolversion", "12.1"), ("x-ms-policykey", "7"), ("ms-asacceptmultipart", "T")];
    assert_eq!(post(&query, &lines), Ok(request("d1", "iPhone", Command::FolderSync, Version::V14_1)));
}

#[test]
fn a_base64_query_has_parameters() {
    let parameters =
        b"\x00\x01a\x01\x01b\x03\x01c\x04\x01d\x06\x01e\x07\x01\x03\x08\x04anna\x63\x02??\x02\x00";
    let asked = post_bytes(&[&folder_sync(b"d1", b"")[..], parameters].concat()).unwrap();
    let text = |value: &str| Some(value.to_owned());
    let expected = Parameters {
        attachment_name: text("a"),
        collection_id: text("b"),
        item_id: text("c"),
        long_id: text("d"),
        occurrence: text("e"),
        save_in_sent: true,
    };
    assert_eq!(asked.parameters, expected);
    assert_eq!(asked.user, text("anna"));
    assert!(asked.multipart);
    let flags = |byte| post_bytes(&[&folder_sync(b"d1", b"")[..], &[7, 1, byte]].concat()).unwrap();
    assert!(!flags(1).multipart && flags(1).parameters.save_in_sent);
    assert!(flags(2).multipart && !flags(2).parameters.save_in_sent);
}

#[test]
fn a_device_id_of_raw_bytes_becomes_digits() {
    let guid =
        [0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF];
    let asked = post_bytes(&folder_sync(&guid, b"")).unwrap();
    assert_eq!(asked.device.id(), "00112233445566778899aabbccddeeff");
    let longest = [0x01; MAX_DEVICE_ID / 2];
    assert!(post_bytes(&folder_sync(&longest, b"")).is_ok());
    assert_eq!(post_bytes(&folder_sync(&[0x01; MAX_DEVICE_ID / 2 + 1], b"")), Err(RequestError::DeviceId));
    assert_eq!(post_bytes(&folder_sync(b"a b", b"")), Err(RequestError::DeviceId));
    assert_eq!(post_bytes(&folder_sync(b"", b"")), Err(RequestError::DeviceId));
}

#[test]
fn every_cut_of_a_base64_query_is_an_error() {
    let whole = [&folder_sync(b"d1", &[1, 2, 3, 4])[..], b"\x01\x01b\x08\x01u"].concat();
    let ends = [whole.len() - 6, whole.len() - 3, whole.len()]; // between two parameters nothing is missing
    for length in 1..=whole.len() {
        let cut = post_bytes(&whole[..length]);
        assert_eq!(cut.is_ok(), ends.contains(&length), "{length}: {cut:?}");
        assert!(cut.is_ok() || cut == Err(RequestError::Query), "{length}: {cut:?}");
    }
    assert_eq!(post_bytes(&folder_sync(b"d1", &[1, 2, 3])), Err(RequestError::Query));
    assert_eq!(post_bytes(&[&folder_sync(b"d1", b"")[..], &[7, 0]].concat()), Err(RequestError::Query));
}

#[test]
fn what_is_missing_or_unknown_is_named() {
    let device = "DeviceId=d1&DeviceType=iPhone";
    let error = |query: &str, lines: &[(&'static str, &'static str)]| post(query, lines).unwrap_err();
    assert_eq!(error("", &[V14_1]), RequestError::NoCommand);
    assert_eq!(error(device, &[V14_1]), RequestError::NoCommand);
    assert_eq!(error("Cmd", &[V14_1]), RequestError::NoCommand);
    assert_eq!(error("!!!!", &[]), RequestError::NoCommand);
    assert_eq!(error(&STANDARD.encode([25, 0, 0, 0]), &[]), RequestError::NoCommand);
    let unknown = |asked: &str| RequestError::Command { asked: asked.into() };
    assert_eq!(error(&format!("Cmd=Fetch&{device}"), &[V14_1]), unknown("Fetch"));
    assert_eq!(error(&format!("Cmd=&{device}"), &[V14_1]), unknown(""));
    assert_eq!(error(&STANDARD.encode([141, 24, 0, 0]), &[]), unknown("24"));
    assert_eq!(error(&format!("Cmd=Sync&{device}"), &[]), RequestError::NoVersion);
    assert_eq!(error("Cmd=Sync&DeviceType=t", &[V14_1]), RequestError::DeviceId);
    assert_eq!(error("Cmd=Sync&DeviceId=d1", &[V14_1]), RequestError::DeviceType);
}

#[test]
fn versions_not_spoken_here_are_refused() {
    let refused = |asked: &str| Err(RequestError::Version { asked: asked.into() });
    for asked in ["2.5", "12.0", "16", "16.2", "", "14"] {
        assert_eq!(
            post("Cmd=Sync&DeviceId=d1&DeviceType=t", &[("ms-asprotocolversion", asked)]),
            refused(asked)
        );
    }
    let mut bytes = folder_sync(b"d1", b"");
    bytes[0] = 120;
    assert_eq!(post_bytes(&bytes), refused("12.0"));
}

#[test]
fn lengths_have_limits() {
    let start = "Cmd=Sync&DeviceId=d1&DeviceType=t&User=";
    let of_user = |length: usize| post(&format!("{start}{}", "u".repeat(length)), &[V14_1]);
    assert!(of_user(MAX_USER - 1).is_ok());
    assert!(of_user(MAX_USER).is_ok());
    assert_eq!(of_user(MAX_USER + 1), Err(RequestError::User));
    let in_bytes = |length: u8| {
        let user = vec![b'u'; usize::from(length)];
        post_bytes(&[&folder_sync(b"d1", b"")[..], &[8, length], &user].concat())
    };
    assert!(in_bytes(254).is_ok());
    assert_eq!(in_bytes(255), Err(RequestError::User));

    let start = "Cmd=Sync&DeviceId=d1&DeviceType=t&x=";
    let of_query = |length: usize| post(&format!("{start:x<length$}"), &[V14_1]);
    assert!(of_query(MAX_QUERY - 1).is_ok());
    assert!(of_query(MAX_QUERY).is_ok());
    assert_eq!(of_query(MAX_QUERY + 1), Err(RequestError::QueryTooLong));
}

#[test]
fn a_policy_key_is_a_number_or_none() {
    let table = [("0", Some(0)), (" 7 ", Some(7)), ("4294967295", Some(u32::MAX))];
    let unusable = [("4294967296", None), ("", None), ("-1", None), ("x", None)];
    for (text, key) in table.into_iter().chain(unusable) {
        let asked = post("Cmd=Sync&DeviceId=d1&DeviceType=t", &[V14_1, ("x-ms-policykey", text)]);
        assert_eq!(asked.unwrap().policy_key, key, "{text:?}");
    }
    assert_eq!(post_bytes(&folder_sync(b"d1", &[0, 0, 0, 0])).unwrap().policy_key, Some(0));
}

#[test]
fn gzip_is_accepted_where_it_is_named() {
    let table = [
        ("gzip", true),
        ("deflate, GZIP;q=0.5", true),
        ("br,gzip", true),
        ("gzip;q=0", false),
        ("gzip; q=0.000", false),
        ("x-gzip-not", false),
        ("identity", false),
        ("", false),
    ];
    for (line, expected) in table {
        assert_eq!(accepts_gzip(&headers(&[("accept-encoding", line)])), expected, "{line}");
    }
    assert!(!accepts_gzip(&HeaderMap::new()));
}

#[test]
fn a_method_is_options_or_post() {
    let parse = |method: &Method| Received::parse(method, "Cmd=Options&User=a", &HeaderMap::new());
    assert_eq!(parse(&Method::OPTIONS), Ok(Received::Options));
    assert_eq!(parse(&Method::POST), Err(RequestError::Command { asked: "Options".into() }));
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::from_bytes(b"PROPFIND").unwrap()] {
        assert_eq!(parse(&method), Err(RequestError::Method), "{method}");
    }
}

proptest! {
    #[test]
    fn any_query_is_a_request_or_an_error(query in any::<String>()) {
        let _ = post(&query, &[V14_1]);
        let _ = post(&format!("Cmd=Sync&{query}"), &[V14_1]);
    }

    #[test]
    fn any_bytes_are_a_request_or_an_error(
        bytes in proptest::collection::vec(any::<u8>(), 0..100),
        start in proptest::sample::select(vec![&b""[..], b"\x8D\x00\x07\x04", b"\x8D\x00\x07\x04\x02d1\x00\x01t"]),
    ) {
        let _ = post_bytes(&[start, &bytes].concat());
    }
}

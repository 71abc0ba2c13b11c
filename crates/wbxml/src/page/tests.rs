use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::*;

#[test]
fn no_page_has_a_code_or_a_name_twice() {
    assert_eq!(PAGES.len(), 26);
    for (namespace, table) in PAGES {
        assert!(table.is_sorted_by(|(a, _), (b, _)| a < b), "{namespace}: codes ascend");
        let names: BTreeSet<&str> = table.iter().map(|(_, name)| *name).collect();
        assert_eq!(names.len(), table.len(), "{namespace}: names differ");
    }
}

#[test]
fn constants_and_tables_agree() {
    assert_eq!(air_sync::HEARTBEAT_INTERVAL.name(), Some("HeartbeatInterval"));
    assert_eq!(contacts::EMAIL1_ADDRESS.name(), Some("Email1Address"));
    assert_eq!(calendar::UID.name(), Some("UID"));
    assert_eq!(move_::DST_MSG_ID.name(), Some("DstMsgId"));
    assert_eq!(provision::EAS_PROVISION_DOC.name(), Some("EASProvisionDoc"));
    assert_eq!(air_sync_base::BODY.page(), 17);
    assert_eq!(contacts::BODY.name(), Some("Body"), "a tag only 2.5 knew");
    assert_eq!(find::FIND.page(), 25);
}

/// Compares with the reference tables. They lie beside the workspace and not in it, so without them this test
/// says so and passes.
#[test]
fn pages_match_the_reference() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference/eas/codepages.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("not compared: {} is not here", path.display());
        return;
    };
    let reference: Value = serde_json::from_str(&text).unwrap();
    let pages = reference["pages"].as_array().unwrap();
    assert_eq!(pages.len(), PAGES.len());
    for page in pages {
        let number = u8::try_from(page["page"].as_u64().unwrap()).unwrap();
        let (namespace, table) = PAGES[usize::from(number)];
        assert_eq!(page["namespace"], namespace);
        let ours: BTreeSet<(u8, &str)> = table.iter().copied().collect();
        assert_eq!(ours, tokens(page), "{namespace}");
    }
}

fn tokens(page: &Value) -> BTreeSet<(u8, &str)> {
    ["tokens", "legacy_tokens"]
        .iter()
        .filter_map(|key| page.get(key)?.as_object())
        .flatten()
        .map(|(name, code)| {
            let digits = code.as_str().unwrap().trim_start_matches("0x");
            (u8::from_str_radix(digits, 16).unwrap(), name.as_str())
        })
        .collect()
}

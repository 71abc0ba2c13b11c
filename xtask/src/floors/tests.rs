//! Made-up houses: each breaks one rule, and the gate must say so.

use serde_json::{Value, json};

use super::breaches;
use crate::metadata::Metadata;

/// An import of a made-up house: who, whom, and the table ("" is `[dependencies]`).
type Import<'a> = (&'a str, &'a str, &'a str);

/// Builds a house in which `members` are the crates of the workspace.
fn house(members: &[&str], imports: &[Import]) -> Metadata {
    let kind = |table: &str| if table.is_empty() { Value::Null } else { json!(table) };
    let mut names: Vec<&str> = members.to_vec();
    names.extend(imports.iter().flat_map(|(from, to, _)| [*from, *to]));
    names.sort_unstable();
    names.dedup();
    let of = |name: &str| imports.iter().filter(move |(from, ..)| *from == name).collect::<Vec<_>>();
    let packages: Vec<Value> = names
        .iter()
        .map(|name| {
            let asked: Vec<Value> =
                of(name).iter().map(|(_, to, table)| json!({"name": to, "kind": kind(table)})).collect();
            json!({"id": name, "name": name, "version": "1.0.0", "license": "MIT",
                "manifest_path": "Cargo.toml", "dependencies": asked})
        })
        .collect();
    let nodes: Vec<Value> = names
        .iter()
        .map(|name| {
            let uses: Vec<Value> = of(name)
                .iter()
                .map(|(_, to, table)| json!({"pkg": to, "dep_kinds": [{"kind": kind(table)}]}))
                .collect();
            json!({"id": name, "deps": uses})
        })
        .collect();
    let whole = json!({"packages": packages, "workspace_members": members, "workspace_root": "/",
        "resolve": {"nodes": nodes}});
    serde_json::from_str(&whole.to_string()).unwrap()
}

/// Returns what the gate says of a house whose workspace has all the crates that matter here.
fn said(imports: &[Import]) -> Vec<String> {
    let members = [
        "xtask", "testkit", "comity", "eas", "dav", "web", "client", "engine", "store", "access", "items",
        "wbxml",
    ];
    breaches(&house(&members, imports))
}

#[test]
#[rustfmt::skip] // a table reads as a table
fn an_import_is_allowed_or_is_not() {
    let table = [ // from    to          table    allowed
        ("store",   "access",   "",      true),
        ("store",   "items",    "",      true),
        ("store",   "engine",   "",      false),
        ("store",   "wbxml",    "",      false),
        ("store",   "quick-xml", "",     false),
        ("engine",  "store",    "",      true),
        ("engine",  "wbxml",    "",      false),
        ("engine",  "eas",      "",      false),
        ("engine",  "tokio",    "",      false),
        ("engine",  "tokio",    "dev",   false),
        ("engine",  "rusqlite", "",      false),
        ("engine",  "postgres", "dev",   true),
        ("eas",     "engine",   "",      true),
        ("eas",     "wbxml",    "",      true),
        ("eas",     "store",    "",      false),
        ("eas",     "store",    "dev",   false),
        ("eas",     "store",    "build", false),
        ("eas",     "tokio",    "",      true),
        ("eas",     "postgres", "",      false),
        ("eas",     "dav",      "",      false),
        ("dav",     "engine",   "",      true),
        ("dav",     "wbxml",    "",      false),
        ("dav",     "store",    "",      false),
        ("web",     "store",    "",      false),
        ("web",     "client",   "",      false),
        ("client",  "items",    "",      true),
        ("client",  "engine",   "",      false),
        ("access",  "items",    "",      false),
        ("items",   "access",   "",      false),
        ("wbxml",   "thiserror", "",     true),
        ("wbxml",   "hyper",    "",      false),
        ("comity",  "store",    "",      true),
        ("comity",  "testkit",  "",      false),
        ("comity",  "xtask",    "",      false),
        ("comity",  "xtask",    "dev",   false),
        ("engine",  "testkit",  "",      false),
        ("engine",  "testkit",  "build", false),
        ("engine",  "testkit",  "dev",   true),
        ("testkit", "store",    "",      true),
        ("xtask",   "testkit",  "",      true),
    ];
    for (from, to, kind, allowed) in table {
        assert_eq!(said(&[(from, to, kind)]).is_empty(), allowed, "{from} -> {to} [{kind}]");
    }
}

#[test]
fn a_breach_names_both_ends() {
    assert_eq!(said(&[("eas", "store", "")]), ["eas imports store, which its floor does not allow"]);
}

#[test]
fn a_pure_crate_does_not_reach_a_runtime_through_others() {
    let through = [("items", "a", ""), ("a", "b", ""), ("b", "tokio", "")];
    assert_eq!(said(&through), ["items reaches tokio through what it imports"]);
    assert!(said(&[("items", "a", "dev"), ("a", "tokio", "")]).is_empty(), "its tests may");
    assert!(said(&[("items", "a", ""), ("a", "tokio", "dev")]).is_empty(), "tests of others are not built");
    assert!(said(&[("store", "postgres", ""), ("postgres", "tokio", "")]).is_empty(), "the driver may");
}

#[test]
fn a_ring_of_imports_ends() {
    assert!(said(&[("items", "a", ""), ("a", "b", ""), ("b", "a", "")]).is_empty());
}

#[test]
fn a_crate_without_a_floor_is_a_breach() {
    let said = breaches(&house(&["cellar"], &[]));
    assert_eq!(said, ["cellar stands on no floor: give it a line in xtask/src/floors.rs"]);
}

#[test]
fn a_banned_package_is_found_wherever_it_hides() {
    for banned in super::BANNED {
        let said = said(&[("comity", "a", ""), ("a", banned, "build")]);
        assert_eq!(said, [format!("{banned} 1.0.0 must not be in the tree")]);
    }
}

#[test]
fn deny_toml_bans_the_same_packages() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../deny.toml");
    let deny: toml::Table = std::fs::read_to_string(file).unwrap().parse().unwrap();
    let listed = deny["bans"]["deny"].as_array().unwrap();
    let mut listed: Vec<&str> = listed.iter().map(|entry| entry["crate"].as_str().unwrap()).collect();
    listed.sort_unstable();
    assert_eq!(listed, super::BANNED);
}

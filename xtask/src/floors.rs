//! The floors: which crate of the workspace may import which.
//!
//! A crate imports crates of floors below its own and never a neighbour. What a floor may not know at all
//! (an async runtime, a database) is named here too, and so is what must be nowhere in the tree.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::metadata::{Metadata, Node, Table};

/// What one crate of the workspace may import.
#[derive(Debug, Clone, Copy)]
struct Rule {
    name: &'static str,
    imports: Imports,
    /// Packages from outside that the crate may not name itself, tests included.
    never: &'static [&'static str],
    /// Packages from outside that the crate may not even reach through others; tests may.
    never_reached: &'static [&'static str],
}

/// Crates of the workspace that one of them may import.
#[derive(Debug, Clone, Copy)]
enum Imports {
    /// These and no others.
    Only(&'static [&'static str]),
    /// Every crate of the product.
    Product,
    /// Everything: the crate is a tool and no part of the product.
    Everything,
}

/// Crates that are tools: the product does not import them, though tests may import [`TESTKIT`].
const TOOLS: &[&str] = &[TESTKIT, "bench", "xtask"];
const TESTKIT: &str = "testkit";

/// Packages that must be nowhere in the tree: TLS is rustls with ring, which needs only a C compiler.
pub(crate) const BANNED: &[&str] = &["aws-lc-sys", "native-tls", "openssl-sys"];

const RUNTIME: &[&str] = &["axum", "hyper", "hyper-util", "tokio", "tower"];
const DATABASE: &[&str] = &["postgres", "rusqlite", "tokio-postgres"];
const NO_RUNTIME_NO_DATABASE: &[&str] =
    &["axum", "hyper", "hyper-util", "postgres", "rusqlite", "tokio", "tokio-postgres", "tower"];
const NO_WIRE: &[&str] = &["axum", "http", "hyper", "hyper-util", "quick-xml", "tokio", "tower"];

/// The table of the house, top floor first.
#[rustfmt::skip] // a table reads as a table
const RULES: &[Rule] = &[
    Rule { name: "xtask", imports: Imports::Everything, never: &[], never_reached: &[] },
    Rule { name: "bench", imports: Imports::Everything, never: &[], never_reached: &[] },
    Rule { name: TESTKIT, imports: Imports::Everything, never: &[], never_reached: &[] },
    Rule { name: "comity", imports: Imports::Product, never: &[], never_reached: &[] },
    Rule { name: "eas", imports: Imports::Only(&["engine", "items", "access", "wbxml"]), never: DATABASE, never_reached: &[] },
    Rule { name: "dav", imports: Imports::Only(&["engine", "items", "access"]), never: DATABASE, never_reached: &[] },
    Rule { name: "web", imports: Imports::Only(&["engine", "items", "access"]), never: DATABASE, never_reached: &[] },
    Rule { name: "phone", imports: Imports::Only(&["wbxml"]), never: NO_RUNTIME_NO_DATABASE, never_reached: NO_RUNTIME_NO_DATABASE },
    Rule { name: "client", imports: Imports::Only(&["items", "access"]), never: &[], never_reached: &[] },
    Rule { name: "engine", imports: Imports::Only(&["store", "access", "items"]), never: NO_RUNTIME_NO_DATABASE, never_reached: &[] },
    Rule { name: "store", imports: Imports::Only(&["access", "items"]), never: NO_WIRE, never_reached: &[] },
    Rule { name: "access", imports: Imports::Only(&[]), never: RUNTIME, never_reached: NO_RUNTIME_NO_DATABASE },
    Rule { name: "items", imports: Imports::Only(&[]), never: RUNTIME, never_reached: NO_RUNTIME_NO_DATABASE },
    Rule { name: "wbxml", imports: Imports::Only(&[]), never: RUNTIME, never_reached: NO_RUNTIME_NO_DATABASE },
];

/// Returns every breach of the floors, one sentence each.
pub(crate) fn breaches(metadata: &Metadata) -> Vec<String> {
    let inside: HashSet<&str> = metadata.members().map(|package| package.name.as_str()).collect();
    let mut found = Vec::new();
    for package in metadata.members() {
        let Some(rule) = rule_of(&package.name) else {
            found.push(format!("{} stands on no floor: give it a line in xtask/src/floors.rs", package.name));
            continue;
        };
        for dependency in &package.dependencies {
            let name = dependency.name.as_str();
            let broken = if inside.contains(name) {
                !may_import(rule, name, dependency.table)
            } else {
                rule.never.contains(&name) && !is_database_in_tests(name, dependency.table)
            };
            if broken {
                found.push(format!("{} imports {name}, which its floor does not allow", package.name));
            }
        }
        for name in reached(metadata, &package.id) {
            if rule.never_reached.contains(&name) {
                found.push(format!("{} reaches {name} through what it imports", package.name));
            }
        }
    }
    found.extend(banned(metadata));
    found
}

fn rule_of(name: &str) -> Option<Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}

/// Returns whether the crate of `rule` may import `name`, a crate of the workspace, in that table.
fn may_import(rule: Rule, name: &str, table: Table) -> bool {
    match rule.imports {
        Imports::Everything => true,
        Imports::Product => !TOOLS.contains(&name) || is_testkit_in_tests(name, table),
        Imports::Only(list) => list.contains(&name) || is_testkit_in_tests(name, table),
    }
}

fn is_testkit_in_tests(name: &str, table: Table) -> bool {
    name == TESTKIT && table == Table::Dev
}

/// Returns whether a test brings its own database server.
fn is_database_in_tests(name: &str, table: Table) -> bool {
    DATABASE.contains(&name) && table == Table::Dev
}

/// Returns the names of all packages that go into the product of `id`, however deep; `id` itself too.
fn reached<'a>(metadata: &'a Metadata, id: &'a str) -> Vec<&'a str> {
    let nodes: HashMap<&str, &Node> =
        metadata.resolve.nodes.iter().map(|node| (node.id.as_str(), node)).collect();
    let mut seen = HashSet::from([id]);
    let mut waiting = VecDeque::from([id]);
    while let Some(id) = waiting.pop_front() {
        for link in nodes.get(id).map_or(&[][..], |node| &node.deps) {
            let tests_only = link.dep_kinds.iter().all(|kind| kind.table == Table::Dev);
            if !tests_only && seen.insert(&link.pkg) {
                waiting.push_back(&link.pkg);
            }
        }
    }
    let reached = metadata.packages.iter().filter(|package| seen.contains(package.id.as_str()));
    reached.map(|package| package.name.as_str()).collect()
}

fn banned(metadata: &Metadata) -> impl Iterator<Item = String> {
    let packages = metadata.packages.iter().filter(|package| BANNED.contains(&package.name.as_str()));
    packages.map(|package| format!("{} {} must not be in the tree", package.name, package.version))
}

#[cfg(test)]
mod tests;

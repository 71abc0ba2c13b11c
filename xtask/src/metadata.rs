//! The workspace and everything it is built from, as `cargo metadata` tells it.

use std::collections::HashSet;
use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// All packages of the tree and who asked for whom, with every feature on and for every platform.
#[derive(Debug, Deserialize)]
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
    pub(crate) workspace_members: HashSet<String>,
    pub(crate) workspace_root: PathBuf,
    pub(crate) resolve: Resolve,
}

/// One package: a crate of the workspace, or one of somebody else.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) version: String,
    /// The licence expression of its manifest.
    pub(crate) license: Option<String>,
    pub(crate) manifest_path: PathBuf,
    /// What its manifest asks for, by the names the packages have themselves.
    pub(crate) dependencies: Vec<Dependency>,
}

/// One line of a manifest's dependency tables.
#[derive(Debug, Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    #[serde(default, rename = "kind", deserialize_with = "table")]
    pub(crate) table: Table,
}

/// The dependency table a line stands in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Table {
    /// `[dependencies]`: part of the product.
    #[default]
    Normal,
    /// `[dev-dependencies]`: tests only.
    Dev,
    /// `[build-dependencies]`: runs while the product is built.
    Build,
}

/// Which packages were chosen, and for whom.
#[derive(Debug, Deserialize)]
pub(crate) struct Resolve {
    pub(crate) nodes: Vec<Node>,
}

/// One chosen package and the packages it uses.
#[derive(Debug, Deserialize)]
pub(crate) struct Node {
    pub(crate) id: String,
    pub(crate) deps: Vec<Link>,
}

/// One use of a chosen package by another.
#[derive(Debug, Deserialize)]
pub(crate) struct Link {
    pub(crate) pkg: String,
    pub(crate) dep_kinds: Vec<LinkKind>,
}

/// One of the tables a use comes from.
#[derive(Debug, Deserialize)]
pub(crate) struct LinkKind {
    #[serde(default, rename = "kind", deserialize_with = "table")]
    pub(crate) table: Table,
}

impl Metadata {
    /// Asks cargo about the workspace of the current directory. Changes nothing: a lock file that is out
    /// of date is an error.
    pub(crate) fn load() -> Result<Self> {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .args(["metadata", "--format-version", "1", "--locked", "--all-features"])
            .stderr(Stdio::inherit())
            .output()
            .context("starting cargo metadata")?;
        ensure!(output.status.success(), "cargo metadata failed ({})", output.status);
        serde_json::from_slice(&output.stdout).context("reading what cargo metadata said")
    }

    /// Returns the crates of the workspace.
    pub(crate) fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| self.workspace_members.contains(&package.id))
    }
}

fn table<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Table, D::Error> {
    match Option::<&str>::deserialize(deserializer)? {
        None => Ok(Table::Normal),
        Some("dev") => Ok(Table::Dev),
        Some("build") => Ok(Table::Build),
        Some(other) => Err(serde::de::Error::unknown_variant(other, &["dev", "build"])),
    }
}

//! `comity group`

use anyhow::Result;
use clap::Subcommand;
use engine::PrincipalKind;
use serde::Serialize;

use crate::output::Row;
use crate::session::Session;

/// Groups.
#[derive(Debug, Subcommand)]
pub(crate) enum Group {
    /// Add a group
    Add {
        /// The group's name
        name: String,
    },
    /// Remove a group; its members stay
    Remove {
        /// The group's name
        name: String,
    },
    /// List the groups with their members
    List,
    /// Put a user or a group into a group
    Join {
        /// The group that gets a member
        group: String,
        /// A user or a group
        member: String,
    },
    /// Take a user or a group out of a group
    Leave {
        /// The group that loses a member
        group: String,
        /// A user or a group
        member: String,
    },
}

/// A group, as printed.
#[derive(Debug, Serialize)]
struct GroupRow {
    name: String,
    members: Vec<String>,
}

impl Row for GroupRow {
    const HEADS: &'static [&'static str] = &["group", "members"];

    fn cells(&self) -> Vec<String> {
        vec![self.name.clone(), self.members.join(", ")]
    }
}

impl Group {
    /// Runs the command.
    pub(crate) fn run(&self, session: &Session) -> Result<()> {
        let Session { engine, now, out } = session;
        match self {
            Self::Add { name } => {
                engine.add_group(name, *now)?;
                out.done(&format!("added the group {name}"));
            }
            Self::Remove { name } => {
                engine.remove_principal(PrincipalKind::Group, name, *now)?;
                out.done(&format!("removed the group {name}"));
            }
            Self::List => {
                let groups = engine.principals(PrincipalKind::Group)?.into_iter();
                let rows = groups
                    .map(|group| Ok(GroupRow { members: engine.members(&group.name)?, name: group.name }));
                return out.list(&rows.collect::<Result<Vec<_>>>()?);
            }
            Self::Join { group, member } => {
                engine.join(group, member, *now)?;
                out.done(&format!("{member} is in {group}"));
            }
            Self::Leave { group, member } => {
                engine.leave(group, member, *now)?;
                out.done(&format!("{member} is no longer in {group}"));
            }
        }
        Ok(())
    }
}

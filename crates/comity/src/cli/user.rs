//! `comity user`

mod away;

use anyhow::Result;
use clap::{ArgAction, Subcommand};
use engine::{Language, NewUser, Principal, PrincipalKind};
use serde::Serialize;

use crate::output::Row;
use crate::session::{Session, password};

/// Users.
#[derive(Debug, Subcommand)]
pub(crate) enum User {
    /// Add a user; the password is the first line of standard input
    Add(Add),
    /// List the users
    List,
    /// Show a user
    Show {
        /// The user's name
        name: String,
    },
    /// Keep a user from logging in
    Disable {
        /// The user's name
        name: String,
    },
    /// Let a user log in again
    Enable {
        /// The user's name
        name: String,
    },
    /// Remove a user with all that is in the account
    Remove {
        /// The user's name
        name: String,
    },
    /// Set a password; it is the first line of standard input
    Password {
        /// The user's name
        name: String,
        /// Read the password from standard input
        #[arg(long, required = true, action = ArgAction::SetTrue)]
        password_stdin: bool,
    },
    /// Show a user's out-of-office answer
    Away {
        /// The user's name
        name: String,
    },
    /// Show or set the time zone of a user
    Zone {
        /// The user's name
        name: String,
        /// The zone, such as Europe/Berlin
        zone: Option<String>,
    },
    /// Show or set the language a user is written to in
    Language {
        /// The user's name
        name: String,
        /// en or de
        language: Option<Language>,
    },
    /// Make a password for one phone, and print it once
    AppPassword {
        /// The user's name
        name: String,
        /// What it is for
        #[arg(long, value_name = "TEXT")]
        label: String,
    },
}

/// Adds a user.
#[derive(Debug, clap::Args)]
pub(crate) struct Add {
    /// The user's name
    name: String,
    /// The user's address
    #[arg(long, value_name = "ADDR")]
    email: String,
    /// What people call the user [default: NAME]
    #[arg(long, value_name = "TEXT")]
    display_name: Option<String>,
    /// May see and change any folder's grants
    #[arg(long)]
    admin: bool,
    /// Read the password from standard input
    #[arg(long, required = true, action = ArgAction::SetTrue)]
    password_stdin: bool,
}

/// A user, as printed.
#[derive(Debug, Serialize)]
struct UserRow {
    name: String,
    email: Option<String>,
    display_name: String,
    admin: bool,
    disabled: bool,
    created_at: String,
}

impl From<Principal> for UserRow {
    fn from(user: Principal) -> Self {
        Self {
            name: user.name,
            email: user.email,
            display_name: user.display_name,
            admin: user.admin,
            disabled: user.disabled,
            created_at: user.created_at.to_string(),
        }
    }
}

impl Row for UserRow {
    const HEADS: &'static [&'static str] = &["name", "email", "display name", "standing", "since"];

    fn cells(&self) -> Vec<String> {
        let standing = match (self.admin, self.disabled) {
            (true, true) => "admin, disabled",
            (true, false) => "admin",
            (false, true) => "disabled",
            (false, false) => "",
        };
        vec![
            self.name.clone(),
            self.email.clone().unwrap_or_default(),
            self.display_name.clone(),
            standing.to_owned(),
            self.created_at.clone(),
        ]
    }
}

/// A generated password, as printed once.
#[derive(Debug, Serialize)]
struct AppPassword<'a> {
    user: &'a str,
    label: &'a str,
    password: String,
}

/// A user's time zone, as printed.
#[derive(Debug, Serialize)]
struct Zone<'a> {
    user: &'a str,
    /// `None`: that of the server.
    zone: Option<String>,
}

/// A user's language, as printed.
#[derive(Debug, Serialize)]
struct LanguageShown<'a> {
    user: &'a str,
    /// `None`: he chose none.
    language: Option<&'static str>,
}

impl User {
    /// Runs the command.
    pub(crate) fn run(&self, session: &Session) -> Result<()> {
        let Session { engine, now, out } = session;
        match self {
            Self::Add(add) => return add.run(session),
            Self::List => {
                let users = engine.principals(PrincipalKind::User)?.into_iter().map(UserRow::from);
                return out.list(&users.collect::<Vec<_>>());
            }
            Self::Show { name } => return show(session, name),
            Self::Away { name } => return away::show(session, name),
            Self::Disable { name } => {
                engine.disable_user(name, *now)?;
                out.done(&format!("{name} can no longer log in"));
            }
            Self::Enable { name } => {
                engine.enable_user(name, *now)?;
                out.done(&format!("{name} can log in again"));
            }
            Self::Remove { name } => {
                engine.remove_principal(PrincipalKind::User, name, *now)?;
                out.done(&format!("removed {name}"));
            }
            Self::Password { name, .. } => {
                engine.set_password(name, &password()?, *now)?;
                out.done(&format!("{name} has a new password"));
            }
            Self::Zone { name, zone: Some(zone) } => {
                let zone = engine.set_zone(name, zone, *now)?;
                out.done(&format!("{name} is in {zone}"));
            }
            Self::Zone { name, zone: None } => {
                let zone = engine.zone_of(name)?;
                return out.show(&Zone { user: name, zone }, |made| {
                    made.zone.clone().unwrap_or_else(|| "the server's (time_zone)".to_owned())
                });
            }
            Self::Language { name, language: Some(language) } => {
                engine.set_language(name, *language, *now)?;
                out.done(&format!("{name} is written to in {language}"));
            }
            Self::Language { name, language: None } => {
                let language = engine.language_of(name)?.map(Language::as_str);
                return out.show(&LanguageShown { user: name, language }, |shown| {
                    shown.language.unwrap_or("none of his own (en)").to_owned()
                });
            }
            Self::AppPassword { name, label } => {
                let password = engine.add_app_password(name, label, *now)?;
                return out.show(&AppPassword { user: name, label, password }, |made| made.password.clone());
            }
        }
        Ok(())
    }
}

impl Add {
    fn run(&self, session: &Session) -> Result<()> {
        let new = NewUser {
            name: &self.name,
            email: &self.email,
            display_name: self.display_name.as_deref().unwrap_or(&self.name),
            admin: self.admin,
            password: Some(&password()?),
        };
        session.engine.add_user(&new, session.now)?;
        session.out.done(&format!("added {}", self.name));
        Ok(())
    }
}

/// Returns the user of a name; a group or space of that name is none.
fn user(session: &Session, name: &str) -> Result<Principal> {
    let found = session.engine.principal(name)?;
    if found.kind != PrincipalKind::User {
        return Err(engine::Error::NotFound { what: format!("user '{name}'") }.into());
    }
    Ok(found)
}

fn show(session: &Session, name: &str) -> Result<()> {
    let row = UserRow::from(user(session, name)?);
    session.out.show(&row, |row| {
        let lines = UserRow::HEADS.iter().zip(row.cells()).map(|(head, cell)| vec![(*head).to_owned(), cell]);
        crate::output::pairs(lines)
    })
}

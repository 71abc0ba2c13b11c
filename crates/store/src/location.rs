//! Where a store's data is.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::error::OpenError;

/// Name of the SQLite file in the data directory.
const FILE_NAME: &str = "comity.db";

/// Where a store's data is.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// In this process only, gone with it. For tests.
    Memory,
    /// In one SQLite file (and its `-wal` and `-shm` beside it).
    File(PathBuf),
    /// In a PostgreSQL database, at this address.
    Postgres(String),
}

impl Location {
    /// Returns the location that a configured address means; without one, a file in `data_dir`.
    ///
    /// `postgresql://...` and `postgres://...` are PostgreSQL (a Unix socket's directory goes into `?host=`),
    /// `sqlite:PATH` is a file, `sqlite::memory:` is [`Location::Memory`].
    ///
    /// # Errors
    /// When the address has none of these forms.
    pub fn parse(database_url: Option<&str>, data_dir: &Path) -> Result<Self, OpenError> {
        let Some(url) = database_url else { return Ok(Self::File(data_dir.join(FILE_NAME))) };
        if url.starts_with("postgresql://") || url.starts_with("postgres://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        match url.strip_prefix("sqlite:") {
            Some(":memory:") => Ok(Self::Memory),
            Some("") | None => Err(OpenError::Address { source: None }),
            Some(path) => Ok(Self::File(data_dir.join(path.strip_prefix("//").unwrap_or(path)))),
        }
    }
}

/// Shows no address of PostgreSQL: it can hold a password.
impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("Memory"),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Postgres(_) => f.write_str("Postgres(..)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Option<Location> {
        Location::parse(Some(url), Path::new("/data")).ok()
    }

    #[test]
    fn without_an_address_the_data_is_a_file_in_the_data_directory() {
        let location = Location::parse(None, Path::new("/data")).unwrap();
        assert_eq!(location, Location::File("/data/comity.db".into()));
    }

    #[test]
    fn addresses() {
        let socket = "postgresql:///comity?host=/run/postgresql";
        assert_eq!(parse(socket), Some(Location::Postgres(socket.into())));
        assert_eq!(parse("postgres://a:b@c/d"), Some(Location::Postgres("postgres://a:b@c/d".into())));
        assert_eq!(parse("sqlite:other.db"), Some(Location::File("/data/other.db".into())));
        assert_eq!(parse("sqlite:/else/where.db"), Some(Location::File("/else/where.db".into())));
        assert_eq!(parse("sqlite:///else/where.db"), Some(Location::File("/else/where.db".into())));
        assert_eq!(parse("sqlite::memory:"), Some(Location::Memory));
        for wrong in ["", "sqlite:", "mysql://a/b", "/data/comity.db"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_password_is_not_shown() {
        let shown = format!("{:?}", Location::Postgres("postgres://a:secret@c/d".into()));
        assert!(!shown.contains("secret"), "{shown}");
    }
}

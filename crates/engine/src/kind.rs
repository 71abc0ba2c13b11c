//! Codes of kinds in the database.

use crate::Error;
use items::Kind;

pub(crate) const fn code(kind: Kind) -> i64 {
    match kind {
        Kind::Mail => 1,
        Kind::Calendar => 2,
        Kind::Contacts => 3,
        Kind::Tasks => 4,
        Kind::Notes => 5,
        Kind::Files => 6,
    }
}

pub(crate) fn from_code(code: i64) -> Result<Kind, Error> {
    match code {
        1 => Ok(Kind::Mail),
        2 => Ok(Kind::Calendar),
        3 => Ok(Kind::Contacts),
        4 => Ok(Kind::Tasks),
        5 => Ok(Kind::Notes),
        6 => Ok(Kind::Files),
        _ => Err(Error::Store(store::Error::Corrupt)),
    }
}

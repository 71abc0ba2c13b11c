//! Open-Xchange folder permissions: the codes it stores, and the packed form of its HTTP API.

use crate::grant::Grant;
use crate::level::{FolderLevel, Level};

/// Width of a packed field in bits.
const FIELD_BITS: u32 = 7;
const FIELD_MASK: u32 = (1 << FIELD_BITS) - 1;
const ADMIN_FLAG: u32 = 1 << (4 * FIELD_BITS);

/// A permission as OX stores it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Stored {
    /// 0 none, 2 visible, 4 create, 8 subfolders, 128 maximum.
    pub folder: u8,
    /// 0 none, 2 own, 4 all, 128 maximum.
    pub read: u8,
    /// As `read`.
    pub write: u8,
    /// As `read`.
    pub delete: u8,
    /// Makes an administrator. `folder` at its maximum does not.
    pub admin: bool,
}

impl Stored {
    /// Returns the codes of a grant.
    #[must_use]
    pub const fn of(grant: Grant) -> Self {
        Self {
            folder: match grant.folder {
                FolderLevel::None => 0,
                FolderLevel::Visible => 2,
                FolderLevel::Create => 4,
                FolderLevel::Subfolders => 8,
                FolderLevel::Admin => 128,
            },
            read: stored_level(grant.read),
            write: stored_level(grant.write),
            delete: stored_level(grant.delete),
            admin: matches!(grant.folder, FolderLevel::Admin),
        }
    }

    /// Returns the grant of these codes. OX accepts codes that mean nothing; they count as the next lower one.
    #[must_use]
    pub const fn grant(self) -> Grant {
        let folder = match (self.admin, self.folder) {
            (true, _) => FolderLevel::Admin,
            (false, 0..=1) => FolderLevel::None,
            (false, 2..=3) => FolderLevel::Visible,
            (false, 4..=7) => FolderLevel::Create,
            (false, 8..) => FolderLevel::Subfolders,
        };
        Grant {
            folder,
            read: level_stored(self.read),
            write: level_stored(self.write),
            delete: level_stored(self.delete),
        }
    }
}

const fn stored_level(level: Level) -> u8 {
    match level {
        Level::None => 0,
        Level::Own => 2,
        Level::All => 4,
        Level::Admin => 128,
    }
}

const fn level_stored(code: u8) -> Level {
    match code {
        0..=1 => Level::None,
        2..=3 => Level::Own,
        4..=127 => Level::All,
        128.. => Level::Admin,
    }
}

/// Returns a grant in the packed form: folder, read, write and delete in seven bits each, lowest first, then the
/// administrator's flag.
#[must_use]
pub const fn pack(grant: Grant) -> u32 {
    let folder = match grant.folder {
        FolderLevel::None => 0,
        FolderLevel::Visible => 1,
        FolderLevel::Create => 2,
        FolderLevel::Subfolders => 4,
        FolderLevel::Admin => 64 | ADMIN_FLAG,
    };
    folder
        | packed_level(grant.read) << FIELD_BITS
        | packed_level(grant.write) << (2 * FIELD_BITS)
        | packed_level(grant.delete) << (3 * FIELD_BITS)
}

/// Returns the grant of a packed form. Codes that mean nothing count as the next lower one; bits above the
/// administrator's flag are ignored.
#[must_use]
pub const fn unpack(packed: u32) -> Grant {
    let folder = match packed & FIELD_MASK {
        _ if packed & ADMIN_FLAG != 0 => FolderLevel::Admin,
        0 => FolderLevel::None,
        1 => FolderLevel::Visible,
        2..=3 => FolderLevel::Create,
        4.. => FolderLevel::Subfolders,
    };
    Grant {
        folder,
        read: level_packed(packed >> FIELD_BITS),
        write: level_packed(packed >> (2 * FIELD_BITS)),
        delete: level_packed(packed >> (3 * FIELD_BITS)),
    }
}

const fn packed_level(level: Level) -> u32 {
    match level {
        Level::None => 0,
        Level::Own => 1,
        Level::All => 2,
        Level::Admin => 64,
    }
}

const fn level_packed(field: u32) -> Level {
    match field & FIELD_MASK {
        0 => Level::None,
        1 => Level::Own,
        2..=63 => Level::All,
        64.. => Level::Admin,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::combine::testing::every_grant;

    #[test]
    fn every_grant_comes_back() {
        for grant in every_grant() {
            assert_eq!(unpack(pack(grant)), grant, "{grant}");
            assert_eq!(Stored::of(grant).grant(), grant, "{grant}");
        }
    }

    #[test]
    #[rustfmt::skip] // a table reads as a table
    fn presets_of_its_web_page_are_read() {
        let table = [
            ("viewer",        257,         "visible/all/none/none"),
            ("reviewer",      33_025,      "visible/all/all/none"),
            ("author",        4_227_332,   "subfolders/all/all/all"),
            ("administrator", 272_662_788, "admin/all/all/all"),
            ("maximum",       403_710_016, "admin/admin/admin/admin"),
        ];
        for (preset, packed, grant) in table {
            assert_eq!(unpack(packed).to_string(), grant, "{preset}");
        }
        assert_eq!(pack(Grant::FULL), 403_710_016);
    }

    #[test]
    fn the_maximum_without_the_flag_makes_no_administrator() {
        let stored = Stored { folder: 128, ..Stored::default() };
        assert_eq!(stored.grant().folder, FolderLevel::Subfolders);
        assert_eq!(unpack(64).folder, FolderLevel::Subfolders);
        assert_eq!(Stored { admin: true, ..Stored::default() }.grant().folder, FolderLevel::Admin);
    }

    #[test]
    fn codes_that_mean_nothing_are_rounded_down() {
        for code in 0..=u8::MAX {
            let grant = Stored { folder: code, read: code, write: code, delete: code, admin: false }.grant();
            let back = Stored::of(grant);
            assert!(back.folder <= code && back.read <= code, "{code}");
            assert_eq!((grant.write, grant.delete), (grant.read, grant.read), "{code}");
        }
        assert_eq!(Stored { folder: 6, ..Stored::default() }.grant().folder, FolderLevel::Create);
        assert_eq!(unpack(u32::MAX), Grant::FULL);
        assert_eq!(unpack(0xE000_0000), Grant::NOTHING, "bits above the flag");
        assert_eq!(unpack(3 << FIELD_BITS | 3).to_string(), "create/all/none/none");
    }
}

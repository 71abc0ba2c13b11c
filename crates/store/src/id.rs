//! Numbers that name rows, each a type of its own.

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<$name> for crate::Value<'_> {
            fn from(id: $name) -> Self {
                Self::Int(id.0)
            }
        }
    )+};
}

id! {
    /// A user, a group or a space. 0 is everyone who can log in. Never given twice.
    PrincipalId,
    /// A folder. 0 is the top of an account, and on a device its folder hierarchy. Never given twice.
    FolderId,
    /// An item in its folder: the modseq of its creation; never used again.
    Uid,
    /// Position of a change in one folder. Counts from 1; 0 is "before the first change".
    Modseq,
    /// One user's device.
    DeviceId,
    /// A denied change.
    DeniedId,
    /// Name of a cursor, as its device sends it back. 0 asks to start over.
    SyncKey,
}

impl PrincipalId {
    /// Stands for everyone who can log in, in grants.
    pub const EVERYONE: Self = Self(0);
}

impl FolderId {
    /// The top of an account; on a device, its folder hierarchy.
    pub const TOP: Self = Self(0);
}

impl SyncKey {
    /// Asks to start over.
    pub const START: Self = Self(0);
}

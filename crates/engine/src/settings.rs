//! What the admin decides for the whole server.

/// Settings of the engine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// Folders that every user's phone gets, where its user may read or create.
    pub shared_folders: Vec<SharedFolder>,
    /// How users hear of denied changes.
    pub notice: NoticeSettings,
    /// Limits a single user can reach.
    pub limits: Limits,
    /// Whether a device may be used as soon as it comes for the first time.
    pub new_devices: store::row::device::Standing,
}

/// One folder for all users' phones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedFolder {
    /// Name of the owning user or space.
    pub account: String,
    /// The folder's path in that account.
    pub path: String,
    /// Whether denied changes in it make a notice.
    pub notice: bool,
}

/// How users hear of denied changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeSettings {
    /// The sender, as `Name <address>`.
    pub from: String,
    /// Whether notices are made at all; the record is made in any case.
    pub enabled: bool,
    /// The admin's text template in place of the built-in one.
    pub text: Option<String>,
    /// The admin's HTML template in place of the built-in one.
    pub html: Option<String>,
}

impl Default for NoticeSettings {
    fn default() -> Self {
        Self { from: "Comity <no-reply@localhost>".to_owned(), enabled: true, text: None, html: None }
    }
}

/// Limits a single user can reach. 0 stands for none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Devices one user may have.
    pub devices_per_user: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { devices_per_user: 20 }
    }
}

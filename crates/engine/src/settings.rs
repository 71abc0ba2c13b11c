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
    /// The time zone of users who have none of their own set.
    pub zone: Option<jiff::tz::TimeZone>,
    /// Whether a device may be used as soon as it comes for the first time.
    pub new_devices: store::row::device::Standing,
    /// Days without contact after which a device is forgotten; 0 for never.
    pub device_expiry_days: u32,
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
    /// Seconds between two notices of one device; what is denied meanwhile stands in the next.
    pub interval_s: u32,
    /// The admin's text template in place of the built-in one.
    pub text: Option<String>,
    /// The admin's HTML template in place of the built-in one.
    pub html: Option<String>,
}

impl Default for NoticeSettings {
    fn default() -> Self {
        let from = "Comity <no-reply@localhost>".to_owned();
        Self { from, enabled: true, interval_s: 300, text: None, html: None }
    }
}

impl NoticeSettings {
    /// Returns the interval in milliseconds.
    pub(crate) fn interval_ms(&self) -> i64 {
        i64::from(self.interval_s) * 1000
    }
}

/// Limits a single user can reach. 0 stands for none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Devices one user may have.
    pub devices_per_user: u32,
    /// Times per hour that a device may start one folder, or its list of folders, over.
    pub restarts_per_hour: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { devices_per_user: 20, restarts_per_hour: 20 }
    }
}

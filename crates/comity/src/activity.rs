//! What the serving processes are doing, as they tell it to `comity top` through the database.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use eas::Server;
use eas::activity::Activity;
use engine::Timestamp;
use serde::{Deserialize, Serialize};

use crate::clock::clock;

/// What one device is doing, as it is told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Told {
    pub(crate) user: String,
    pub(crate) device: String,
    pub(crate) r#type: String,
    pub(crate) version: String,
    pub(crate) command: String,
    /// The folders, by number.
    pub(crate) folders: Vec<i64>,
    /// working, waiting, done or gone.
    pub(crate) state: String,
    /// Since when, in milliseconds since 1970.
    pub(crate) since_ms: i64,
    pub(crate) status: String,
}

impl From<Activity> for Told {
    fn from(activity: Activity) -> Self {
        Self {
            user: activity.user.into(),
            device: activity.device.into(),
            r#type: activity.kind.into(),
            version: activity.version.name().to_owned(),
            command: activity.command.name().to_owned(),
            folders: activity.folders.into_iter().map(|folder| folder.0).collect(),
            state: activity.state.name().to_owned(),
            since_ms: activity.since.as_millisecond(),
            status: activity.status.into_owned(),
        }
    }
}

/// Tells what this process is doing, if somebody watches. `process` names it among all that serve the database.
pub(crate) fn tell(server: &Arc<Server>, process: &str) -> Result<()> {
    let now = clock();
    if !server.engine().is_activity_watched(now)? {
        server.activities().rest();
        return Ok(());
    }
    server.activities().watch();
    let list: Vec<Told> = server.activities().list(now).into_iter().map(Told::from).collect();
    let text = serde_json::to_string(&list).context("writing what is going on")?;
    Ok(server.engine().tell_activity(process, &text, now)?)
}

/// Returns a name for this process that no other one on the database has.
pub(crate) fn process(started: Timestamp) -> String {
    format!("{}-{}", std::process::id(), started.as_nanosecond())
}

//! Folders, and what is shared with whom.

use engine::{FolderInfo, OnDevice, Origin, Showing};
use items::Kind;

use super::call::{Call, path};
use super::grant::{GrantShown, Levels};
use super::problem::Problem;
use super::route::{Route, Verb};
use super::shape::{Nothing, Time, Word, asked, shown};

shown! {
    /// A folder, and what who asks may do there.
    FolderShown {
        /// Its number.
        id: i64,
        /// The owning account.
        account: String,
        /// Its path in that account.
        path: String,
        /// What it holds.
        kind: Word<Kind>,
        /// How many items it holds.
        items: i64,
        /// The levels that count.
        levels: Levels,
        /// The access bits of the folder itself.
        access: i64,
    }

    /// A folder that who asks was given.
    SharedWithShown {
        /// Its number.
        id: i64,
        /// The owning account.
        account: String,
        /// What people call the owner.
        owner: String,
        /// Its path.
        path: String,
        /// What it holds.
        kind: Word<Kind>,
        /// The levels that count.
        levels: Levels,
        /// What he may do there, by the names of rights.
        rights: Vec<String>,
        /// To whom the grants are that reach him.
        through: Vec<String>,
        /// When the first of them ends.
        until: Option<Time>,
        /// His devices that get it.
        devices: Vec<OnDeviceShown>,
    }

    /// A device that gets a folder.
    OnDeviceShown {
        /// The id it calls itself by.
        device: String,
        /// The type it says it is of.
        r#type: String,
        /// Why it gets the folder.
        origin: Word<Origin>,
        /// Whether it shows it.
        showing: Word<Showing>,
    }

    /// An own folder that others were given.
    SharedByShown {
        /// Its number.
        id: i64,
        /// Its path.
        path: String,
        /// What it holds.
        kind: Word<Kind>,
        /// To whom, and what.
        grants: Vec<GrantShown>,
    }
}

asked! {
    /// Whose folders.
    Account {
        /// A user or space; who asks where it is left out.
        account: Option<String>,
    }

    /// A folder to be made. Who may make it: the account's user, system admins, and who may make folders in the one above.
    FolderAsked {
        /// The user or space.
        account: String,
        /// Its path; the folder above must be there.
        path: String,
        /// What it is to hold.
        kind: Word<Kind>,
    }

    /// Another name or place for a folder.
    Place {
        /// Its new path in its account.
        path: String,
    }
}

pub(crate) fn routes() -> Vec<Route> {
    use Verb::{Delete, Get, Patch, Post};
    vec![
        Route::new((Get, "/folders"), "List the folders of an account that one sees", list),
        Route::new((Post, "/folders"), "Make a folder", add),
        Route::new((Get, "/folders/{folder}"), "Show a folder", show),
        Route::new((Patch, "/folders/{folder}"), "Give a folder another name or place", rename),
        Route::new((Delete, "/folders/{folder}"), "Remove a folder with everything in it", remove),
        Route::new((Get, "/shared-with-me"), "List the folders of others that one was given", shared_with),
        Route::new((Get, "/shared-by-me"), "List one's own folders that others were given", shared_by),
    ]
}

fn folder(account: String, info: FolderInfo) -> FolderShown {
    FolderShown {
        id: info.id.0,
        account,
        path: info.path,
        kind: Word(info.kind),
        items: info.items,
        levels: info.levels.into(),
        access: i64::from(info.access.folder.value()),
    }
}

fn list(call: &Call<'_>, query: &Account, _: &Nothing) -> Result<Vec<FolderShown>, Problem> {
    let account = query.account.clone().unwrap_or_else(|| call.caller.name().to_owned());
    // Who is there at all is no secret to system admins alone: for others, an account without folders is none.
    let found = match call.engine.folders(&account, call.actor(), call.now) {
        Err(engine::Error::NotFound { .. } | engine::Error::Invalid { .. }) => Vec::new(),
        found => found?,
    };
    if found.is_empty() && account != call.caller.name() {
        return Err(Problem::not_found());
    }
    Ok(found.into_iter().map(|info| folder(account.clone(), info)).collect())
}

fn show(call: &Call<'_>, _: &Nothing, _: &Nothing) -> Result<FolderShown, Problem> {
    let list = call.engine.access_list(call.actor(), call.folder()?, call.now)?;
    Ok(folder(list.owner.name, list.folder))
}

fn add(call: &Call<'_>, _: &Nothing, body: &FolderAsked) -> Result<FolderShown, Problem> {
    let path = path(&body.path)?;
    let id = call.engine.make_folder(&call.by(), (&body.account, &path), body.kind.0, call.now)?;
    let list = call.engine.access_list(call.actor(), id, call.now)?;
    Ok(folder(list.owner.name, list.folder))
}

fn rename(call: &Call<'_>, _: &Nothing, body: &Place) -> Result<FolderShown, Problem> {
    call.engine.place_folder(&call.by(), call.folder()?, &path(&body.path)?, call.now)?;
    show(call, &Nothing {}, &Nothing {})
}

fn remove(call: &Call<'_>, _: &Nothing, _: &Nothing) -> Result<Nothing, Problem> {
    call.engine.drop_folder(&call.by(), call.folder()?, call.now)?;
    Ok(Nothing {})
}

fn shared_with(call: &Call<'_>, _: &Nothing, _: &Nothing) -> Result<Vec<SharedWithShown>, Problem> {
    let list = call.engine.shared_with(&call.caller, call.now)?.into_iter();
    let list = list.map(|one| SharedWithShown {
        id: one.folder.0,
        account: one.owner.name,
        owner: one.owner.display_name,
        path: one.path,
        kind: Word(one.kind),
        levels: one.levels.into(),
        rights: one.effect.rights().into_iter().map(|right| right.key().to_owned()).collect(),
        through: one.through.iter().map(ToString::to_string).collect(),
        until: one.until.map(Time),
        devices: one.devices.into_iter().map(OnDeviceShown::from).collect(),
    });
    Ok(list.collect())
}

impl From<OnDevice> for OnDeviceShown {
    fn from(on: OnDevice) -> Self {
        Self { device: on.address, r#type: on.kind, origin: Word(on.origin), showing: Word(on.showing) }
    }
}

fn shared_by(call: &Call<'_>, _: &Nothing, _: &Nothing) -> Result<Vec<SharedByShown>, Problem> {
    let list = call.engine.shared_by(&call.caller, call.now)?.into_iter();
    let list = list.map(|one| SharedByShown {
        id: one.folder.0,
        path: one.path,
        kind: Word(one.kind),
        grants: one.grants.iter().map(GrantShown::from).collect(),
    });
    Ok(list.collect())
}

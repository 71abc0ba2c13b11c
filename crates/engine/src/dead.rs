//! What is set for shared folders and leads nowhere: the folder, its account or its user's access is gone.

use crate::decide::Rights;
use crate::folder::{look_up, path_of};
use crate::{Engine, Error, FolderPath, Settings, device_folder};
use jiff::Timestamp;
use std::collections::BTreeSet;
use store::id::FolderId;
use store::row::folder::FolderRow;
use store::row::principal::PrincipalRow;
use store::{Query, row};

impl Engine {
    /// Lists what the configuration and the devices' settings say of shared folders without any effect, one line each.
    /// None of it is a fault: the folder may come yet, or the access.
    ///
    /// # Errors
    /// When the database fails.
    pub fn dead_entries(&self, now: Timestamp) -> Result<Vec<String>, Error> {
        let now_ms = now.as_millisecond();
        self.store.read(|q| {
            let mut list = configured(q, &self.settings)?;
            for (user, address) in row::device_folder::devices(q)? {
                let Some(user) = row::principal::load(q, user)? else { continue };
                list.extend(on_device(q, &self.settings, (&user, &address), now_ms)?);
            }
            Ok(list)
        })
    }
}

fn configured(q: &mut Query<'_>, settings: &Settings) -> Result<Vec<String>, Error> {
    let mut list = Vec::new();
    for named in &settings.shared_folders {
        let place = format!("configuration: shared_folder {} '{}'", named.account, named.path);
        match (FolderPath::try_from(named.path.as_str()), row::principal::by_name(q, &named.account)?) {
            (_, None) => list.push(format!("{place}: there is no such account")),
            (Err(_), Some(_)) => list.push(format!("{place}: this is no path")),
            (Ok(path), Some(account)) => {
                if look_up(q, account.id, &path)?.is_none() {
                    list.push(format!("{place}: there is no such folder"));
                }
            }
        }
    }
    Ok(list)
}

fn on_device(
    q: &mut Query<'_>,
    settings: &Settings,
    (user, address): (&PrincipalRow, &str),
    now_ms: i64,
) -> Result<Vec<String>, Error> {
    let place = format!("{}'s device {address}", user.name);
    let mut list = Vec::new();
    let set: BTreeSet<FolderId> = row::device::folders(q, user.id, address)?.into_iter().collect();
    let flags = row::device_folder::all_flags(q, user.id, address)?.into_iter().map(|(folder, _)| folder);
    let flags: BTreeSet<FolderId> = flags.collect();
    let accounts = row::device_folder::accounts(q, user.id, address)?;
    if user.disabled && !(set.is_empty() && flags.is_empty() && accounts.is_empty()) {
        list.push(format!("{place}: {} may not log in", user.name));
    }
    for id in set.union(&flags) {
        let Some(folder) = row::folder::load(q, *id)? else { continue };
        if !Rights::load(q, &folder, user.id, now_ms)?.on_device() {
            list.push(format!("{place}: {} may not use {}", user.name, named(q, &folder)?));
        }
    }
    let chosen = device_folder::chosen(q, settings, (user.id, address))?;
    let gets: BTreeSet<FolderId> = chosen.into_iter().map(|chosen| chosen.folder.id).collect();
    for id in flags.difference(&gets) {
        if let Some(folder) = row::folder::load(q, *id)? {
            list.push(format!("{place}: something is set for {}, which it does not get", named(q, &folder)?));
        }
    }
    for account in accounts {
        let mut any = false;
        for folder in row::folder::of_account(q, account)? {
            any |= Rights::load(q, &folder, user.id, now_ms)?.on_device();
        }
        if !any {
            let name = row::principal::load(q, account)?.map(|account| account.name).unwrap_or_default();
            list.push(format!("{place}: {} may use none of {name}'s folders", user.name));
        }
    }
    Ok(list)
}

fn named(q: &mut Query<'_>, folder: &FolderRow) -> Result<String, Error> {
    let account = row::principal::load(q, folder.account)?.map(|account| account.name).unwrap_or_default();
    Ok(format!("{account} '{}'", path_of(q, folder)?))
}

//! What a path stands for, for one user.

use engine::{AccountView, FolderId, FolderView, Located};

use crate::context::{Context, OrReply as _};
use crate::path::{self, Path, ROOT};
use crate::reply::Reply;

/// What folders of others, and folders in folders, are called in their user's home.
const ALIAS: &str = "shared-";
/// The segment below which principals stand.
const PRINCIPALS: &str = "principals";

/// A folder with the address it was asked for under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) folder: FolderView,
    /// With a slash at its end.
    pub(crate) href: String,
}

impl Place {
    /// Returns the address of an item in it.
    pub(crate) fn item(&self, name: &str) -> String {
        format!("{}{}", self.href, path::encode(name))
    }
}

/// What a path stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// The root of all.
    Root,
    /// The list of principals.
    Principals,
    /// A user, or an account he sees something of.
    Principal(AccountView),
    /// The top of an account.
    Home(AccountView),
    /// A folder.
    Folder(Place),
    /// A name in a folder: an item's, or nothing's yet.
    Item(Place, String),
    /// A name at the top of an account that is nothing's yet.
    Top(AccountView, String),
}

/// Returns what a path stands for.
///
/// # Errors
///
/// With the answer where there is nothing for the caller.
pub(crate) fn resolve(context: &Context<'_>, path: &Path) -> Result<Target, Reply> {
    let Some((first, rest)) = path.segments.split_first() else { return Ok(Target::Root) };
    if first == PRINCIPALS {
        return principals(context, rest);
    }
    let found = context.engine.locate(context.caller, first, rest, context.now).or_reply()?;
    let href = |segments: &[String]| {
        let encoded: String = segments.iter().map(|segment| path::encode(segment) + "/").collect();
        format!("{}{encoded}", path::home(first))
    };
    let located = match found {
        // A folder of that very name goes before the alias.
        Some(Located::Top(_, _)) | None if alias(rest).is_some() => {
            let Some((id, below)) = alias(rest) else { return Err(Reply::absent()) };
            aliased(context, first, id, below)?
        }
        Some(located) => located,
        None => return Err(Reply::absent()),
    };
    Ok(match located {
        Located::Account(account) => Target::Home(account),
        Located::Top(account, name) => Target::Top(account, name),
        Located::Folder(folder) => Target::Folder(Place { folder, href: href(rest) }),
        Located::Inside(folder, name) => {
            let parent = rest.split_last().map_or(rest, |(_, parent)| parent);
            Target::Item(Place { folder, href: href(parent) }, name)
        }
    })
}

fn alias(rest: &[String]) -> Option<(FolderId, &[String])> {
    let (first, below) = rest.split_first()?;
    let digits = first.strip_prefix(ALIAS)?;
    let canonical = !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit());
    let id = digits.parse().ok().filter(|_| canonical)?;
    Some((FolderId(id), below))
}

/// Returns what stands under an alias. In the caller's own home every folder has one, elsewhere the account's own.
fn aliased(context: &Context<'_>, account: &str, id: FolderId, below: &[String]) -> Result<Located, Reply> {
    let found = context.engine.locate_in(context.caller, id, below, context.now).or_reply()?;
    let found = found.ok_or_else(Reply::absent)?;
    let owner = match &found {
        Located::Folder(folder) | Located::Inside(folder, _) => folder.account.as_str(),
        Located::Account(_) | Located::Top(_, _) => return Err(Reply::absent()),
    };
    if account == context.caller.name() || account == owner { Ok(found) } else { Err(Reply::absent()) }
}

fn principals(context: &Context<'_>, rest: &[String]) -> Result<Target, Reply> {
    match rest {
        [] => Ok(Target::Principals),
        [name] => match context.engine.locate(context.caller, name, &[], context.now).or_reply()? {
            Some(Located::Account(account)) => Ok(Target::Principal(account)),
            Some(Located::Folder(_) | Located::Inside(..) | Located::Top(..)) | None => Err(Reply::absent()),
        },
        [..] => Err(Reply::absent()),
    }
}

/// Returns what stands directly in an account's top: folders under their names, and those a client would not find
/// otherwise under aliases.
pub(crate) fn in_home(context: &Context<'_>, account: &AccountView) -> Result<Vec<Place>, Reply> {
    let folders = context.engine.folders_seen(context.caller, &account.name, context.now).or_reply()?;
    let home = path::home(&account.name);
    let reachable =
        |folder: &FolderView| account.own || !folders.iter().any(|other| other.id == folder.parent);
    let named = |folder: &FolderView| folder.account == account.name && folder.parent == FolderId::TOP;
    let places = folders.iter().filter(|folder| named(folder) || reachable(folder)).map(|folder| {
        let segment =
            if named(folder) { path::encode(folder.name()) } else { format!("{ALIAS}{}", folder.id) };
        Place { folder: folder.clone(), href: format!("{home}{segment}/") }
    });
    Ok(places.collect())
}

/// Returns the folders that stand directly in a folder.
pub(crate) fn in_folder(context: &Context<'_>, place: &Place) -> Result<Vec<Place>, Reply> {
    let folders = context.engine.subfolders_seen(context.caller, place.folder.id, context.now).or_reply()?;
    let places = folders.into_iter().map(|folder| {
        let href = format!("{}{}/", place.href, path::encode(folder.name()));
        Place { folder, href }
    });
    Ok(places.collect())
}

/// Returns the accounts the caller sees something of.
pub(crate) fn accounts(context: &Context<'_>) -> Result<Vec<AccountView>, Reply> {
    context.engine.accounts_seen(context.caller, context.now).or_reply()
}

/// Returns the root's address.
pub(crate) const fn root() -> &'static str {
    ROOT
}

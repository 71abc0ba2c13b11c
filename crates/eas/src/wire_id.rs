//! Ids as phones see them: a folder is `12`, an item in it `12:345`, what was added without being allowed `12:x678`.
//!
//! Whatever a phone sends is an id: what the server never gave out leads nowhere, and the engine answers it like a
//! folder or an item that is gone.

use engine::{FolderId, ItemRef, SyncKey, Target, Uid};

/// The most bytes kept of an id that the server never gave out; what follows is cut off.
const MAX_UNKNOWN: usize = 128;

/// A folder that is never there.
const NOWHERE: FolderId = FolderId(-1);

/// A key that is never given out.
const NO_KEY: SyncKey = SyncKey(-1);

/// Returns the folder that a phone names; the top is none.
pub(crate) fn folder(text: &str) -> FolderId {
    number(text).filter(|id| *id > 0).map_or(NOWHERE, FolderId)
}

/// Returns whether the server may have given the folder's id out.
pub(crate) fn is_folder(folder: FolderId) -> bool {
    folder != NOWHERE
}

/// Returns the folder that a phone names as a parent: `0` is the top.
pub(crate) fn parent(text: &str) -> FolderId {
    if text == "0" { FolderId::TOP } else { folder(text) }
}

/// Returns the key that a phone sends back.
pub(crate) fn key(text: &str) -> SyncKey {
    number(text).map_or(NO_KEY, SyncKey)
}

/// Returns what a phone names in `folder`.
pub(crate) fn target(folder: FolderId, text: &str) -> Target {
    item(folder, text).unwrap_or_else(|| {
        let end = (0..=MAX_UNKNOWN).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        Target::Unknown(text.get(..end.min(text.len())).unwrap_or_default().to_owned())
    })
}

/// Returns the folder that the name of an item says it is in, where the server may have given that name out.
pub(crate) fn holder(text: &str) -> Option<FolderId> {
    let holder = folder(text.split_once(':')?.0);
    (is_folder(holder) && item(holder, text).is_some()).then_some(holder)
}

/// Returns what an item or a phantom in `folder` is called.
pub(crate) fn render(folder: FolderId, item: ItemRef) -> String {
    match item {
        ItemRef::Item(uid) => format!("{folder}:{uid}"),
        ItemRef::Phantom(phantom) => format!("{folder}:x{phantom}"),
    }
}

/// Returns the folder and the item that a search result's name stands for: it is the item's own, which names its folder
/// too.
pub(crate) fn from_long(text: &str) -> Option<(FolderId, Uid)> {
    let named = folder(text.split_once(':')?.0);
    match item(named, text)? {
        Target::Item(uid) if is_folder(named) => Some((named, uid)),
        Target::Item(_) | Target::Phantom(_) | Target::Unknown(_) => None,
    }
}

fn item(folder: FolderId, text: &str) -> Option<Target> {
    let (holder, name) = text.split_once(':')?;
    if number(holder) != Some(folder.0) {
        return None;
    }
    match name.strip_prefix('x') {
        Some(phantom) => number(phantom).map(Target::Phantom),
        None => number(name).map(|uid| Target::Item(Uid(uid))),
    }
}

/// Returns a number written the one way the server writes it.
fn number(text: &str) -> Option<i64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_back() {
        let here = FolderId(12);
        assert_eq!(folder("12"), here);
        assert_eq!(target(here, &render(here, ItemRef::Item(Uid(345)))), Target::Item(Uid(345)));
        assert_eq!(target(here, &render(here, ItemRef::Phantom(678))), Target::Phantom(678));
        assert_eq!(key("987"), SyncKey(987));
        assert_eq!(key("0"), SyncKey::START);
    }

    #[test]
    fn a_search_result_is_named_by_folder_and_item() {
        assert_eq!(from_long(&render(FolderId(12), ItemRef::Item(Uid(345)))), Some((FolderId(12), Uid(345))));
        for text in ["", "12", "12:", "12:x3", "0:1", "x:1", "-1:1", "12:345 ", "12:3:4", "012:3"] {
            assert_eq!(from_long(text), None, "{text:?}");
        }
    }

    #[test]
    fn an_item_says_which_folder_it_is_in() {
        assert_eq!((holder("12:345"), holder("12:x678")), (Some(FolderId(12)), Some(FolderId(12))));
        for text in ["", "12", "12:", "0:1", "-1:1", "FAIL:6"] {
            assert_eq!(holder(text), None, "{text:?}");
        }
    }

    #[test]
    fn an_id_of_another_folder_is_unknown() {
        assert_eq!(target(FolderId(13), "12:345"), Target::Unknown("12:345".to_owned()));
    }

    #[test]
    fn what_was_never_given_out_leads_nowhere() {
        for text in ["", "0", "-1", "+5", "05", "12 ", "Outbox", "99999999999999999999"] {
            assert_eq!(folder(text), NOWHERE, "{text:?}");
        }
        for text in ["", "-1", "00", "{b2}7"] {
            assert_eq!(key(text), NO_KEY, "{text:?}");
        }
        for text in ["", "12", "12:", "12:x", "12:-1", "FAIL:6", "12:3:4"] {
            assert_eq!(target(FolderId(12), text), Target::Unknown(text.to_owned()), "{text:?}");
        }
        assert_eq!(parent("0"), FolderId::TOP);
        assert_eq!(parent("x"), NOWHERE);
    }

    #[test]
    fn an_unknown_id_is_kept_only_so_far() {
        let fits = "ä".repeat(MAX_UNKNOWN / 2);
        assert_eq!(target(FolderId(1), &fits), Target::Unknown(fits.clone()));
        assert_eq!(target(FolderId(1), &format!("{fits}b")), Target::Unknown(fits.clone()));
        assert_eq!(target(FolderId(1), &format!("b{fits}")), Target::Unknown(format!("b{}", &fits[2..])));
    }
}

use super::*;
use crate::combine::testing::{every_grant, every_state, rights_of};
use crate::map::ox;
use crate::{Caps, Entry, Standing, effective};

/// The nine bits that are rights and stand beside the levels.
const NINE: u32 = 0x5FB;

fn normalized_masks() -> Vec<Rights> {
    (0..=NINE)
        .filter(|mask| mask & !NINE == 0)
        .map(Rights::from_mask)
        .filter(|rights| rights.normalized().mask() & NINE == rights.mask())
        .collect()
}

#[test]
#[rustfmt::skip] // a table reads as a table
fn roles_are_the_grants_of_the_table() {
    let table = [ // role                     grant                          packed OX  folder mine others
        (Role::None,                         "none/none/none/none",               0_u32, 0x00, 0, 0),
        (Role::FreeBusyTimeOnly,             "none/none/none/none",                   0, 0x00, 0, 0),
        (Role::FreeBusyTimeAndSubjectAndLocation, "none/none/none/none",              0, 0x00, 0, 0),
        (Role::Contributor,                  "create/own/none/none",                130, 0x12, 2, 0),
        (Role::Reviewer,                     "visible/all/none/none",               257, 0x02, 2, 2),
        (Role::NonEditingAuthor,             "create/all/none/own",           2_097_410, 0x12, 6, 2),
        (Role::Author,                       "create/all/own/own",            2_113_794, 0x12, 7, 2),
        (Role::PublishingAuthor,             "subfolders/all/own/own",        2_113_796, 0x1A, 7, 2),
        (Role::Editor,                       "create/all/all/all",            4_227_330, 0x12, 7, 7),
        (Role::PublishingEditor,             "subfolders/all/all/all",        4_227_332, 0x1A, 7, 7),
        (Role::Owner,                        "admin/all/all/all",           272_662_788, 0x3F, 7, 7),
    ];
    assert_eq!(table.map(|row| row.0), Role::EVERY);
    for (role, shown, packed, folder, mine, others) in table {
        let imported = role.rights().import();
        assert_eq!(imported.grant.to_string(), shown, "{role:?}");
        assert_eq!(imported.dropped, Rights::default(), "{role:?}");
        assert_eq!(ox::unpack(packed), imported.grant, "{role:?}");
        if role != Role::Owner {
            // An OX administrator is written with folder code 4 by OX's web page, and with 64 by us.
            assert_eq!(ox::pack(imported.grant), packed, "{role:?}");
        }
        let access = effective([Entry::new(imported.grant)], Standing::Other, Caps::UNLIMITED, 0);
        let words = (access.folder.pr_access(), access.mine.value(), access.others.value());
        assert_eq!(words, (folder, mine, others), "{role:?}");
    }
}

#[test]
fn roles_come_back() {
    for role in Role::EVERY {
        let imported = role.rights().import();
        assert_eq!(Rights::of(imported.grant, imported.busy), role.rights(), "{role:?}");
        assert_eq!(Role::of(role.rights()), Some(role));
        assert_eq!(role.as_str(), format!("{role:?}"));
    }
    assert_eq!(Role::of(Rights::from_mask(0x400)), None, "Custom");
}

#[test]
fn of_57_states_only_those_without_read_change_and_only_to_read_own() {
    let mut changed = 0;
    for state in every_state() {
        let back = Rights::of(state, Busy::None).import();
        assert_eq!(back.dropped, Rights::default(), "{state}");
        if back.grant != state {
            assert_eq!(state.read, Level::None, "{state}");
            assert_eq!(back.grant, Grant { read: Level::Own, ..state }, "{state}");
            changed += 1;
        }
    }
    assert_eq!(changed, 4);
}

#[test]
fn of_180_normalized_masks_53_are_exact() {
    let masks = normalized_masks();
    assert_eq!(masks.len(), 180);
    let exact =
        |rights: &&Rights| Rights::of(rights.import().grant, Busy::None).mask() & NINE == rights.mask();
    assert_eq!(masks.iter().filter(exact).count(), 53);
}

#[test]
fn import_raises_nothing_but_what_an_owner_may_give_itself() {
    for rights in normalized_masks() {
        let imported = rights.import();
        let gained = Rights::of(imported.grant, Busy::None).mask() & NINE & !rights.mask();
        let own_to_give = Rights::CREATE.mask() | Rights::CREATE_SUBFOLDER.mask();
        if rights.contains(Rights::FOLDER_OWNER) {
            assert_eq!(gained & !own_to_give, 0, "{rights:?}");
        } else {
            assert_eq!(gained, 0, "{rights:?}");
        }
    }
}

#[test]
#[rustfmt::skip] // a table reads as a table
fn what_has_no_place_here_is_lowered_and_named() {
    let table = [ // mask                              becomes                  dropped
        (0x480, "subfolders without create",           "visible/own/none/none", 0x080),
        (0x002, "create in an invisible folder",       "none/none/none/none",   0x002),
        (0x420, "edit any without read any or owned",  "visible/own/own/none",  0x020),
        (0x421, "edit any without edit owned",         "visible/all/all/none",  0),
        (0x441, "delete any without delete owned",     "visible/all/none/all",  0),
        (0x001, "read any without visible",            "visible/all/none/none", 0),
        (0x100, "folder owner without item rights",    "admin/own/none/none",   0),
        (0x600, "contact",                             "visible/own/none/none", 0),
        (0x8000_0401, "a bit nobody knows",            "visible/all/none/none", 0x8000_0000),
    ];
    for (mask, what, grant, dropped) in table {
        let imported = Rights::from_mask(mask).import();
        assert_eq!(imported.grant.to_string(), grant, "{what}");
        assert_eq!(imported.dropped.mask(), dropped, "{what}");
    }
}

#[test]
fn busy_times_stay_beside_the_levels() {
    for (mask, busy) in
        [(0x400, Busy::None), (0xC00, Busy::Time), (0x1C00, Busy::Details), (0x1000, Busy::Details)]
    {
        assert_eq!(Rights::from_mask(mask).import().busy, busy, "{mask:#x}");
    }
}

#[test]
fn a_grant_and_what_it_comes_to_have_the_same_rights() {
    for grant in every_grant() {
        assert_eq!(Rights::of(grant, Busy::None), Rights::of(grant.gated(), Busy::None), "{grant}");
        let back = Rights::of(grant, Busy::None).import().grant;
        if grant.gated().read != Level::None {
            assert_eq!(rights_of(back), rights_of(grant), "{grant}");
        }
    }
}

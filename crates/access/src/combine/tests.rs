//! The whole model, enumerated: 320 grants, 102,400 ordered pairs, 57 states.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::testing::{every_grant, every_state, rights_of};
use super::*;
use crate::class::Class;
use crate::level::Axis;

const NOW: i64 = 1_000;

fn access(entries: &[Entry]) -> Access {
    effective(entries, Standing::Other, Caps::UNLIMITED, NOW)
}

fn grants(grants: &[Grant]) -> Access {
    access(&grants.iter().copied().map(Entry::new).collect::<Vec<_>>())
}

fn grant(text: &str) -> Grant {
    let levels: Vec<_> = text.split('/').collect();
    Grant::new(
        levels[0].parse().unwrap(),
        levels[1].parse().unwrap(),
        levels[2].parse().unwrap(),
        levels[3].parse().unwrap(),
    )
}

/// Returns whether every right of `a` is in `b`. Marks are no rights.
fn within(a: Access, b: Access) -> bool {
    let inside = |a: Bits, b: Bits| b.contains(a & Bits::RIGHTS);
    inside(a.folder, b.folder)
        && inside(a.mine, b.mine)
        && inside(a.others, b.others)
        && inside(a.others_private, b.others_private)
}

fn at_most(a: Grant, b: Grant) -> bool {
    Axis::EVERY.into_iter().all(|axis| a.level(axis).code() <= b.level(axis).code())
}

#[test]
fn there_are_320_grants_57_states_6_folder_words_5_item_words_and_14_pairs() {
    let all: Vec<_> = every_grant().map(rights_of).collect();
    assert_eq!(all.len(), 320);
    assert_eq!(all.iter().copied().collect::<HashSet<_>>().len(), 57);
    let folders: BTreeSet<_> = all.iter().map(|access| access.folder.pr_access()).collect();
    assert_eq!(folders, BTreeSet::from([0x00, 0x02, 0x12, 0x1A, 0x3B, 0x3F]));
    let items: BTreeSet<_> =
        all.iter().flat_map(|access| [access.mine.value(), access.others.value()]).collect();
    assert_eq!(items, BTreeSet::from([0, 2, 3, 6, 7]));
    let pairs: HashSet<_> = all.iter().map(|access| (access.mine, access.others)).collect();
    assert_eq!(pairs.len(), 14);
}

#[test]
fn three_words_and_the_state_are_one_to_one() {
    let mut seen = HashMap::new();
    for grant in every_grant() {
        let access = rights_of(grant);
        let words = (access.folder.pr_access(), access.mine.pr_access(), access.others.pr_access());
        assert_eq!(*seen.entry(words).or_insert(grant.gated()), grant.gated(), "{grant}");
        assert_eq!(access.levels(), grant.gated(), "{grant}: levels from words");
    }
    assert_eq!(seen.len(), 57);
}

#[test]
fn words_of_one_state_are_consistent() {
    for grant in every_grant() {
        let access = rights_of(grant);
        assert!(access.mine.contains(access.others), "{grant}: others within mine");
        assert!(access.others.contains(access.others_private), "{grant}: private within others");
        for class in Class::EVERY {
            let word = access.item(class);
            assert!(word.may_read() || word.pr_access() == 0, "{grant}: modify or delete implies read");
        }
        let folder = access.folder;
        if folder.pr_access() == 0 {
            assert_eq!(access, Access::NOTHING, "{grant}: nothing in an unseen folder");
        } else {
            assert!(folder.may_read(), "{grant}: any right implies that the folder is seen");
        }
        let creates = Bits::CREATE_FOLDER | Bits::CREATE_ITEM | Bits::CREATE_ASSOCIATED;
        assert!(!access.may_create_folder() || access.may_create(), "{grant}");
        assert!(!folder.may_modify() || folder.contains(creates), "{grant}");
        assert!(!access.may_delete_folder() || folder.may_modify(), "{grant}");
    }
}

#[test]
fn higher_levels_never_take_a_right_away() {
    let mut comparable = 0;
    for a in every_grant() {
        for b in every_grant().filter(|&b| at_most(a, b)) {
            assert!(within(rights_of(a), rights_of(b)), "{a} {b}");
            comparable += 1;
        }
    }
    assert_eq!(comparable, 15_000);
}

#[test]
fn an_added_entry_never_lowers_and_order_does_not_matter() {
    let mut pairs = 0;
    for a in every_grant() {
        for b in every_grant() {
            let both = grants(&[a, b]);
            assert!(within(rights_of(a), both) && within(rights_of(b), both), "{a} {b}");
            assert_eq!(both, grants(&[b, a]), "{a} {b}: order");
            assert_eq!(both, grants(&[a, b, a]), "{a} {b}: twice");
            assert_eq!(both, rights_of(a.union(b)), "{a} {b}: one entry for both");
            pairs += 1;
        }
    }
    assert_eq!(pairs, 102_400);
}

#[test]
fn grouping_of_entries_does_not_matter() {
    for a in every_state() {
        for b in every_state() {
            for c in every_state() {
                assert_eq!(a.union(b).union(c), a.union(b.union(c)), "{a} {b} {c}");
            }
        }
    }
}

#[test]
fn entries_are_added_before_they_are_gated() {
    let mut differ = 0;
    for a in every_grant() {
        for b in every_grant() {
            let gated_first = rights_of(a.gated().union(b.gated()));
            let both = rights_of(a.union(b));
            assert!(within(gated_first, both), "{a} {b}");
            differ += u32::from(gated_first != both);
        }
    }
    assert_eq!(differ, 38_864);
    let (a, b) = (grant("none/all/none/none"), grant("visible/none/none/none"));
    assert_eq!(rights_of(a), Access::NOTHING);
    assert_eq!(grants(&[a, b]).levels(), grant("visible/all/none/none"));
}

#[test]
#[rustfmt::skip] // a table reads as a table
fn item_words_are_those_of_the_table() {
    let table = [ // read/write/delete, mine, others
        ("none/none/none", 0, 0), ("own/none/none", 2, 0), ("own/none/own", 6, 0), ("own/own/none", 3, 0),
        ("own/own/own",    7, 0), ("all/none/none", 2, 2), ("all/none/own", 6, 2), ("all/none/all", 6, 6),
        ("all/own/none",   3, 2), ("all/own/own",   7, 2), ("all/own/all",  7, 6), ("all/all/none", 3, 3),
        ("all/all/own",    7, 3), ("all/all/all",   7, 7),
    ];
    for (levels, mine, others) in table {
        let access = rights_of(grant(&format!("visible/{levels}")));
        assert_eq!((access.mine.value(), access.others.value()), (mine, others), "{levels}");
    }
}

#[test]
#[rustfmt::skip] // a table reads as a table
fn folder_words_are_those_of_the_table() {
    let table = [
        ("none/all/all/all",        0x00), ("visible/all/all/all", 0x02), ("create/all/all/all", 0x12),
        ("subfolders/all/all/all",  0x1A), ("admin/all/all/own",   0x3B), ("admin/all/all/all",  0x3F),
        ("admin/own/own/all",       0x3B),
    ];
    for (levels, word) in table {
        let access = rights_of(grant(levels));
        assert_eq!(access.folder.pr_access(), word, "{levels}");
        let admin = word & 1 == 1;
        assert_eq!((access.may_read_acl(), access.may_change_acl()), (admin, admin), "{levels}");
        assert_eq!((access.may_change_folder(), access.may_delete_folder()), (admin, word == 0x3F), "{levels}");
        assert_eq!(access.may_move_folder(), word == 0x3F, "{levels}");
    }
}

#[test]
fn a_folder_where_one_creates_and_reads_nothing_is_a_drop_box() {
    for grant in every_grant() {
        let access = rights_of(grant);
        let expected = access.may_create() && !access.may_read_any();
        assert_eq!(access.is_drop_box(), expected, "{grant}");
    }
    assert!(rights_of(grant("create/none/none/none")).is_drop_box());
    assert!(!rights_of(grant("create/own/none/none")).is_drop_box());
}

#[test]
fn the_owner_has_everything_whatever_the_entries_say() {
    let expected = [0x3F | 0xC0, 7, 7, 7];
    assert_eq!(effective([] as [Entry; 0], Standing::Owner, Caps::UNLIMITED, NOW).words(), expected);
    for grant in every_grant() {
        let ended = Entry { until: Some(0), ..Entry::new(grant) };
        let entries = [Entry::new(grant), ended];
        assert_eq!(effective(entries, Standing::Owner, Caps::UNLIMITED, NOW).words(), expected, "{grant}");
    }
}

#[test]
fn caps_only_remove_rights_for_anyone() {
    for ceiling in every_grant() {
        let caps = Caps { ceiling };
        let owner = effective([] as [Entry; 0], Standing::Owner, caps, NOW);
        assert_eq!(owner.levels(), ceiling.gated(), "{ceiling}: owner");
        assert_eq!(owner.others_private, owner.others, "{ceiling}: owner");
        for grant in every_grant() {
            let entry = Entry { private: true, ..Entry::new(grant) };
            let capped = effective([entry], Standing::Other, caps, NOW);
            assert!(within(capped, access(&[entry])), "{grant} under {ceiling}");
            assert!(at_most(capped.levels(), ceiling), "{grant} under {ceiling}");
        }
    }
}

#[test]
fn the_named_caps_do_what_they_say() {
    let full = Entry { private: true, busy: Busy::Details, ..Entry::new(Grant::FULL) };
    for standing in [Standing::Owner, Standing::Other] {
        assert_eq!(effective([full], standing, Caps::SUSPENDED, NOW), Access::NOTHING);
        assert_eq!(free_busy([full], standing, Caps::SUSPENDED, NOW), Busy::None);
        assert_eq!(effective([full], standing, Caps::READ_ONLY, NOW).words(), [2, 2, 2, 2]);
    }
}

#[test]
fn no_entry_gives_nothing() {
    assert_eq!(access(&[]), Access::NOTHING);
    assert_eq!(free_busy([] as [Entry; 0], Standing::Other, Caps::UNLIMITED, NOW), Busy::None);
}

#[test]
fn an_entry_that_has_ended_gives_nothing() {
    let lasting = Entry::new(grant("visible/own/none/none"));
    for (until, counts) in
        [(NOW + 1, true), (NOW, false), (NOW - 1, false), (i64::MIN, false), (i64::MAX, true)]
    {
        let ending = Entry {
            private: true,
            busy: Busy::Details,
            until: Some(until),
            ..Entry::new(grant("admin/all/all/all"))
        };
        let expected = if counts { access(&[Entry { until: None, ..ending }]) } else { access(&[lasting]) };
        assert_eq!(access(&[lasting, ending]), expected, "until {until}");
        let busy = free_busy([ending], Standing::Other, Caps::UNLIMITED, NOW);
        assert_eq!(busy, if counts { Busy::Details } else { Busy::None }, "until {until}");
    }
}

#[test]
fn private_items_of_others_need_the_permission_on_any_entry() {
    for first in every_state() {
        let plain = Entry::new(first);
        // The permission alone, on an entry without a level, is enough; and it adds no right of its own.
        let permitted = access(&[plain, Entry { private: true, ..Entry::default() }]);
        assert_eq!(permitted.others_private, permitted.others, "{first}");
        assert_eq!(Access { others_private: Bits::EMPTY, ..permitted }, access(&[plain]), "{first}");
        assert_eq!(permitted.item(Class::MinePrivate), permitted.mine, "{first}");
    }
}

#[test]
fn without_the_permission_a_private_item_is_at_most_a_block_of_time() {
    for state in every_state() {
        for busy in Busy::EVERY {
            let word = access(&[Entry { busy, ..Entry::new(state) }]).others_private;
            let shown = busy != Busy::None && state.read == Level::All;
            assert_eq!(word, if shown { Bits::REDACTED } else { Bits::EMPTY }, "{state} {busy}");
        }
    }
}

#[test]
fn busy_times_are_known_without_any_level_and_give_no_access() {
    let entry = Entry { busy: Busy::Time, ..Entry::default() };
    assert_eq!(access(&[entry]), Access::NOTHING);
    let busy = |entries: &[Entry]| free_busy(entries, Standing::Other, Caps::UNLIMITED, NOW);
    assert_eq!(busy(&[entry]), Busy::Time);
    assert_eq!(busy(&[entry, Entry { busy: Busy::Details, ..entry }]), Busy::Details);
    assert_eq!(busy(&[Entry::new(grant("visible/all/none/none"))]), Busy::Time, "reads everything anyway");
    assert_eq!(busy(&[Entry::new(grant("visible/own/none/none"))]), Busy::None);
    assert_eq!(busy(&[Entry::new(grant("none/all/none/none"))]), Busy::None, "reads nothing after gating");
}

use super::*;
use crate::combine::testing::every_grant;
use crate::{Busy, Caps, Preset, effective};

const NOW: i64 = 1_000;

const EVERY_NEED: [Need; 21] = [
    Need::CreateItem,
    Need::CreateFolder,
    Need::ChangeFolder,
    Need::DeleteFolder,
    Need::Share,
    Need::Read(Class::Mine),
    Need::Read(Class::Others),
    Need::Read(Class::OthersPrivate),
    Need::Read(Class::MinePrivate),
    Need::Write(Class::Mine),
    Need::Write(Class::Others),
    Need::Write(Class::OthersPrivate),
    Need::Write(Class::MinePrivate),
    Need::Delete(Class::Mine),
    Need::Delete(Class::Others),
    Need::Delete(Class::OthersPrivate),
    Need::Delete(Class::MinePrivate),
    Need::MoveAway(Class::Mine),
    Need::MoveAway(Class::Others),
    Need::MoveAway(Class::OthersPrivate),
    Need::MoveAway(Class::MinePrivate),
];

fn named(name: &str, grant: Grant) -> Named<'_> {
    Named { name, entry: Entry::new(grant) }
}

fn asked(need: Need, entries: &[Named<'_>], standing: Standing, caps: Caps) -> Why {
    why(need, &effective(entries, standing, caps, NOW), standing, entries, NOW)
}

fn other(need: Need, entries: &[Named<'_>]) -> Why {
    asked(need, entries, Standing::Other, Caps::UNLIMITED)
}

#[test]
fn somebody_elses_item_in_a_folder_one_may_only_read() {
    let why = other(Need::Write(Class::Others), &[named("group:staff", Preset::Viewer.grant())]);
    assert_eq!(
        why,
        Why {
            need: Need::Write(Class::Others),
            needed: AxisLevel::Write(Level::All),
            held: AxisLevel::Write(Level::None),
            cause: Cause::Grants(vec!["group:staff".into()]),
        }
    );
    assert_eq!(
        why.to_string(),
        "To change this item you need write 'all' (it belongs to somebody else); \
         you hold write 'none' in this folder, from the grant to group:staff."
    );
}

#[test]
#[rustfmt::skip] // a table reads as a table
fn every_need_is_one_sentence() {
    let viewer = [named("user:bo", Preset::Viewer.grant())];
    let contributor = [named("user:bo", Preset::Contributor.grant())];
    let author = [named("user:bo", Preset::Author.grant())];
    let owner_of_folder = [named("user:bo", Grant { folder: FolderLevel::Admin, ..Preset::Author.grant() })];
    let table: [(Need, &[Named<'_>], &str); 9] = [
        (Need::CreateItem, &viewer, "To create an item in this folder you need folder 'create'; \
            you hold folder 'visible' in this folder, from the grant to user:bo."),
        (Need::CreateFolder, &author, "To create a subfolder in this folder you need folder 'subfolders'; \
            you hold folder 'create' in this folder, from the grant to user:bo."),
        (Need::ChangeFolder, &author, "To change this folder you need folder 'admin'; \
            you hold folder 'create' in this folder, from the grant to user:bo."),
        (Need::DeleteFolder, &owner_of_folder, "To delete this folder you need delete 'all'; \
            you hold delete 'own' in this folder, from the grant to user:bo."),
        (Need::Share, &viewer, "To change who may do what in this folder you need folder 'admin'; \
            you hold folder 'visible' in this folder, from the grant to user:bo."),
        (Need::Read(Class::Others), &contributor, "To read this item you need read 'all' \
            (it belongs to somebody else); you hold read 'own' in this folder, from the grant to user:bo."),
        (Need::Write(Class::Mine), &contributor, "To change this item you need write 'own' (it is yours); \
            you hold write 'none' in this folder, from the grant to user:bo."),
        (Need::Delete(Class::Others), &author, "To delete this item you need delete 'all' \
            (it belongs to somebody else); you hold delete 'own' in this folder, from the grant to user:bo."),
        (Need::MoveAway(Class::Mine), &viewer, "To move this item out of this folder you need delete 'own' \
            (it is yours); you hold delete 'none' in this folder, from the grant to user:bo."),
    ];
    for (need, entries, sentence) in table {
        assert_eq!(other(need, entries).to_string(), sentence);
    }
}

#[test]
fn without_a_grant_it_says_so() {
    let sentence = "To change this item you need write 'all' (it belongs to somebody else); \
                    no grant gives you any right here.";
    assert_eq!(other(Need::Write(Class::Others), &[]).to_string(), sentence);
    let ended = Named { name: "user:bo", entry: Entry { until: Some(NOW), ..Entry::new(Grant::FULL) } };
    assert_eq!(other(Need::Write(Class::Others), &[ended]).to_string(), sentence, "ended");
}

#[test]
fn the_grant_that_gives_most_is_named_and_not_the_others() {
    let entries = [
        named("everyone", Preset::Viewer.grant()),
        named("group:staff", Preset::Author.grant()),
        named("group:old", Preset::Contributor.grant()),
    ];
    let why = other(Need::Write(Class::Others), &entries);
    assert_eq!(why.held, AxisLevel::Write(Level::Own));
    assert_eq!(why.cause, Cause::Grants(vec!["group:staff".into()]));
}

#[test]
fn a_level_cut_by_another_axis_names_that_axis() {
    let blind = Grant::new(FolderLevel::Visible, Level::Own, Level::All, Level::None);
    let why = other(Need::Write(Class::Others), &[named("user:bo", blind)]);
    assert_eq!((why.axis(), why.held), (Axis::Read, AxisLevel::Read(Level::Own)));
    let unseen = Grant { folder: FolderLevel::None, ..Grant::FULL };
    let why = other(Need::Write(Class::Others), &[named("user:bo", unseen)]);
    assert_eq!(why.needed, AxisLevel::Folder(FolderLevel::Visible));
}

#[test]
fn a_private_item_names_the_permission() {
    let staff = named("group:staff", Preset::Editor.grant());
    let why = other(Need::Write(Class::OthersPrivate), &[staff]);
    assert_eq!(
        why.to_string(),
        "To change this item you need the 'private' permission (it is somebody else's private item); \
         you do not get it from the grant to group:staff."
    );
    let busy = Named { entry: Entry { busy: Busy::Time, ..staff.entry }, ..staff };
    assert_eq!(
        other(Need::Read(Class::OthersPrivate), &[busy]).cause,
        Cause::Private(vec!["group:staff".into()])
    );
    let reader = named("group:staff", Preset::Viewer.grant());
    let why = other(Need::Write(Class::OthersPrivate), &[reader]);
    assert_eq!(why.needed, AxisLevel::Write(Level::All), "the level is missing before the permission is");
}

#[test]
fn a_limit_is_named_before_grants_that_would_do() {
    let editor = [named("group:staff", Preset::Editor.grant())];
    let limited = "To change this item you need write 'all' (it belongs to somebody else); your account or device \
                   is limited to write 'none' here, whatever the grants say.";
    let why = asked(Need::Write(Class::Others), &editor, Standing::Other, Caps::READ_ONLY);
    assert_eq!(why.to_string(), limited);
    let why = asked(Need::Write(Class::Others), &[], Standing::Owner, Caps::READ_ONLY);
    assert_eq!(why.to_string(), limited, "an owner has no grant, and is not told so");
}

#[test]
fn long_lists_of_grants_are_cut() {
    let names = ["a", "b", "c", "d", "e"].map(String::from);
    assert_eq!(Grants(&names[..1]).to_string(), "the grant to a");
    assert_eq!(Grants(&names[..2]).to_string(), "the grants to a and b");
    assert_eq!(Grants(&names[..MAX_NAMED]).to_string(), "the grants to a, b and c");
    assert_eq!(Grants(&names[..=MAX_NAMED]).to_string(), "the grants to a, b, c and 1 more");
    assert_eq!(Grants(&names).to_string(), "the grants to a, b, c and 2 more");
}

#[test]
fn the_lowest_levels_meet_the_need_and_one_level_less_does_not() {
    for need in EVERY_NEED {
        let lowest = need.lowest();
        assert_eq!(lowest.gated(), lowest, "{need:?}");
        for grant in every_grant() {
            let entry = Entry { private: true, ..Entry::new(grant) };
            let met = need.is_met(&effective([entry], Standing::Other, Caps::UNLIMITED, NOW));
            let enough = grant.gated().intersection(lowest) == lowest;
            assert_eq!(met, enough, "{need:?} with {grant}");
        }
    }
}

#[test]
fn what_is_named_is_always_short_and_what_is_met_never() {
    for need in EVERY_NEED {
        for grant in every_grant() {
            let entries = [named("user:bo", grant)];
            let access = effective(entries, Standing::Other, Caps::UNLIMITED, NOW);
            let why = why(need, &access, Standing::Other, &entries, NOW);
            assert_eq!(why.needed.axis(), why.held.axis());
            let short = why.held.code() < why.needed.code() || matches!(why.cause, Cause::Private(_));
            assert_eq!(short, !need.is_met(&access), "{need:?} with {grant}: {why}");
        }
    }
}

#[test]
fn the_owner_holds_everything_as_owner() {
    let why = asked(Need::Delete(Class::Others), &[], Standing::Owner, Caps::UNLIMITED);
    assert_eq!(why.cause, Cause::Owner);
    assert!(why.held.code() >= why.needed.code());
}

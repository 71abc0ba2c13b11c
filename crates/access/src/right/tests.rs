use super::*;
use crate::{Caps, Entry, Preset, Standing, effect};

fn of(entry: Entry) -> Effect {
    effect([entry], Standing::Other, Caps::UNLIMITED, 0)
}

fn keys(rights: &[Right]) -> Vec<&'static str> {
    rights.iter().map(|right| right.key()).collect()
}

#[test]
fn a_preset_is_said_in_few_words() {
    assert_eq!(keys(&of(Entry::new(Preset::Viewer.grant())).rights()), ["read-all"]);
    assert_eq!(keys(&of(Entry::new(Preset::Contributor.grant())).rights()), ["read-own", "add"]);
    let author = of(Entry::new(Preset::Author.grant()));
    assert_eq!(keys(&author.rights()), ["read-all", "add", "change-own", "delete-own"]);
    assert_eq!(Effect::NOTHING.rights(), []);
}

#[test]
fn busy_times_alone_are_no_sight_of_the_folder() {
    let busy = of(Entry { busy: Busy::Details, ..Entry::new(Grant::NOTHING) });
    assert_eq!(busy.rights(), [Right::KnowDetails]);
    assert!(!busy.has(Right::SeeFolder));
}

#[test]
fn private_items_are_read_only_where_others_items_are() {
    let own = Grant::new(FolderLevel::Visible, crate::Level::Own, crate::Level::None, crate::Level::None);
    assert!(!of(Entry { private: true, ..Entry::new(own) }).has(Right::ReadPrivate));
    let all = Entry { private: true, ..Entry::new(Preset::Viewer.grant()) };
    assert_eq!(of(all).rights(), [Right::ReadAll, Right::ReadPrivate]);
}

#[test]
fn a_change_says_what_it_gives_and_what_it_takes() {
    let (viewer, author) = (of(Entry::new(Preset::Viewer.grant())), of(Entry::new(Preset::Author.grant())));
    assert_eq!(author.gained_since(&viewer), [Right::Add, Right::ChangeOwn, Right::DeleteOwn]);
    assert_eq!(viewer.gained_since(&author), []);
    let contributor = of(Entry::new(Preset::Contributor.grant()));
    assert_eq!(viewer.gained_since(&contributor), [Right::ReadAll]);
}

#[test]
fn an_administrator_raises_to_what_was_there_or_what_he_has() {
    let (viewer, author) = (of(Entry::new(Preset::Viewer.grant())), of(Entry::new(Preset::Author.grant())));
    assert!(author.is_within(&Effect::NOTHING, &author));
    assert!(author.is_within(&author, &Effect::NOTHING));
    assert!(!author.is_within(&viewer, &viewer));
}

#[test]
fn rights_and_words_agree_on_every_grant() {
    for grant in crate::combine::testing::every_grant() {
        let access = crate::combine::testing::rights_of(grant);
        let effect = of(Entry::new(grant));
        assert_eq!(effect.levels, access.levels());
        assert_eq!(effect.has(Right::SeeFolder), access.may_see_folder());
        assert_eq!(effect.has(Right::Add), access.may_create());
        assert_eq!(effect.has(Right::Manage), access.may_change_acl());
        assert_eq!(effect.has(Right::ChangeAll), access.others.may_modify());
        assert_eq!(effect.has(Right::DeleteOwn), access.mine.may_delete());
    }
}

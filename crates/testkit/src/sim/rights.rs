//! What a user may do: the rules of access once more, written from their description and sharing no code with it.

/// One row of a folder's list, its levels as places on their scales.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Row {
    /// 0 none, 1 visible, 2 create items, 3 create subfolders, 4 admin.
    pub(super) folder: u8,
    /// 0 none, 1 own, 2 all, 3 admin; the same for `write` and `delete`.
    pub(super) read: u8,
    pub(super) write: u8,
    pub(super) delete: u8,
    /// Whether others' private items are like their other items.
    pub(super) private: bool,
    /// The row gives nothing from this time on, in milliseconds since 1970.
    pub(super) until_ms: Option<i64>,
}

/// What a user may do with an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Item {
    pub(super) read: bool,
    pub(super) write: bool,
    pub(super) delete: bool,
}

/// What a user may do in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct May {
    /// 0 none, 1 visible, 2 create items, 3 create subfolders, 4 admin.
    folder: u8,
    mine: Item,
    others: Item,
    private: Item,
}

/// Whose an item is, and whether it is private.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    Mine,
    Others,
    OthersPrivate,
}

impl May {
    /// What the owner of the account may do: everything.
    pub(super) const fn owner() -> Self {
        let all = Item { read: true, write: true, delete: true };
        Self { folder: 4, mine: all, others: all, private: all }
    }

    /// What the rows that match a user come to.
    pub(super) fn of(rows: impl Iterator<Item = Row>, now_ms: i64) -> Self {
        let mut sum = Row::default();
        for row in rows.filter(|row| row.until_ms.is_none_or(|until| now_ms < until)) {
            sum.folder = sum.folder.max(row.folder);
            sum.read = sum.read.max(row.read);
            sum.write = sum.write.max(row.write);
            sum.delete = sum.delete.max(row.delete);
            sum.private |= row.private;
        }
        if sum.folder == 0 {
            return Self::default();
        }
        // Nobody changes or deletes what he cannot read.
        let write = sum.write.min(sum.read);
        let delete = sum.delete.min(sum.read);
        let from =
            |level: u8| Item { read: sum.read >= level, write: write >= level, delete: delete >= level };
        let (mine, others) = (from(1), from(2));
        let private = if sum.private { others } else { Item::default() };
        Self { folder: sum.folder, mine, others, private }
    }

    /// Returns what he may do with such an item.
    pub(super) const fn item(&self, whose: Whose) -> Item {
        match whose {
            Whose::Mine => self.mine,
            Whose::Others => self.others,
            Whose::OthersPrivate => self.private,
        }
    }

    /// Returns whether the folder exists for him.
    pub(super) const fn see_folder(&self) -> bool {
        self.folder >= 1
    }

    /// Returns whether he may create items.
    pub(super) const fn create(&self) -> bool {
        self.folder >= 2
    }

    /// Returns whether he may rename the folder.
    pub(super) const fn rename(&self) -> bool {
        self.folder >= 4
    }

    /// Returns whether he may delete the folder, and so everything in it.
    pub(super) const fn delete_folder(&self) -> bool {
        self.folder >= 4 && self.others.delete
    }

    /// Returns whether his phones get the folder.
    pub(super) const fn on_phone(&self) -> bool {
        self.see_folder() && (self.mine.read || self.create())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_add_up_and_are_gated() {
        let visible = Row { folder: 1, ..Row::default() };
        let reader = Row { read: 2, write: 1, ..Row::default() };
        assert_eq!(May::of([reader].into_iter(), 0), May::default(), "a folder nobody sees");
        let both = May::of([visible, reader].into_iter(), 0);
        assert_eq!(both.item(Whose::Others), Item { read: true, write: false, delete: false });
        assert_eq!(both.item(Whose::Mine), Item { read: true, write: true, delete: false });
        assert_eq!(both.item(Whose::OthersPrivate), Item::default());
        assert!(both.on_phone() && !both.create() && !both.rename());
    }

    #[test]
    fn a_row_ends() {
        let row = Row { folder: 2, until_ms: Some(10), ..Row::default() };
        assert!(May::of([row].into_iter(), 9).create());
        assert_eq!(May::of([row].into_iter(), 10), May::default());
    }
}

//! The items of one folder, by row and by the server's id.

use std::collections::BTreeMap;

use crate::item::{Item, ItemId};

/// The items of one folder.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    rows: BTreeMap<ItemId, Item>,
    bound: BTreeMap<String, ItemId>,
}

impl Table {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Item> {
        self.rows.values()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Item> {
        self.rows.values_mut()
    }

    pub(crate) fn get(&self, id: ItemId) -> Option<&Item> {
        self.rows.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: ItemId) -> Option<&mut Item> {
        self.rows.get_mut(&id)
    }

    pub(crate) fn find(&self, server_id: &str) -> Option<ItemId> {
        self.bound.get(server_id).copied()
    }

    pub(crate) fn insert(&mut self, item: Item) {
        if let Some(server_id) = &item.server_id {
            self.bound.insert(server_id.clone(), item.id);
        }
        self.rows.insert(item.id, item);
    }

    pub(crate) fn remove(&mut self, id: ItemId) -> Option<Item> {
        let item = self.rows.remove(&id)?;
        if let Some(server_id) = &item.server_id {
            self.bound.remove(server_id);
        }
        Some(item)
    }

    /// Gives a row the server's id; a row that had the same id was the same item, and goes.
    pub(crate) fn bind(&mut self, id: ItemId, server_id: &str) {
        if let Some(other) = self.find(server_id).filter(|other| *other != id) {
            self.remove(other);
        }
        let Some(item) = self.rows.get_mut(&id) else { return };
        if let Some(old) = item.server_id.replace(server_id.to_owned()) {
            self.bound.remove(&old);
        }
        self.bound.insert(server_id.to_owned(), id);
    }

    /// Takes the server's id from a row.
    pub(crate) fn unbind(&mut self, id: ItemId) {
        let Some(item) = self.rows.get_mut(&id) else { return };
        if let Some(old) = item.server_id.take() {
            self.bound.remove(&old);
        }
    }

    /// Drops every row that `keep` does not hold on to.
    pub(crate) fn retain(&mut self, keep: impl Fn(&Item) -> bool) {
        let dropped: Vec<ItemId> = self.iter().filter(|item| !keep(item)).map(|item| item.id).collect();
        for id in dropped {
            self.remove(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Data;

    #[test]
    fn an_id_names_one_row_only() {
        let mut table = Table::default();
        table.insert(Item::new(ItemId(1), Data::default()));
        table.insert(Item::new(ItemId(2), Data::default()));
        table.bind(ItemId(1), "12:1");
        table.bind(ItemId(2), "12:1");
        assert_eq!(table.iter().map(Item::id).collect::<Vec<_>>(), [ItemId(2)]);
        assert_eq!(table.find("12:1"), Some(ItemId(2)));
        table.bind(ItemId(2), "12:2");
        assert_eq!(table.find("12:1"), None);
        table.unbind(ItemId(2));
        assert_eq!(table.find("12:2"), None);
    }
}

//! `MoveItems`.

use wbxml::Element;
use wbxml::page::move_ as tag;

use crate::error::AnswerError;
use crate::folder::{FolderId, Wanted};
use crate::habit::{DeletesAfterMove, Moving};
use crate::item::{Deaf, Item, ItemId, Whereabouts};
use crate::phone::{Phone, status_of};
use crate::request::{Command, Request, Sent};

/// A move that the server has not answered.
#[derive(Debug, Clone)]
pub(crate) struct Move {
    pub(crate) item: ItemId,
    pub(crate) from: FolderId,
    pub(crate) to: FolderId,
}

impl Move {
    /// Marks `row` as leaving, and returns the row to show in its new folder where the client shows it at once.
    pub(crate) fn start(row: &mut Item, moving: Moving) -> Option<Item> {
        match moving {
            Moving::AtOnce => {
                row.place = Whereabouts::Leaving;
                let mut arriving = Item::new(row.id, row.data.clone());
                arriving.place = Whereabouts::Arriving;
                Some(arriving)
            }
            Moving::AfterAnswer | Moving::Never => {
                row.place = Whereabouts::Arriving;
                None
            }
        }
    }
}

/// What the answer says of one move.
enum Verdict {
    Moved(String),
    /// The item is where it was, and stays there.
    Stays,
    Again,
}

impl Phone {
    /// Returns the request for all moves that wait, or `None` where there are none.
    pub(crate) fn move_request(&mut self) -> Option<Request> {
        self.drop_void_moves();
        if self.moves.is_empty() {
            return None;
        }
        let mut root = Element::new(tag::MOVE_ITEMS);
        let mut sent = Vec::new();
        for waiting in &self.moves {
            let row = self.folders.get(&waiting.from).and_then(|folder| folder.table.get(waiting.item));
            let Some(server_id) = row.and_then(Item::server_id) else { continue };
            root.push(
                Element::new(tag::MOVE)
                    .with(Element::text(tag::SRC_MSG_ID, server_id))
                    .with(Element::text(tag::SRC_FLD_ID, waiting.from.as_str()))
                    .with(Element::text(tag::DST_FLD_ID, waiting.to.as_str())),
            );
            sent.push((waiting.from.clone(), waiting.item));
        }
        Some(self.request(Command::MoveItems, Some(root), Sent::Moves(sent)))
    }

    /// Drops moves whose item or folder is no longer on the phone, and puts back what they showed.
    fn drop_void_moves(&mut self) {
        for waiting in std::mem::take(&mut self.moves) {
            let source = self.folders.get(&waiting.from).and_then(|folder| folder.table.get(waiting.item));
            let is_void =
                source.and_then(Item::server_id).is_none() || !self.folders.contains_key(&waiting.to);
            if is_void { self.put_back(&waiting) } else { self.moves.push_back(waiting) }
        }
    }

    pub(crate) fn apply_moves(
        &mut self,
        sent: &[(FolderId, ItemId)],
        root: Option<&Element>,
    ) -> Result<(), AnswerError> {
        let command = Command::MoveItems;
        let root = root.ok_or(AnswerError::Shape { command, what: "it is empty" })?;
        let mut verdicts = Vec::with_capacity(sent.len());
        for (from, item) in sent {
            verdicts.push(((from, item), self.verdict(root, from, *item)?));
        }
        for ((from, item), verdict) in verdicts {
            self.settle_move(from, *item, verdict);
        }
        Ok(())
    }

    fn verdict(&self, root: &Element, from: &FolderId, item: ItemId) -> Result<Verdict, AnswerError> {
        let shape = |what| AnswerError::Shape { command: Command::MoveItems, what };
        let row = self.folders.get(from).and_then(|folder| folder.table.get(item));
        let Some(server_id) = row.and_then(Item::server_id) else { return Ok(Verdict::Stays) };
        let response = root
            .children(tag::RESPONSE)
            .find(|response| response.child_text(tag::SRC_MSG_ID).as_deref() == Some(server_id))
            .ok_or(shape("a move is not answered"))?;
        match status_of(response) {
            Some(3) => {
                let id = response.child_text(tag::DST_MSG_ID).ok_or(shape("a moved item has no new id"))?;
                Ok(Verdict::Moved(id.into_owned()))
            }
            Some(7) => Ok(Verdict::Again),
            Some(_) => Ok(Verdict::Stays),
            None => Err(shape("a move has no status")),
        }
    }

    fn settle_move(&mut self, from: &FolderId, item: ItemId, verdict: Verdict) {
        let at = self.moves.iter().position(|waiting| waiting.item == item && waiting.from == *from);
        let Some(at) = at else { return };
        match verdict {
            Verdict::Again => {}
            Verdict::Moved(id) => {
                if let Some(done) = self.moves.remove(at) {
                    self.complete_move(&done, &id);
                }
            }
            Verdict::Stays => {
                if let Some(refused) = self.moves.remove(at) {
                    self.put_back(&refused);
                }
            }
        }
    }

    /// Shows an item in its new folder under its new id.
    fn complete_move(&mut self, done: &Move, id: &str) {
        let Some(left) = self.folders.get_mut(&done.from).and_then(|folder| {
            folder.wanted = Wanted::Yes;
            folder.table.remove(done.item)
        }) else {
            return;
        };
        let Some(to) = self.folders.get_mut(&done.to) else { return };
        to.wanted = Wanted::Yes;
        let mut arrived = Item::new(done.item, left.data);
        arrived.deaf = match self.habit.deletes_after_move {
            DeletesAfterMove::Heeded => Deaf::No,
            DeletesAfterMove::FirstIgnored => Deaf::Yes,
        };
        to.table.remove(done.item);
        to.table.insert(arrived);
        to.table.bind(done.item, id);
    }

    /// Shows an item where it was, and asks what the server has there.
    fn put_back(&mut self, refused: &Move) {
        if let Some(to) = self.folders.get_mut(&refused.to) {
            to.wanted = Wanted::Yes;
            to.table.remove(refused.item);
        }
        if let Some(from) = self.folders.get_mut(&refused.from) {
            from.wanted = Wanted::Yes;
            if let Some(row) = from.table.get_mut(refused.item) {
                row.place = Whereabouts::Here;
            }
        }
        self.hierarchy = Wanted::Yes;
    }
}

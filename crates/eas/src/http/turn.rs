//! One request of a phone at a time: what one does is there before the next begins.
//!
//! A phone that asks twice at once gets its answers one after the other, and its requests cannot pass each other. What
//! waits for news holds no turn.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use engine::PrincipalId;
use tokio::sync::{Mutex as Line, OwnedMutexGuard};

/// Requests of one phone that are worked on or wait for their turn.
pub(super) const MAX_IN_LINE: usize = 16;

/// The phones that something is done for.
#[derive(Debug, Default)]
pub(super) struct Turns(Mutex<HashMap<Phone, Arc<Line<()>>>>);

/// A phone: its user and what it calls itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Phone {
    user: PrincipalId,
    address: Box<str>,
}

/// A request's place in the line of its phone; it leaves the line when this is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    turns: Arc<Turns>,
    phone: Phone,
    line: Option<Arc<Line<()>>>,
    taken: Option<OwnedMutexGuard<()>>,
}

impl Turns {
    /// Joins the line of a phone, or returns `None` where it is as long as it may be.
    pub(super) fn join(self: &Arc<Self>, user: PrincipalId, address: &str) -> Option<Turn> {
        let phone = Phone { user, address: address.into() };
        let mut phones = self.lock();
        let line = phones.entry(phone.clone()).or_default();
        // Whoever is in it holds it, and so does the list itself.
        if Arc::strong_count(line) > MAX_IN_LINE {
            return None;
        }
        let line = Some(Arc::clone(line));
        drop(phones);
        Some(Turn { turns: Arc::clone(self), phone, line, taken: None })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Phone, Arc<Line<()>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// Takes the turn if nobody else has it, and returns whether it did.
    pub(super) fn try_take(&mut self) -> bool {
        if let Some(line) = self.line.take() {
            match Arc::clone(&line).try_lock_owned() {
                // The guard holds the line from now on.
                Ok(taken) => self.taken = Some(taken),
                Err(_) => self.line = Some(line),
            }
        }
        self.taken.is_some()
    }

    /// Waits for the turn.
    pub(super) async fn take(&mut self) {
        if let Some(line) = &self.line {
            let taken = Arc::clone(line).lock_owned().await;
            self.taken = Some(taken);
            self.line = None;
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut phones = self.turns.lock();
        self.taken = None;
        self.line = None;
        if phones.get(&self.phone).is_some_and(|line| Arc::strong_count(line) == 1) {
            phones.remove(&self.phone);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANNA: PrincipalId = PrincipalId(1);
    const BO: PrincipalId = PrincipalId(2);

    #[test]
    fn a_phone_has_one_turn_at_a_time() {
        let turns = Arc::new(Turns::default());
        let mut first = turns.join(ANNA, "phone1").unwrap();
        let mut second = turns.join(ANNA, "phone1").unwrap();
        assert!(first.try_take() && !second.try_take());
        assert!(turns.join(ANNA, "phone2").unwrap().try_take(), "another phone has its own");
        assert!(turns.join(BO, "phone1").unwrap().try_take(), "and so has another user's");
        drop(first);
        assert!(second.try_take());
    }

    #[test]
    fn a_line_has_an_end() {
        let turns = Arc::new(Turns::default());
        let mut line: Vec<Turn> = (1..MAX_IN_LINE).map(|_| turns.join(ANNA, "phone1").unwrap()).collect();
        assert!(line[0].try_take());
        line.push(turns.join(ANNA, "phone1").expect("the last place"));
        assert!(turns.join(ANNA, "phone1").is_none(), "one past it");
        assert!(turns.join(ANNA, "phone2").is_some());
        line.pop();
        assert!(turns.join(ANNA, "phone1").is_some());
    }

    #[test]
    fn who_leaves_leaves_nothing_behind() {
        let turns = Arc::new(Turns::default());
        let mut first = turns.join(ANNA, "phone1").unwrap();
        let second = turns.join(ANNA, "phone1").unwrap();
        assert!(first.try_take());
        drop(second);
        drop(first);
        assert!(turns.lock().is_empty());
    }
}

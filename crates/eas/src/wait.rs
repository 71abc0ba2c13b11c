//! The waiting room: phones that wait, and what wakes them.
//!
//! Nothing is lost between "there is nothing to say" and the wait: a mark is taken before the first look, and a wait
//! that begins after something changed is over at once.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use engine::{Changed, FolderId, PrincipalId, Watcher};
use tokio::sync::oneshot;

use crate::server::Woken;

/// Changes that are remembered for those about to wait. Who took the mark before the oldest is woken in any case.
const MAX_RECENT: usize = 1024;

/// Phones that wait, by what they wait for.
#[derive(Debug, Default)]
pub struct Hub {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Counts the changes told; the number of the last one.
    told: u64,
    /// The last changes, the newest at the back.
    recent: VecDeque<Changed>,
    /// Counts requests and waits.
    numbers: u64,
    waits: HashMap<u64, Waiter>,
    by_folder: HashMap<FolderId, HashSet<u64>>,
    by_user: HashMap<PrincipalId, HashSet<u64>>,
    /// The newest request of each phone that is being answered or waits.
    phones: HashMap<Phone, Newest>,
}

#[derive(Debug, Clone, Copy)]
struct Newest {
    request: u64,
    wait: Option<u64>,
}

#[derive(Debug)]
struct Waiter {
    user: PrincipalId,
    folders: Box<[FolderId]>,
    wake: oneshot::Sender<Woken>,
}

/// Names a phone: its user and what it calls itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Phone {
    user: PrincipalId,
    address: Arc<str>,
}

/// A request of a phone, from its arrival to its answer. Its arrival ends the phone's older waits.
#[derive(Debug)]
pub struct Arrival {
    hub: Arc<Hub>,
    phone: Phone,
    number: u64,
}

/// How far somebody has heard of changes.
#[derive(Debug, Clone, Copy)]
pub struct Mark(u64);

/// A wait that has begun; ends when it is dropped.
#[derive(Debug)]
pub struct Waiting {
    hub: Arc<Hub>,
    number: u64,
    woken: oneshot::Receiver<Woken>,
}

impl Watcher for Hub {
    fn changed(&self, changed: &Changed) {
        let mut state = self.lock();
        state.told += 1;
        if state.recent.len() >= MAX_RECENT {
            state.recent.pop_front();
        }
        state.recent.push_back(changed.clone());
        for number in state.concerned(changed) {
            state.end(number, Woken::Changed);
        }
    }
}

impl Hub {
    /// Returns how far changes have been told; to be taken before the look that finds nothing.
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark(self.lock().told)
    }

    /// Returns how many phones wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.lock().waits.len()
    }

    /// Takes note of a request that changes what its phone holds or waits for: an older wait of it is over.
    #[must_use]
    pub fn arrive(self: &Arc<Self>, user: PrincipalId, address: &str) -> Arrival {
        let mut state = self.lock();
        state.numbers += 1;
        let (phone, number) = (Phone { user, address: address.into() }, state.numbers);
        let older = state.phones.insert(phone.clone(), Newest { request: number, wait: None });
        if let Some(wait) = older.and_then(|older| older.wait) {
            state.end(wait, Woken::GivenUp);
        }
        drop(state);
        Arrival { hub: Arc::clone(self), phone, number }
    }

    /// Ends the older waits of a phone whose newest request is answered already.
    pub fn supersede(&self, user: PrincipalId, address: &str) {
        let phone = Phone { user, address: address.into() };
        let mut state = self.lock();
        if let Some(wait) = state.phones.remove(&phone).and_then(|newest| newest.wait) {
            state.end(wait, Woken::GivenUp);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Arrival {
    /// Waits for a change of one of these folders, of the user's own marks or of the directory; one told since
    /// `mark` counts.
    #[must_use]
    pub fn wait(&self, folders: &[FolderId], mark: Mark) -> Waiting {
        let (wake, woken) = oneshot::channel();
        let mut state = self.hub.lock();
        state.numbers += 1;
        let number = state.numbers;
        let waiter = Waiter { user: self.phone.user, folders: folders.into(), wake };
        state.begin(number, waiter);
        match state.phones.get_mut(&self.phone) {
            Some(newest) if newest.request == self.number => newest.wait = Some(number),
            Some(_) | None => state.end(number, Woken::GivenUp),
        }
        if state.missed(folders, self.phone.user, mark) {
            state.end(number, Woken::Changed);
        }
        drop(state);
        Waiting { hub: Arc::clone(&self.hub), number, woken }
    }
}

impl Drop for Arrival {
    fn drop(&mut self) {
        let mut state = self.hub.lock();
        if state.phones.get(&self.phone).is_some_and(|newest| newest.request == self.number) {
            state.phones.remove(&self.phone);
        }
    }
}

impl Waiting {
    /// Returns why the wait is over, once it is.
    pub async fn woken(&mut self) -> Woken {
        // The sender goes only with its word sent, or with the whole waiting room.
        (&mut self.woken).await.unwrap_or(Woken::GivenUp)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.hub.lock().forget(self.number);
    }
}

impl State {
    fn begin(&mut self, number: u64, waiter: Waiter) {
        for folder in &waiter.folders {
            self.by_folder.entry(*folder).or_default().insert(number);
        }
        self.by_user.entry(waiter.user).or_default().insert(number);
        self.waits.insert(number, waiter);
    }

    fn end(&mut self, number: u64, why: Woken) {
        if let Some(waiter) = self.forget(number) {
            // Nobody listens any more where the phone hung up in this moment.
            let _ = waiter.wake.send(why);
        }
    }

    fn forget(&mut self, number: u64) -> Option<Waiter> {
        let waiter = self.waits.remove(&number)?;
        for folder in &waiter.folders {
            remove(&mut self.by_folder, folder, number);
        }
        remove(&mut self.by_user, &waiter.user, number);
        Some(waiter)
    }

    /// Returns the waits that a change may concern. A change of the directory may concern all.
    fn concerned(&self, changed: &Changed) -> Vec<u64> {
        if changed.directory {
            return self.waits.keys().copied().collect();
        }
        let folders = changed.folders.iter().filter_map(|folder| self.by_folder.get(folder));
        let users = changed.overlays.iter().filter_map(|user| self.by_user.get(user));
        folders.chain(users).flatten().copied().collect()
    }

    /// Returns whether a change told since `mark` may concern who watches these folders.
    fn missed(&self, folders: &[FolderId], user: PrincipalId, mark: Mark) -> bool {
        let since = usize::try_from(self.told - mark.0).unwrap_or(usize::MAX);
        since > self.recent.len()
            || self.recent.iter().rev().take(since).any(|changed| {
                changed.directory
                    || changed.overlays.contains(&user)
                    || changed.folders.iter().any(|folder| folders.contains(folder))
            })
    }
}

fn remove<K: std::hash::Hash + Eq>(map: &mut HashMap<K, HashSet<u64>>, key: &K, number: u64) {
    if let Some(set) = map.get_mut(key) {
        set.remove(&number);
        if set.is_empty() {
            map.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANNA: PrincipalId = PrincipalId(1);
    const BO: PrincipalId = PrincipalId(2);
    const HERE: FolderId = FolderId(10);
    const ELSEWHERE: FolderId = FolderId(11);

    fn hub() -> Arc<Hub> {
        Arc::new(Hub::default())
    }

    fn folder(folder: FolderId) -> Changed {
        Changed { folders: vec![folder], ..Changed::default() }
    }

    fn seen(user: PrincipalId) -> Changed {
        Changed { overlays: vec![user], ..Changed::default() }
    }

    fn directory() -> Changed {
        Changed { directory: true, ..Changed::default() }
    }

    /// Returns why a wait is over; `None` where it is not.
    fn over(waiting: &mut Waiting) -> Option<Woken> {
        waiting.woken.try_recv().ok()
    }

    #[test]
    fn a_request_that_is_answered_already_ends_older_waits() {
        let hub = hub();
        let (mine, other) = (hub.arrive(ANNA, "phone1"), hub.arrive(ANNA, "phone2"));
        let (mut waits, mut waits_on) = (mine.wait(&[HERE], hub.mark()), other.wait(&[HERE], hub.mark()));
        hub.supersede(ANNA, "phone1");
        assert_eq!((over(&mut waits), over(&mut waits_on)), (Some(Woken::GivenUp), None));
        assert_eq!(over(&mut mine.wait(&[HERE], hub.mark())), Some(Woken::GivenUp), "it is not the newest");
        hub.supersede(BO, "phone1");
        assert_eq!(hub.waiting(), 1);
    }

    #[test]
    fn who_is_concerned_is_woken_at_once() {
        for (changed, woken) in [
            (folder(HERE), true),
            (folder(ELSEWHERE), false),
            (seen(ANNA), true),
            (seen(BO), false),
            (directory(), true),
            (Changed::default(), false),
        ] {
            let hub = hub();
            let arrival = hub.arrive(ANNA, "phone1");
            let mut waiting = arrival.wait(&[FolderId(9), HERE], hub.mark());
            assert_eq!(over(&mut waiting), None);
            hub.changed(&changed);
            assert_eq!(over(&mut waiting), woken.then_some(Woken::Changed), "{changed:?}");
            assert_eq!(hub.waiting(), usize::from(!woken));
        }
    }

    #[test]
    fn a_change_between_the_look_and_the_wait_is_not_lost() {
        for (changed, woken) in [
            (folder(HERE), true),
            (folder(ELSEWHERE), false),
            (seen(ANNA), true),
            (seen(BO), false),
            (directory(), true),
        ] {
            let hub = hub();
            hub.changed(&folder(HERE));
            let arrival = hub.arrive(ANNA, "phone1");
            let mark = hub.mark();
            hub.changed(&changed);
            hub.changed(&folder(ELSEWHERE));
            let mut waiting = arrival.wait(&[HERE], mark);
            assert_eq!(over(&mut waiting), woken.then_some(Woken::Changed), "{changed:?}");
        }
    }

    #[test]
    fn who_looked_too_long_ago_is_woken_in_any_case() {
        for (changes, woken) in [(MAX_RECENT - 1, false), (MAX_RECENT, false), (MAX_RECENT + 1, true)] {
            let hub = hub();
            let arrival = hub.arrive(ANNA, "phone1");
            let mark = hub.mark();
            for _ in 0..changes {
                hub.changed(&folder(ELSEWHERE));
            }
            let mut waiting = arrival.wait(&[HERE], mark);
            assert_eq!(over(&mut waiting), woken.then_some(Woken::Changed), "{changes}");
        }
    }

    #[test]
    fn a_newer_request_of_the_same_phone_ends_a_wait() {
        let hub = hub();
        let older = hub.arrive(ANNA, "phone1");
        let mut waiting = older.wait(&[HERE], hub.mark());
        let _others = (hub.arrive(ANNA, "phone2"), hub.arrive(BO, "phone1"));
        assert_eq!(over(&mut waiting), None);
        let newer = hub.arrive(ANNA, "phone1");
        assert_eq!(over(&mut waiting), Some(Woken::GivenUp));
        let mut late = older.wait(&[HERE], hub.mark());
        assert_eq!(over(&mut late), Some(Woken::GivenUp), "it came to wait only now");
        drop(older);
        let mut waiting = newer.wait(&[HERE], hub.mark());
        assert_eq!(over(&mut waiting), None);
        let _newest = hub.arrive(ANNA, "phone1");
        assert_eq!(over(&mut waiting), Some(Woken::GivenUp));
    }

    #[test]
    fn a_phone_that_hangs_up_leaves_nothing_behind() {
        let hub = hub();
        let arrival = hub.arrive(ANNA, "phone1");
        let waiting = arrival.wait(&[HERE, ELSEWHERE, HERE], hub.mark());
        drop(waiting);
        drop(arrival);
        let state = hub.lock();
        assert!(state.waits.is_empty() && state.by_folder.is_empty() && state.by_user.is_empty());
        assert!(state.phones.is_empty());
    }
}

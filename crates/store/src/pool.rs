//! A bounded pool of connections, opened on demand.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Connections of one kind: idle ones, and a count of those lent out.
pub(crate) struct Pool<C> {
    state: Mutex<State<C>>,
    returned: Condvar,
    limit: usize,
}

struct State<C> {
    idle: Vec<C>,
    lent: usize,
}

impl<C> Pool<C> {
    /// Returns an empty pool that never has more than `limit` connections (at least one).
    pub(crate) fn new(limit: usize) -> Self {
        let state = Mutex::new(State { idle: Vec::new(), lent: 0 });
        Self { state, returned: Condvar::new(), limit: limit.max(1) }
    }

    /// Lends a connection: an idle one, else a new one, else the first that comes back.
    pub(crate) fn take<E>(&self, open: impl FnOnce() -> Result<C, E>) -> Result<Lease<'_, C>, E> {
        let (slot, idle) = self.reserve();
        let connection = idle.map_or_else(open, Ok)?;
        Ok(Lease { connection, slot })
    }

    /// Lends an idle connection if there is one: waits for nobody, and opens none.
    pub(crate) fn take_idle(&self) -> Option<Lease<'_, C>> {
        let mut state = self.lock();
        let connection = state.idle.pop()?;
        state.lent += 1;
        Some(Lease { connection, slot: Slot { pool: self } })
    }

    /// Closes the idle connections: they go to a server that is gone.
    pub(crate) fn forget_idle(&self) {
        let idle = std::mem::take(&mut self.lock().idle);
        drop(idle);
    }

    /// Waits for the right to use one connection, and takes an idle one if there is.
    fn reserve(&self) -> (Slot<'_, C>, Option<C>) {
        let mut state = self.lock();
        while state.lent >= self.limit {
            state = self.returned.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.lent += 1;
        (Slot { pool: self }, state.idle.pop())
    }

    fn lock(&self) -> MutexGuard<'_, State<C>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A lent connection. Dropping it closes the connection, and the server rolls back what was open: so a panic
/// leaves nothing behind. [`Lease::give_back`] keeps it for the next.
pub(crate) struct Lease<'p, C> {
    /// The connection.
    pub(crate) connection: C,
    slot: Slot<'p, C>,
}

impl<C> Lease<'_, C> {
    /// Puts the connection back, which must have no transaction open.
    pub(crate) fn give_back(self) {
        let Self { connection, slot } = self;
        slot.pool.lock().idle.push(connection);
        drop(slot);
    }
}

/// The right to use one connection; given up when dropped.
struct Slot<'p, C> {
    pool: &'p Pool<C>,
}

impl<C> Drop for Slot<'_, C> {
    fn drop(&mut self) {
        self.pool.lock().lent -= 1;
        self.pool.returned.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn a_connection_given_back_is_lent_again() {
        let pool = Pool::new(2);
        let Ok(lease) = pool.take(|| Ok::<_, Infallible>(1));
        lease.give_back();
        let Ok(again) = pool.take(|| Ok::<_, Infallible>(2));
        assert_eq!(again.connection, 1);
        drop(again);
        let Ok(new) = pool.take(|| Ok::<_, Infallible>(3));
        assert_eq!(new.connection, 3);
    }

    #[test]
    fn an_idle_connection_is_lent_or_none() {
        let pool = Pool::new(1);
        assert!(pool.take_idle().is_none(), "none was opened yet");
        let Ok(lease) = pool.take(|| Ok::<_, Infallible>(1));
        assert!(pool.take_idle().is_none(), "the only one is lent");
        lease.give_back();
        let again = pool.take_idle().unwrap();
        assert_eq!(again.connection, 1);
        assert!(pool.take_idle().is_none(), "lent again");
        drop(again);
        assert!(pool.take(|| Ok::<_, Infallible>(2)).is_ok(), "its place is free");
    }

    #[test]
    fn idle_connections_can_be_forgotten() {
        let pool = Pool::new(1);
        let Ok(lease) = pool.take(|| Ok::<_, Infallible>(1));
        lease.give_back();
        pool.forget_idle();
        let Ok(new) = pool.take(|| Ok::<_, Infallible>(2));
        assert_eq!(new.connection, 2);
    }

    #[test]
    fn a_failed_open_takes_no_slot() {
        let pool = Pool::new(1);
        assert_eq!(pool.take(|| Err::<u8, _>("no")).err(), Some("no"));
        assert_eq!(pool.take(|| Ok::<_, &str>(7)).map(|lease| lease.connection), Ok(7));
    }

    #[test]
    fn never_more_connections_than_the_limit_and_none_waits_forever() {
        let pool = Pool::new(3);
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| {
                    for round in 0..50 {
                        let Ok(lease) = pool.take(|| Ok::<_, Infallible>(()));
                        most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        std::thread::yield_now();
                        now.fetch_sub(1, Ordering::SeqCst);
                        if round % 2 == 0 {
                            lease.give_back();
                        }
                    }
                });
            }
        });
        assert!(most.load(Ordering::SeqCst) <= 3);
    }
}

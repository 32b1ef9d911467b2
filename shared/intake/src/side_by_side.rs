//! Work on several threads whose results count in the order of the items, as if there were one thread.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// What a thread costs, some 50 µs, is a tenth of what it saves from here on: bytes of base64, that decompress to some
/// five times as much.
const LEAST_BYTES: usize = 128 << 10;

/// How many of `threads` are worth starting for items of so many `bytes` of base64 together.
pub(crate) fn threads_for(bytes: usize, threads: usize) -> usize {
    if bytes < LEAST_BYTES { 1 } else { threads.max(1) }
}

/// The right to go on with what must happen in the order of the items.
#[derive(Debug)]
pub struct Turn<'t, S> {
    turns: &'t Turns<S>,
    number: usize,
}

#[derive(Debug)]
struct Turns<S> {
    state: Mutex<State<S>>,
    changed: Condvar,
}

#[derive(Debug)]
struct State<S> {
    /// The item whose turn it is.
    next: usize,
    /// How many threads sleep: to wake none is a system call all the same.
    asleep: usize,
    /// A thread panicked: no turn comes any more.
    broken: bool,
    shared: S,
}

/// Does `work` for each of `items`, each on one of the threads of `first` and `others`, which it takes in their order.
/// What must happen in order, it does to `shared` in its [`Turn`]. A thread that would begin an item, or wait, does
/// `help` first, which is other work in small portions and says whether there was any; at the end none is left.
///
/// # Panics
/// If `work` or `help` does.
pub(crate) fn side_by_side<W: Send, T: Sync, S: Send>(
    first: &mut W,
    others: &mut [W],
    items: &[T],
    shared: S,
    help: impl Fn(&mut W) -> bool + Sync,
    work: impl Fn(&mut W, &T, Turn<'_, S>) + Sync,
) -> S {
    let turns =
        Turns { state: Mutex::new(State { next: 0, asleep: 0, broken: false, shared }), changed: Condvar::new() };
    let begun = AtomicUsize::new(0);
    let run = |worker: &mut W| {
        loop {
            // What has been begun is finished before more is: that bounds memory.
            while help(worker) {}
            let number = begun.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(number) else { break };
            work(worker, item, Turn { turns: &turns, number });
        }
        drop(turns.wait(items.len(), || help(worker)));
        while help(worker) {}
    };
    if others.is_empty() {
        run(first);
    } else {
        thread::scope(|scope| {
            for worker in others {
                // Without the thread it takes longer, that is all.
                let _ = thread::Builder::new().spawn_scoped(scope, || run(worker));
            }
            run(first);
        });
    }
    turns.state.into_inner().unwrap_or_else(PoisonError::into_inner).shared
}

/// What is shared, in the turn that has come. It may be given up and taken again: the turn ends with the [`Turn`].
#[derive(Debug)]
pub struct Held<'t, S> {
    state: MutexGuard<'t, State<S>>,
}

impl<'t, S> Turn<'t, S> {
    /// Waits for the turn, doing `help` meanwhile.
    ///
    /// # Panics
    /// If another thread did.
    pub fn take(&self, help: impl FnMut() -> bool) -> Held<'t, S> {
        Held { state: self.turns.wait(self.number, help) }
    }
}

impl<S> Deref for Held<'_, S> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.state.shared
    }
}

impl<S> DerefMut for Held<'_, S> {
    fn deref_mut(&mut self) -> &mut S {
        &mut self.state.shared
    }
}

/// A turn that is not taken ends all the same.
impl<S> Drop for Turn<'_, S> {
    fn drop(&mut self) {
        let mut state = if thread::panicking() {
            let mut state = self.turns.lock();
            state.broken = true;
            state
        } else {
            self.turns.wait(self.number, || false)
        };
        state.next = self.number + 1;
        let asleep = state.asleep > 0;
        drop(state);
        if asleep {
            self.turns.changed.notify_all();
        }
    }
}

impl<S> Turns<S> {
    fn lock(&self) -> MutexGuard<'_, State<S>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait(&self, number: usize, mut help: impl FnMut() -> bool) -> MutexGuard<'_, State<S>> {
        let mut state = self.lock();
        while state.next != number {
            assert!(!state.broken, "another thread panicked");
            drop(state);
            let helped = help();
            state = self.lock();
            if !helped && state.next != number && !state.broken {
                state.asleep += 1;
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                state.asleep -= 1;
            }
        }
        state
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_bytes_are_worth_one_thread() {
        assert_eq!((threads_for(20_000, 4), threads_for(1 << 20, 4)), (1, 4));
    }

    #[test]
    fn turns_come_in_order_and_help_is_done_to_the_end() {
        for threads in 1..5 {
            let items: Vec<usize> = (0..200).collect();
            let portions = AtomicUsize::new(0);
            let help = || {
                portions.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left: usize| left.checked_sub(1)).is_ok()
            };
            let mut workers = vec![0_usize; threads];
            let (first, others) = workers.split_first_mut().expect("a worker");
            let done = side_by_side(
                first,
                others,
                &items,
                Vec::new(),
                |_| help(),
                |worked, item, turn| {
                    *worked += 1;
                    if item % 7 == 0 {
                        thread::yield_now();
                    }
                    if item % 11 == 0 {
                        return;
                    }
                    turn.take(help).push(*item);
                    portions.fetch_add(3, Ordering::Relaxed);
                },
            );
            assert_eq!(done, items.iter().copied().filter(|item| item % 11 != 0).collect::<Vec<_>>());
            assert_eq!(workers.iter().sum::<usize>(), items.len());
            assert_eq!(portions.into_inner(), 0);
        }
    }

    #[test]
    fn a_panic_ends_all_threads() {
        for panic_in_turn in [false, true] {
            let ended = std::panic::catch_unwind(|| {
                side_by_side(
                    &mut (),
                    &mut [(), ()],
                    &[0; 50],
                    0,
                    |()| false,
                    |(), _, turn| {
                        let number = turn.number;
                        assert!(panic_in_turn || number != 20);
                        let _held = turn.take(|| false);
                        assert!(!panic_in_turn || number != 20);
                    },
                )
            });
            assert!(ended.is_err());
        }
    }
}

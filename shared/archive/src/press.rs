//! Pieces of text that wait to be compressed: by whoever has the time, in any order.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use logweir_subscription::gzip::{Compressor, Piece};

/// Where a piece will be when it is compressed.
pub(crate) type Slot = Arc<OnceLock<Piece>>;

/// What waits; shared by the threads that work on a batch.
#[derive(Debug)]
pub struct Press {
    level: u32,
    queue: Mutex<Queue>,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<Job>,
    /// Buffers to be used again.
    spare: Vec<Vec<u8>>,
}

#[derive(Debug)]
struct Job {
    /// The end of the piece before, and the piece.
    buffer: Vec<u8>,
    start: usize,
    slot: Slot,
}

/// Spare buffers that are kept.
const SPARE: usize = 16;

impl Press {
    /// A press of gzip's `level`, 1 to 9.
    pub fn new(level: u32) -> Self {
        Self { level, queue: Mutex::default() }
    }

    /// Compresses one piece with `compressor`, which is made at the first; says whether one waited.
    pub fn work(&self, compressor: &mut Option<Compressor>) -> bool {
        let Some(job) = self.with(|queue| queue.waiting.pop_front()) else { return false };
        let compressor = compressor.get_or_insert_with(|| Compressor::new(self.level));
        let (before, text) = job.buffer.split_at(job.start);
        // A slot has one job only, so it is empty.
        let _ = job.slot.set(compressor.piece(before, text));
        self.give_back(job.buffer);
        true
    }

    /// Adds the piece that begins at `start` of `buffer`; returns how many wait now.
    pub(crate) fn add(&self, buffer: Vec<u8>, start: usize) -> (Slot, usize) {
        let slot = Slot::default();
        let job = Job { buffer, start, slot: Arc::clone(&slot) };
        let waiting = self.with(|queue| {
            queue.waiting.push_back(job);
            queue.waiting.len()
        });
        (slot, waiting)
    }

    /// An empty buffer.
    pub(crate) fn buffer(&self) -> Vec<u8> {
        self.with(|queue| queue.spare.pop()).unwrap_or_default()
    }

    pub(crate) fn give_back(&self, mut buffer: Vec<u8>) {
        buffer.clear();
        self.with(|queue| {
            if queue.spare.len() < SPARE {
                queue.spare.push(buffer);
            }
        });
    }

    fn with<R>(&self, act: impl FnOnce(&mut Queue) -> R) -> R {
        act(&mut self.queue.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

//! Rules of streams that are ready, used again from one invocation to the next: what they learned of log groups is kept.

use std::sync::{Arc, Mutex, PoisonError};

use logweir_rules::Streams;

/// Rules that are ready, one for each thread that was ever at work.
#[derive(Debug, Clone)]
pub(crate) struct Shelf {
    first: Streams,
    idle: Arc<Mutex<Vec<Streams>>>,
}

impl Shelf {
    pub(crate) fn new(first: Streams) -> Self {
        Self { first, idle: Arc::default() }
    }

    pub(crate) fn take(&self) -> Streams {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.unwrap_or_else(|| self.first.clone())
    }

    pub(crate) fn put(&self, streams: Streams) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(streams);
    }
}

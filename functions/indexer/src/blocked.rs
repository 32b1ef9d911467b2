//! What holds up documents in this invocation: what is known to be refused is not sent again and again.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use logweir_search::{Body, HeldUp, Obstacle, Scope, Source};

/// Shared by all that is on its way.
#[derive(Debug, Default)]
pub(crate) struct Blocked {
    /// The server refuses all that comes: nothing more is sent.
    is_closed: AtomicBool,
    /// Indices that take nothing. Others may, and what they take is there when the batch comes again.
    indices: Mutex<BTreeSet<String>>,
}

impl Blocked {
    pub(crate) fn close(&self) {
        self.is_closed.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Relaxed)
    }

    /// Notes the indices of documents that were held up.
    pub(crate) fn note(&self, held_up: &HeldUp) {
        if !held_up.indices.is_empty() {
            let mut indices = self.indices.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            indices.extend(held_up.indices.iter().cloned());
        }
    }

    /// What of a body may be sent, and the events of what may not.
    pub(crate) fn sift(&self, body: Body) -> (Body, Vec<Source>) {
        let indices = self.indices.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if indices.is_empty() { (body, Vec::new()) } else { body.without(&indices) }
    }
}

/// What there is to say, and to do, about what holds documents up.
pub(crate) fn advice(Obstacle { scope, words }: &Obstacle) -> String {
    let advice = match scope {
        Scope::Caller => "the server does not let the function index: look at its credentials and their permissions",
        Scope::Place => {
            "an index, or the cluster, takes no documents: look at its blocks (a full disk, read-only), whether the index is \
             open, and whether it may be made"
        }
        Scope::Moment | Scope::Document => "the server does not take this now",
    };
    format!("{advice}: {words}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_ends_in_the_servers_words() {
        let of = |scope| advice(&Obstacle { scope, words: "its words".to_owned() });
        assert!(of(Scope::Caller).contains("permissions") && of(Scope::Place).contains("blocks"));
        assert!(
            [Scope::Caller, Scope::Place, Scope::Moment].into_iter().all(|scope| of(scope).ends_with(": its words"))
        );
    }
}

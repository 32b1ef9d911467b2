//! Why a server does not take something, and whose matter that is.
//!
//! The status alone does not tell: a disk that is full is 403 of one server, 429 of another; a closed index is 400, as is a line that does
//! not fit. The type of the error does, its own or one below it.

mod words;

use serde::Deserialize;
use serde::de::IgnoredAny;

pub(crate) use words::{cut, unquoted};

/// Whose matter a refusal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The document's: no other is refused for it.
    Document,
    /// The moment's: it passes by itself.
    Moment,
    /// The index's or the cluster's: blocked, closed, not there, not to be made. Somebody must do something about it.
    Place,
    /// Of whoever asks: a right is missing. Somebody must do something about it.
    Caller,
}

/// What holds up documents that are in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// Whose matter it is.
    pub scope: Scope,
    /// The server's words.
    pub words: String,
}

/// Types of errors that are not the document's, whatever their status; where a type is of several things, with words of it.
/// Their names on the wire are those of the exceptions of Elasticsearch and `OpenSearch`, in snake case.
const KINDS: [(&str, &str, Scope); 48] = [
    ("cluster_block_exception", "", Scope::Place),
    ("index_create_block_exception", "", Scope::Place),
    ("index_closed_exception", "", Scope::Place),
    ("index_not_found_exception", "", Scope::Place),
    ("invalid_index_name_exception", "", Scope::Place),
    ("invalid_alias_name_exception", "", Scope::Place),
    ("routing_missing_exception", "", Scope::Place),
    ("illegal_argument_exception", "pipeline with id [", Scope::Place),
    ("illegal_argument_exception", "no write index is defined for alias", Scope::Place),
    ("illegal_argument_exception", "append_only", Scope::Place),
    ("security_exception", "", Scope::Caller),
    ("authorization_exception", "", Scope::Caller),
    ("authentication_exception", "", Scope::Caller),
    ("access_denied_exception", "", Scope::Caller),
    ("access_control_exception", "", Scope::Caller),
    // A new day's index would be one shard too many; or it could not be made just now.
    ("validation_exception", "", Scope::Moment),
    ("resource_already_exists_exception", "", Scope::Moment),
    ("es_rejected_execution_exception", "", Scope::Moment),
    ("rejected_execution_exception", "", Scope::Moment),
    ("opensearch_rejected_execution_exception", "", Scope::Moment),
    ("circuit_breaking_exception", "", Scope::Moment),
    ("out_of_memory_error", "", Scope::Moment),
    ("unavailable_shards_exception", "", Scope::Moment),
    ("no_shard_available_action_exception", "", Scope::Moment),
    ("process_cluster_event_timeout_exception", "", Scope::Moment),
    ("timeout_exception", "", Scope::Moment),
    ("receive_timeout_transport_exception", "", Scope::Moment),
    ("master_not_discovered_exception", "", Scope::Moment),
    ("cluster_manager_not_discovered_exception", "", Scope::Moment),
    ("not_master_exception", "", Scope::Moment),
    ("not_cluster_manager_exception", "", Scope::Moment),
    ("failed_to_commit_cluster_state_exception", "", Scope::Moment),
    ("node_closed_exception", "", Scope::Moment),
    ("node_disconnected_exception", "", Scope::Moment),
    ("node_not_connected_exception", "", Scope::Moment),
    ("no_longer_primary_shard_exception", "", Scope::Moment),
    ("retry_on_primary_exception", "", Scope::Moment),
    ("shard_not_found_exception", "", Scope::Moment),
    ("index_shard_closed_exception", "", Scope::Moment),
    ("index_shard_not_started_exception", "", Scope::Moment),
    ("snapshot_in_progress_exception", "", Scope::Moment),
    ("task_cancelled_exception", "", Scope::Moment),
    // A disk that is full to the last byte, or broken.
    ("i_o_exception", "", Scope::Moment),
    ("io_exception", "", Scope::Moment),
    ("file_system_exception", "", Scope::Moment),
    ("translog_exception", "", Scope::Moment),
    ("already_closed_exception", "", Scope::Moment),
    ("engine_closed_exception", "", Scope::Moment),
];

/// An error is an object; of proxies and old servers a string.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Problem {
    Told(Told),
    Words(String),
    Other(IgnoredAny),
}

#[derive(Deserialize)]
pub(crate) struct Told {
    #[serde(rename = "type", default)]
    kind: Option<String>,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    caused_by: Option<Box<Self>>,
    #[serde(default)]
    root_cause: Vec<Self>,
}

impl Told {
    /// Itself and all below it.
    fn all(&self) -> Vec<&Self> {
        let below = self.root_cause.iter().chain(self.caused_by.as_deref());
        std::iter::once(self).chain(below.flat_map(Self::all)).collect()
    }

    fn known(&self) -> Option<Scope> {
        let fits = |told: &Self, (kind, words): (&str, &str)| {
            told.kind.as_deref() == Some(kind)
                && (words.is_empty() || told.reason.as_deref().is_some_and(|reason| reason.contains(words)))
        };
        let all = self.all();
        let known = |(kind, words, scope): (&str, &str, Scope)| {
            all.iter().any(|told| fits(told, (kind, words))).then_some(scope)
        };
        KINDS.into_iter().find_map(known)
    }
}

/// A refusal as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) scope: Scope,
    /// Type and words, without what they quote of documents: fit for a log.
    pub(crate) reason: String,
    /// All that the server says.
    pub(crate) detail: String,
}

impl Refusal {
    pub(crate) fn of(status: u16, problem: Option<&Problem>) -> Self {
        let known = if let Some(Problem::Told(told)) = problem { told.known() } else { None };
        let scope = match (status, known) {
            // The server asks to be asked again: one whose disks are full lifts its block when there is room.
            (408 | 425 | 429, _) | (409 | 501.., None) => Scope::Moment,
            (_, Some(scope)) => scope,
            (401 | 403, None) => Scope::Caller,
            (400 | 413 | 422 | 500, None) => Scope::Document,
            (_, None) => Scope::Place,
        };
        let (reason, detail) = said(problem, known.is_some());
        Self { scope, reason: cut(reason), detail: cut(detail) }
    }

    /// Whether it says that a document of the same id is there.
    pub(crate) fn is_repeat(problem: Option<&Problem>) -> bool {
        let Some(Problem::Told(Told { kind: Some(kind), .. })) = problem else { return true };
        kind == "version_conflict_engine_exception"
    }
}

/// The words without and with what they quote of the document. Errors that are not the document's (`is_known`) quote none.
fn said(problem: Option<&Problem>, is_known: bool) -> (String, String) {
    match problem {
        Some(Problem::Told(Told { kind, reason, caused_by, .. })) => {
            let (kind, reason) = (kind.as_deref().unwrap_or_default(), reason.as_deref().unwrap_or_default());
            let cause = caused_by.as_deref().and_then(|cause| cause.reason.as_deref());
            let cause = cause.map(|cause| format!(": {cause}")).unwrap_or_default();
            let detail = format!("{kind}: {reason}{cause}");
            // Causes quote values more often than not.
            (if is_known { detail.clone() } else { format!("{kind}: {}", unquoted(reason)) }, detail)
        }
        Some(Problem::Words(words)) => (unquoted(words), words.clone()),
        Some(Problem::Other(_)) | None => {
            let none = "the server gave no reason".to_owned();
            (none.clone(), none)
        }
    }
}

impl Obstacle {
    /// What a whole request was refused for, by the body of the answer; nothing where that tells no error, as a proxy's page.
    pub fn of_request(status: u16, body: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Failed {
            error: Problem,
        }
        let Failed { error } = serde_json::from_slice(body).ok()?;
        let Refusal { scope, reason, .. } = Refusal::of(status, Some(&error));
        Some(Self { scope, words: reason })
    }
}

#[cfg(test)]
mod tests;

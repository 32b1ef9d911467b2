//! What a server answers to a bulk request, item by item.

use serde::Deserialize;
use serde::de::IgnoredAny;

/// Longest reason that is kept of an item, in bytes.
const MAX_REASON_BYTES: usize = 512;

/// What became of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is there.
    Created,
    /// It was there before: this is a repeat.
    Exists,
    /// The server could not take it now (429, 502, 503, 504; no room for another index).
    Busy,
    /// The server failed over it (500): now, or because of what it is.
    Failed {
        /// The server's words, as for [`Outcome::Refused`].
        reason: String,
        /// All that the server says.
        detail: String,
    },
    /// The server does not take it as it is.
    Refused {
        /// HTTP's status of the item.
        status: u16,
        /// Whether it is for what the document holds; else for the index, or for who asks, and text would fare no better.
        is_of_document: bool,
        /// The server's type of the error and its words, without what it quotes of the document: fit for a log.
        reason: String,
        /// All that the server says: fit for the document.
        detail: String,
    },
}

/// The outcomes of a request's documents, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub(crate) outcomes: Vec<Outcome>,
}

/// Why an answer cannot be understood.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// It is no JSON, or not that of a bulk request.
    #[error("the answer is not that of a bulk request: {0}")]
    Json(#[from] serde_json::Error),
    /// It has more or fewer items than the request.
    #[error("the answer has {found} items, the request had {expected}")]
    Items {
        /// How many the request had.
        expected: usize,
        /// How many the answer has.
        found: usize,
    },
}

#[derive(Deserialize)]
struct Items<'a> {
    #[serde(borrow)]
    items: Vec<Action<'a>>,
}

/// The outcome stands under the action's name.
#[derive(Deserialize)]
struct Action<'a> {
    #[serde(borrow, alias = "index")]
    create: Item<'a>,
}

#[derive(Deserialize)]
struct Item<'a> {
    status: u16,
    #[serde(borrow, default)]
    error: Option<Problem<'a>>,
}

/// An error is an object; of proxies and old servers a string.
#[derive(Deserialize)]
#[serde(untagged)]
enum Problem<'a> {
    Told(#[serde(borrow)] Told<'a>),
    Words(String),
    Other(IgnoredAny),
}

#[derive(Deserialize)]
struct Told<'a> {
    #[serde(rename = "type", borrow, default)]
    kind: std::borrow::Cow<'a, str>,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    caused_by: Option<Cause>,
}

#[derive(Deserialize)]
struct Cause {
    #[serde(default)]
    reason: Option<String>,
}

impl Answer {
    /// Reads the answer to a request of `expected` documents.
    pub fn parse(answer: &[u8], expected: usize) -> Result<Self, AnswerError> {
        let Items { items } = serde_json::from_slice(answer)?;
        if items.len() != expected {
            return Err(AnswerError::Items { expected, found: items.len() });
        }
        Ok(Self { outcomes: items.into_iter().map(|item| outcome(item.create)).collect() })
    }

    /// An answer that refuses every one of `documents`, for a request that was refused as a whole.
    pub fn refused(documents: usize, status: u16, reason: &str) -> Self {
        let reason = cut(reason.to_owned());
        let refused = Outcome::Refused { status, is_of_document: true, detail: reason.clone(), reason };
        Self { outcomes: vec![refused; documents] }
    }
}

fn outcome(item: Item<'_>) -> Outcome {
    match item.status {
        200..=299 => Outcome::Created,
        409 => Outcome::Exists,
        429 | 502..=504 => Outcome::Busy,
        status => {
            let (reason, detail) = reason(item.error);
            let (reason, detail) = (cut(reason), cut(detail));
            match status {
                500.. => Outcome::Failed { reason, detail },
                // A new day's index would be one shard too many: the documents are well.
                400 if reason.starts_with("validation_exception") => Outcome::Busy,
                _ => {
                    let is_of_document = status == 400 && !reason.starts_with("index_closed_exception");
                    Outcome::Refused { status, is_of_document, reason, detail }
                }
            }
        }
    }
}

/// The words of an error without and with what they quote of the document.
fn reason(problem: Option<Problem<'_>>) -> (String, String) {
    match problem {
        Some(Problem::Told(Told { kind, reason, caused_by })) => {
            let reason = reason.unwrap_or_default();
            let cause = caused_by.and_then(|cause| cause.reason).map(|cause| format!(": {cause}")).unwrap_or_default();
            // Servers quote values behind these words, and in causes.
            let unquoted = reason.split(" Preview of field's value").next().unwrap_or_default();
            (format!("{kind}: {unquoted}"), format!("{kind}: {reason}{cause}"))
        }
        Some(Problem::Words(words)) => (words.clone(), words),
        Some(Problem::Other(_)) | None => {
            let none = "the server gave no reason".to_owned();
            (none.clone(), none)
        }
    }
}

fn cut(mut reason: String) -> String {
    let mut end = reason.len().min(MAX_REASON_BYTES);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    reason.truncate(end);
    reason
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_item_has_its_outcome() {
        let answer = br#"{"took":3,"errors":true,"items":[
            {"create":{"_index":"i","_id":"1","_version":1,"status":201}},
            {"create":{"status":409,"error":{"type":"version_conflict_engine_exception","reason":"x"}}},
            {"create":{"status":429,"error":{"type":"es_rejected_execution_exception","reason":"x"}}},
            {"index":{"status":503}},
            {"create":{"status":400,"error":{"type":"mapper_parsing_exception","reason":"failed [x]. Preview of field's value: 'secret'","caused_by":{"type":"e","reason":"why"}}}},
            {"create":{"status":403,"error":"no"}},
            {"create":{"status":404,"error":null}},
            {"create":{"status":500,"error":{"type":"null_pointer_exception"}}},
            {"create":{"status":400,"error":{"type":"validation_exception","reason":"this cluster has [2]/[1] maximum shards open"}}}]}"#;
        let answer = Answer::parse(answer, 9).expect("an answer");
        let refused = |status, reason: &str, detail: &str| {
            let (reason, detail) = (reason.to_owned(), detail.to_owned());
            Outcome::Refused { status, is_of_document: status == 400, reason, detail }
        };
        assert_eq!(
            answer.outcomes,
            [
                Outcome::Created,
                Outcome::Exists,
                Outcome::Busy,
                Outcome::Busy,
                refused(
                    400,
                    "mapper_parsing_exception: failed [x].",
                    "mapper_parsing_exception: failed [x]. Preview of field's value: 'secret': why"
                ),
                refused(403, "no", "no"),
                refused(404, "the server gave no reason", "the server gave no reason"),
                Outcome::Failed {
                    reason: "null_pointer_exception: ".to_owned(),
                    detail: "null_pointer_exception: ".to_owned()
                },
                Outcome::Busy,
            ]
        );
    }

    #[test]
    fn what_is_no_answer_is_told() {
        assert!(matches!(Answer::parse(b"<html>", 1), Err(AnswerError::Json(_))));
        assert!(matches!(Answer::parse(b"{}", 1), Err(AnswerError::Json(_))));
        let none = Answer::parse(br#"{"items":[]}"#, 1);
        assert!(matches!(none, Err(AnswerError::Items { expected: 1, found: 0 })));
    }
}

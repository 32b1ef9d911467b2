//! What a server answers to a bulk request, item by item.

use serde::Deserialize;

use crate::refusal::{Obstacle, Problem, Refusal, Scope, cut};

/// What became of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is there.
    Created,
    /// It was there before: this is a repeat.
    Exists,
    /// The server could not take it now, which passes by itself.
    Busy,
    /// The server failed over it (500): now, or because of what it is.
    Failed {
        /// The server's words, as for [`Outcome::Refused`].
        reason: String,
        /// All that the server says.
        detail: String,
    },
    /// The server does not take it as it is, for what it holds.
    Refused {
        /// HTTP's status of the item.
        status: u16,
        /// The server's type of the error and its words, without what it quotes of the document: fit for a log.
        reason: String,
        /// All that the server says: fit for the document.
        detail: String,
    },
    /// The server takes none there, or none of who asks, until somebody does something about it: text would fare no better.
    HeldUp(Obstacle),
}

/// The outcomes of a request's documents, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    pub(crate) outcomes: Vec<Outcome>,
    /// What the server said of the first that it could not take now, or failed over.
    pub(crate) busy: Option<String>,
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
struct Items {
    items: Vec<Action>,
}

/// The outcome stands under the action's name.
#[derive(Deserialize)]
struct Action {
    #[serde(alias = "index")]
    create: Item,
}

#[derive(Deserialize)]
struct Item {
    status: u16,
    #[serde(default)]
    error: Option<Problem>,
}

impl Answer {
    /// Reads the answer to a request of `expected` documents.
    pub fn parse(answer: &[u8], expected: usize) -> Result<Self, AnswerError> {
        let Items { items } = serde_json::from_slice(answer)?;
        if items.len() != expected {
            return Err(AnswerError::Items { expected, found: items.len() });
        }
        let mut busy = None;
        let outcomes = items.into_iter().map(|item| outcome(&item.create, &mut busy)).collect();
        Ok(Self { outcomes, busy })
    }

    /// An answer that refuses every one of `documents`, for a request that was refused as a whole.
    pub fn refused(documents: usize, status: u16, reason: &str) -> Self {
        let reason = cut(reason.to_owned());
        let refused = Outcome::Refused { status, detail: reason.clone(), reason };
        Self { outcomes: vec![refused; documents], busy: None }
    }

    /// What the server said of the first document that it could not take now, or failed over.
    pub fn busy(&self) -> Option<&str> {
        self.busy.as_deref()
    }
}

fn outcome(item: &Item, busy: &mut Option<String>) -> Outcome {
    let (status, problem) = (item.status, item.error.as_ref());
    match status {
        200..=299 => return Outcome::Created,
        409 if Refusal::is_repeat(problem) => return Outcome::Exists,
        _ => {}
    }
    let Refusal { scope, reason, detail } = Refusal::of(status, problem);
    match scope {
        Scope::Moment => {
            busy.get_or_insert(reason);
            Outcome::Busy
        }
        Scope::Document if status == 500 => {
            busy.get_or_insert_with(|| reason.clone());
            Outcome::Failed { reason, detail }
        }
        Scope::Document => Outcome::Refused { status, reason, detail },
        Scope::Place | Scope::Caller => Outcome::HeldUp(Obstacle { scope, words: reason }),
    }
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
            {"create":{"status":400,"error":{"type":"mapper_parsing_exception","reason":"failed field [x]. Preview of field's value: 'secret'","caused_by":{"type":"e","reason":"why"}}}},
            {"create":{"status":403,"error":"no"}},
            {"create":{"status":404,"error":null}},
            {"create":{"status":500,"error":{"type":"null_pointer_exception"}}},
            {"create":{"status":400,"error":{"type":"validation_exception","reason":"this cluster has [2]/[1] maximum shards open"}}},
            {"create":{"status":409,"error":{"type":"other_exception","reason":"x"}}},
            {"create":{"status":400,"error":{"type":"index_closed_exception","reason":"closed"}}}]}"#;
        let answer = Answer::parse(answer, 11).expect("an answer");
        let held = |scope, words: &str| Outcome::HeldUp(Obstacle { scope, words: words.to_owned() });
        assert_eq!(
            answer.outcomes,
            [
                Outcome::Created,
                Outcome::Exists,
                Outcome::Busy,
                Outcome::Busy,
                Outcome::Refused {
                    status: 400,
                    reason: "mapper_parsing_exception: failed field [x].".to_owned(),
                    detail: "mapper_parsing_exception: failed field [x]. Preview of field's value: 'secret': why"
                        .to_owned()
                },
                held(Scope::Caller, "no"),
                held(Scope::Place, "the server gave no reason"),
                Outcome::Failed {
                    reason: "null_pointer_exception: ".to_owned(),
                    detail: "null_pointer_exception: ".to_owned()
                },
                Outcome::Busy,
                Outcome::Busy,
                held(Scope::Place, "index_closed_exception: closed"),
            ]
        );
        assert_eq!(answer.busy(), Some("es_rejected_execution_exception: x"));
    }

    #[test]
    fn what_is_no_answer_is_told() {
        assert!(matches!(Answer::parse(b"<html>", 1), Err(AnswerError::Json(_))));
        assert!(matches!(Answer::parse(b"{}", 1), Err(AnswerError::Json(_))));
        let none = Answer::parse(br#"{"items":[]}"#, 1);
        assert!(matches!(none, Err(AnswerError::Items { expected: 1, found: 0 })));
    }
}

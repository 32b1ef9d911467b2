//! Deleting: the requests, one after the other.

use std::time::Duration;

use http::Method;
use jiff::civil::Date;

use crate::client::Client;
use crate::error::ClientError;
use crate::expire::expired;
use crate::install::{Effect, Outcome, Thing, ask, reason};
use crate::message::Request;

/// What is deleted, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpireOptions {
    /// First part of the names of all indices.
    pub prefix: String,
    /// How many days an index is kept after its own; at least one.
    pub days: u32,
    /// The day from which they are counted back.
    pub today: Date,
    /// Whether nothing is changed: what would be deleted is told.
    pub dry_run: bool,
    /// What a request may take.
    pub timeout: Duration,
}

/// Deletes the indices that are old enough, one by one and by their exact names, and tells each of them to `report`.
///
/// Nothing listed and nothing deleted is no error; what the server refuses is told as [`Effect::Failed`].
pub async fn expire(
    client: &Client,
    options: &ExpireOptions,
    mut report: impl FnMut(Outcome),
) -> Result<(), ClientError> {
    let pattern = format!("{}-*", options.prefix);
    let mut tell = |name: &str, effect| {
        report(Outcome { thing: Thing::Index, name: name.to_owned(), effect, dry_run: options.dry_run });
    };
    let list = Request::new(Method::GET, format!("_cat/indices/{pattern}"))
        .query("format", "json")
        .query("h", "index,docs.count,store.size")
        .query("bytes", "b")
        .query("expand_wildcards", "open,closed");
    let answer = ask(client, &list, options.timeout).await?;
    if !answer.is_success() {
        tell(&pattern, Effect::Failed { reason: reason(&answer) });
        return Ok(());
    }
    let old = match expired(&options.prefix, options.days.max(1), options.today, &answer.body) {
        Ok(old) => old,
        Err(error) => {
            tell(&pattern, Effect::Failed { reason: format!("the server's list of indices cannot be read: {error}") });
            return Ok(());
        }
    };
    for index in old {
        let deleted = Effect::Deleted { documents: index.documents, bytes: index.bytes };
        if options.dry_run {
            tell(&index.index, deleted);
            continue;
        }
        let answer = ask(client, &Request::new(Method::DELETE, &index.index), options.timeout).await?;
        // 404: somebody else was faster.
        let done = answer.is_success() || answer.status == 404;
        tell(&index.index, if done { deleted } else { Effect::Failed { reason: reason(&answer) } });
    }
    Ok(())
}

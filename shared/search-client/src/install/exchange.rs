//! One thing after the other, put where it belongs. An effect, as is all of `effects.rs`.

use std::time::Duration;

use serde_json::Value;

use crate::client::Client;
use crate::error::ClientError;
use crate::install::InstallOptions;
use crate::install::decision::{Decision, Installed, decide};
use crate::install::outcome::{Effect, Outcome, Thing};
use crate::install::stamp::Stamp;
use crate::message::{Request, Response};

/// A thing that a server keeps by its name.
pub(crate) trait Installable {
    /// What it is.
    fn thing(&self) -> Thing;
    /// Its name.
    fn name(&self) -> &str;
    /// Version of what is sent.
    fn version(&self) -> u64;
    /// Digest of what is sent.
    fn source(&self) -> String;
    /// Asks what the server holds.
    fn read(&self) -> Request;
    /// What it holds, by its answer.
    fn installed(&self, answer: &Value) -> Option<Installed>;
    /// Puts it there, with a stamp, in place of what is there.
    fn write(&self, stamp: &Stamp, installed: Option<&Installed>) -> Request;
    /// What to do about a refusal.
    fn advice(&self, _reason: &str) -> Option<&'static str> {
        None
    }
}

/// What became of asking for a thing.
#[derive(Debug)]
pub(crate) enum Found {
    /// Nothing is there.
    Nothing,
    /// This is.
    There(Installed),
    /// The server knows no such things.
    Unknown,
    /// It refused.
    Refused(String),
}

/// The answer to a request, but for one that says that all others will be refused too.
pub(crate) async fn ask(client: &Client, request: &Request, timeout: Duration) -> Result<Response, ClientError> {
    let answer = client.send(request, timeout).await?;
    if answer.status == 401 && !is_no_handler(&answer) {
        return Err(ClientError::Unauthenticated { server: client.endpoint().to_string(), reason: reason(&answer) });
    }
    Ok(answer)
}

/// What the server holds.
pub(crate) async fn find(
    client: &Client,
    item: &impl Installable,
    options: &InstallOptions,
) -> Result<Found, ClientError> {
    let answer = ask(client, &item.read(), options.timeout).await?;
    if is_no_handler(&answer) {
        return Ok(Found::Unknown);
    }
    if answer.status == 404 {
        return Ok(Found::Nothing);
    }
    if !answer.is_success() {
        return Ok(Found::Refused(reason(&answer)));
    }
    Ok(item.installed(&answer.json().unwrap_or_default()).map_or(Found::Nothing, Found::There))
}

/// Puts a thing where it belongs, if it must be. Written twice: what a server makes of it is known only once it was there, and
/// the stamp tells that.
pub(crate) async fn install(
    client: &Client,
    item: &impl Installable,
    options: &InstallOptions,
) -> Result<Outcome, ClientError> {
    let effect = match find(client, item, options).await? {
        Found::Refused(reason) => Effect::Failed { reason },
        Found::Unknown => Effect::Failed { reason: format!("the server knows no {}", item.thing().plural()) },
        Found::Nothing => put(client, item, None, options).await?,
        Found::There(installed) => put(client, item, Some(installed), options).await?,
    };
    Ok(Outcome { thing: item.thing(), name: item.name().to_owned(), effect, dry_run: options.dry_run })
}

async fn put(
    client: &Client,
    item: &impl Installable,
    installed: Option<Installed>,
    options: &InstallOptions,
) -> Result<Effect, ClientError> {
    let source = item.source();
    if options.is_guess
        && installed
            .as_ref()
            .and_then(|there| there.stamp.as_ref())
            .is_some_and(|stamp| stamp.version == item.version())
    {
        return Ok(Effect::Unchanged);
    }
    let effect = match decide(item.version(), &source, installed.as_ref(), options.force) {
        Decision::Keep(effect) => return Ok(effect),
        Decision::Write(effect) if options.dry_run => return Ok(effect),
        Decision::Write(effect) => effect,
    };
    let mut stamp = Stamp { version: item.version(), source, installed: None };
    let mut installed = installed;
    for _ in 0..2 {
        let answer = ask(client, &item.write(&stamp, installed.as_ref()), options.timeout).await?;
        if !answer.is_success() {
            let reason = reason(&answer);
            let advice = item.advice(&reason).map_or_else(String::new, |advice| format!(" ({advice})"));
            return Ok(Effect::Failed { reason: format!("{reason}{advice}") });
        }
        match find(client, item, options).await? {
            Found::There(there) => {
                stamp.installed = Some(there.digest.clone());
                installed = Some(there);
            }
            Found::Refused(reason) => return Ok(Effect::Failed { reason }),
            Found::Nothing | Found::Unknown => {
                return Ok(Effect::Failed { reason: "it was taken, but is not there".to_owned() });
            }
        }
    }
    // Of the second reading: what was read first must have been read again.
    let kept = installed.is_some_and(|there| there.stamp.is_some_and(|kept| kept.installed == stamp.installed));
    let reason = || "it is there, but the server gives it back in another way each time".to_owned();
    Ok(if kept { effect } else { Effect::Failed { reason: reason() } })
}

/// Whether the server does not know what was asked. Elasticsearch and OpenSearch say so with 400, or 405 for another method;
/// version 7 takes `_ilm` for the name of an index; Amazon's domains allow no more than they list.
pub(crate) fn is_no_handler(answer: &Response) -> bool {
    let text = String::from_utf8_lossy(&answer.body);
    let says = |words: &str| text.contains(words);
    match answer.status {
        405 | 410 | 501 => true,
        400 => says("no handler found") || says("api_not_available") || says("[_ilm]"),
        404 => says("[_ilm]"),
        401 | 403 => says("Your request: '") && says("is not allowed"),
        _ => false,
    }
}

/// Why a server refused, in its own words.
pub(crate) fn reason(answer: &Response) -> String {
    let body: Value = answer.json().unwrap_or_default();
    let error = &body["error"];
    let cause = error["caused_by"]["reason"].as_str().filter(|cause| !cause.is_empty());
    let texts = [&error["reason"], error, &body["message"], &body["Message"]];
    let text = texts.into_iter().find_map(Value::as_str).map_or_else(String::new, |text| format!(": {text}"));
    let cause = cause.map_or_else(String::new, |cause| format!(": {cause}"));
    let advice = match answer.status {
        401 => " (user name, password or key are not right)",
        403 => " (the user or role lacks the permission)",
        _ => "",
    };
    format!("the server answered {}{text}{cause}{advice}", answer.status)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &'static str) -> Response {
        Response { status, retry_after: None, body: body.into() }
    }

    #[test]
    fn reasons_are_the_servers() {
        for (body, said) in [
            (r#"{"error":{"type":"a","reason":"b"},"status":400}"#, "the server answered 400: b"),
            (r#"{"error":{"reason":"b","caused_by":{"reason":"c"}}}"#, "the server answered 400: b: c"),
            (
                r#"{"error":"no handler found for uri [/_ilm]"}"#,
                "the server answered 400: no handler found for uri [/_ilm]",
            ),
            (
                r#"{"Message":"User: anonymous is not authorized"}"#,
                "the server answered 400: User: anonymous is not authorized",
            ),
            ("<html>", "the server answered 400"),
        ] {
            assert_eq!(reason(&answer(400, body)), said);
        }
    }

    #[test]
    fn servers_say_that_they_know_no_such_thing() {
        assert!(is_no_handler(&answer(
            400,
            r#"{"error":"no handler found for uri [/_ilm/policy/a] and method [GET]"}"#
        )));
        assert!(is_no_handler(&answer(405, "")));
        assert!(is_no_handler(&answer(404, r#"{"error":{"reason":"no such index [_ilm]"}}"#)));
        assert!(is_no_handler(&answer(401, r#"{"Message":"Your request: '/_ilm/policy/a' is not allowed."}"#)));
        assert!(!is_no_handler(&answer(403, r#"{"Message":"User: anonymous is not authorized"}"#)));
        assert!(!is_no_handler(&answer(400, r#"{"error":{"reason":"unknown setting"}}"#)));
        assert!(!is_no_handler(&answer(404, "{}")));
    }
}

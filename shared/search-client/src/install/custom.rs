//! The component template of each index template that is a person's own: `{template}@custom`, as Elastic names such.
//!
//! It is made empty, since servers refuse an index template that is composed of what is not there, and not all know
//! `ignore_missing_component_templates`. What somebody puts into it is theirs: it is never overwritten, not even by force, and
//! Logweir's own template is upgraded around it.

use http::Method;
use serde_json::json;

use crate::client::Client;
use crate::error::ClientError;
use crate::install::InstallOptions;
use crate::install::exchange::{ask, is_no_handler, reason};
use crate::install::outcome::{Effect, Outcome, Thing};
use crate::message::Request;

/// Its name, if an index template can be composed of it, and what became of it.
pub(crate) async fn ensure(
    client: &Client,
    template: &str,
    options: &InstallOptions,
) -> Result<(Option<String>, Outcome), ClientError> {
    let name = format!("{template}@custom");
    let path = format!("_component_template/{name}");
    let answer = ask(client, &Request::new(Method::GET, &path), options.timeout).await?;
    let effect = if is_no_handler(&answer) {
        Effect::NotNeeded { reason: "the server knows no component templates".to_owned() }
    } else if answer.is_success() {
        Effect::Unchanged
    } else if answer.status != 404 {
        Effect::Failed { reason: reason(&answer) }
    } else if options.dry_run {
        Effect::Created
    } else {
        make(client, path, options).await?
    };
    let is_there = matches!(effect, Effect::Created | Effect::Unchanged);
    let outcome = Outcome { thing: Thing::ComponentTemplate, name: name.clone(), effect, dry_run: options.dry_run };
    Ok((is_there.then_some(name), outcome))
}

async fn make(client: &Client, path: String, options: &InstallOptions) -> Result<Effect, ClientError> {
    let body = json!({
        "template": {},
        "_meta": { "description": "Yours: what is added here counts in new indices. Logweir never changes it." },
    });
    let request = Request::new(Method::PUT, &path).query("create", "true").json(&body);
    let made = ask(client, &request, options.timeout).await?;
    if made.is_success() {
        return Ok(Effect::Created);
    }
    // Somebody else may have been faster.
    let found = ask(client, &Request::new(Method::GET, path), options.timeout).await?;
    Ok(if found.is_success() { Effect::Unchanged } else { Effect::Failed { reason: reason(&made) } })
}

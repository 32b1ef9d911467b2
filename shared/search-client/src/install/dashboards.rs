//! Installing what OpenSearch Dashboards or Kibana keeps: the requests, one after the other.

use http::Method;
use serde_json::{Value, json};

use crate::client::Client;
use crate::error::ClientError;
use crate::install::decision::{Decision, Installed};
use crate::install::exchange::{ask, reason};
use crate::install::outcome::{Effect, Outcome, Thing};
use crate::install::saved_objects::{SavedObject, SavedObjects, form, refusal};
use crate::install::stamp::Stamp;
use crate::install::{DashboardsPlace, DashboardsProduct, InstallOptions};
use crate::message::Request;

/// Which product answers, by its own word; nothing if it does not tell.
pub async fn dashboards_product(
    client: &Client,
    place: &DashboardsPlace,
    options: &InstallOptions,
) -> Result<Option<DashboardsProduct>, ClientError> {
    let answer = ask(client, &request(place, Method::GET, "status"), options.timeout).await?;
    let status: Value = answer.json().unwrap_or_default();
    let major = status["version"]["number"].as_str().and_then(|number| number.split('.').next()?.parse::<u32>().ok());
    // OpenSearch Dashboards began anew at 1, after Kibana 7.10.
    Ok(major.map(|major| if major >= 7 { DashboardsProduct::Kibana } else { DashboardsProduct::OpenSearchDashboards }))
}

/// Imports saved objects; `client` is one of the product's own URL. Those that a person changed are left alone.
pub async fn install_saved_objects(
    client: &Client,
    objects: &SavedObjects,
    place: &DashboardsPlace,
    options: &InstallOptions,
) -> Result<Vec<Outcome>, ClientError> {
    let all: Vec<&SavedObject> = objects.objects.iter().collect();
    let found = match look(client, &all, place, options).await? {
        Ok(found) => found,
        Err(error) => {
            let name = format!("at {}", client.endpoint());
            let effect = Effect::Failed { reason: error.to_string() };
            return Ok(vec![Outcome { thing: Thing::SavedObject, name, effect, dry_run: options.dry_run }]);
        }
    };
    let mut effects = Vec::new();
    let mut pending = Vec::new();
    for (index, (object, found)) in all.iter().zip(&found).enumerate() {
        effects.push(match object.decide(objects.version, found, options.force) {
            Decision::Keep(effect) => effect,
            Decision::Write(effect) => {
                pending.push((index, object.stamp(objects.version)));
                effect
            }
        });
    }
    if !options.dry_run {
        for (index, reason) in import_twice(client, &all, pending, place, options).await? {
            effects[index] = Effect::Failed { reason };
        }
    }
    let outcome = |(object, effect): (&&SavedObject, Effect)| Outcome {
        thing: Thing::SavedObject,
        name: object.name(),
        effect,
        dry_run: options.dry_run,
    };
    Ok(all.iter().zip(effects).map(outcome).collect())
}

/// Imports what is pending, reads what became of it, and imports it again with the stamp that tells. What failed, and why.
async fn import_twice(
    client: &Client,
    all: &[&SavedObject],
    mut pending: Vec<(usize, Stamp)>,
    place: &DashboardsPlace,
    options: &InstallOptions,
) -> Result<Vec<(usize, String)>, ClientError> {
    let mut failed = Vec::new();
    for _ in 0..2 {
        if pending.is_empty() {
            break;
        }
        let (content_type, body) = form(pending.iter().map(|(index, stamp)| (all[*index], stamp)));
        let import = request(place, Method::POST, "saved_objects/_import").query("overwrite", "true");
        let answer = ask(client, &import.body(content_type, body), options.timeout).await?;
        if !answer.is_success() {
            failed.extend(pending.into_iter().map(|(index, _)| (index, reason(&answer))));
            return Ok(failed);
        }
        let answer: Value = answer.json().unwrap_or_default();
        pending.retain(|(index, _)| match refusal(all[*index], &answer) {
            Some(reason) => {
                failed.push((*index, reason));
                false
            }
            None => all[*index].is_stamped(),
        });
        let objects: Vec<_> = pending.iter().map(|(index, _)| all[*index]).collect();
        let found = match look(client, &objects, place, options).await? {
            Ok(found) => found,
            Err(error) => {
                failed.extend(pending.into_iter().map(|(index, _)| (index, error.to_string())));
                return Ok(failed);
            }
        };
        for ((index, stamp), found) in pending.iter_mut().zip(found) {
            match all[*index].installed(&found) {
                Some(Installed { digest, .. }) => stamp.installed = Some(digest),
                None => failed.push((*index, "it was imported, but is not there".to_owned())),
            }
        }
    }
    Ok(failed)
}

/// The product does not tell what is there.
#[derive(Debug, thiserror::Error)]
#[error("what is there cannot be read: {0}")]
struct Untold(String);

/// What is there of each of `objects`, in their order; an object that is not there is `null`. Else why that is not told.
async fn look(
    client: &Client,
    objects: &[&SavedObject],
    place: &DashboardsPlace,
    options: &InstallOptions,
) -> Result<Result<Vec<Value>, Untold>, ClientError> {
    let keys: Vec<_> = objects.iter().map(|object| object.key()).collect();
    let get = request(place, Method::POST, "saved_objects/_bulk_get").json(&json!(keys));
    let answer = ask(client, &get, options.timeout).await?;
    let found: Value = answer.json().unwrap_or_default();
    let Some(found) = found["saved_objects"].as_array().filter(|_| answer.is_success()) else {
        return Ok(Err(Untold(reason(&answer))));
    };
    let one = |object: &&SavedObject| found.iter().find(|found| object.is(found)).cloned().unwrap_or_default();
    Ok(Ok(objects.iter().map(one).collect()))
}

/// A request to the API of either product, where `place` says.
fn request(place: &DashboardsPlace, method: Method, path: &str) -> Request {
    let space = place.space.as_ref().map_or_else(String::new, |space| format!("s/{space}/"));
    // Each product wants its own of these, and does not mind the other's.
    let request =
        Request::new(method, format!("{space}api/{path}")).header("osd-xsrf", "true").header("kbn-xsrf", "true");
    match &place.tenant {
        Some(tenant) => request.header("securitytenant", tenant),
        None => request,
    }
}

//! Installing what a search server keeps: the requests, one after the other.

use crate::authentication::SigningService;
use crate::client::Client;
use crate::error::ClientError;
use crate::install::custom;
use crate::install::exchange::{Found, ask, find, install, reason};
use crate::install::index_template::IndexTemplate;
use crate::install::lifecycle::{IlmPolicy, IsmPolicy, policy_name};
use crate::install::outcome::{Effect, Outcome, Thing};
use crate::install::{InstallOptions, Lifecycle, Retention, Template};
use crate::message::Response;

/// Installs index templates, each with a component template that is a person's own. `lifecycle` is what [`install_lifecycle`] found: it comes first.
pub async fn install_templates(
    client: &Client,
    templates: &[Template],
    lifecycle: &Lifecycle,
    options: &InstallOptions,
) -> Result<Vec<Outcome>, ClientError> {
    let mut outcomes = Vec::with_capacity(2 * templates.len());
    for template in templates {
        let (custom, outcome) = custom::ensure(client, &template.name, options).await?;
        // One that could not be looked at may be in the template that is there.
        let is_guess = options.is_guess || matches!(outcome.effect, Effect::Failed { .. });
        outcomes.push(outcome);
        let template = IndexTemplate::new(template, lifecycle, custom.as_deref());
        outcomes.push(install(client, &template, &InstallOptions { is_guess, ..*options }).await?);
    }
    Ok(outcomes)
}

/// Installs deletion by age in whichever way the server has it, which is found out by asking.
pub async fn install_lifecycle(
    client: &Client,
    retention: &Retention,
    options: &InstallOptions,
) -> Result<(Lifecycle, Outcome), ClientError> {
    let (ism, ilm) = (IsmPolicy::new(retention), IlmPolicy::new(retention));
    let mut found = (Found::Unknown, Lifecycle::None);
    // Serverless collections have neither, and answer 404 to what they do not know.
    if client.endpoint().amazon().is_none_or(|amazon| amazon.service != SigningService::Aoss) {
        found = (find(client, &ism, options).await?, Lifecycle::Ism);
        if matches!(found.0, Found::Unknown) {
            found = (find(client, &ilm, options).await?, Lifecycle::Ilm { policy: policy_name(&retention.prefix) });
        }
    }
    let (found, lifecycle) = found;
    if let Some(effect) = without_policy(&found, &lifecycle, retention) {
        let name = policy_name(&retention.prefix);
        // Templates go on naming a policy that may not be looked at: without it, indices would be kept for ever.
        let hidden = matches!(found, Found::Refused(_)) && retention.days.is_some_and(|days| days > 0);
        // A policy that is there goes on being named until somebody deletes it.
        let is_there = matches!(found, Found::There(_));
        let lifecycle = if is_there || hidden { lifecycle } else { Lifecycle::None };
        return Ok((lifecycle, Outcome { thing: Thing::LifecyclePolicy, name, effect, dry_run: options.dry_run }));
    }
    let outcome = match lifecycle {
        Lifecycle::Ilm { .. } => install_ilm(client, &ilm, options).await?,
        Lifecycle::Ism | Lifecycle::None => install_ism(client, &ism, options).await?,
    };
    Ok((if matches!(outcome.effect, Effect::Failed { .. }) { Lifecycle::None } else { lifecycle }, outcome))
}

/// What there is to say where no policy is to be installed; nothing where one is.
fn without_policy(found: &Found, lifecycle: &Lifecycle, retention: &Retention) -> Option<Effect> {
    let not_needed = |reason: String| Some(Effect::NotNeeded { reason });
    match (found, retention.days) {
        (Found::Refused(reason), _) => Some(Effect::Failed { reason: reason.clone() }),
        (Found::There(_), None) => Some(Effect::Unchanged),
        (_, None) => not_needed("nothing was said of how long to keep indices".to_owned()),
        (Found::There(_), Some(0)) => {
            let (name, indices) = (policy_name(&retention.prefix), retention.indices());
            let typed = match lifecycle {
                Lifecycle::Ilm { .. } => format!("`POST {indices}/_ilm/remove`, then `DELETE _ilm/policy/{name}`"),
                Lifecycle::Ism | Lifecycle::None => {
                    format!("`POST _plugins/_ism/remove/{indices}`, then `DELETE _plugins/_ism/policies/{name}`")
                }
            };
            let reason = format!(
                "indices are to be kept for ever, but this policy is there and goes on deleting them; if it should not: {typed}"
            );
            Some(Effect::LeftAlone { reason })
        }
        (_, Some(0)) => not_needed("indices are kept for ever".to_owned()),
        (Found::Unknown, Some(days)) => not_needed(format!(
            "the server does not delete indices by age (it has neither ISM nor ILM): run `logweir search expire \
             --older-than {days}d` every day"
        )),
        (Found::Nothing | Found::There(_), Some(_)) => None,
    }
}

async fn install_ism(client: &Client, ism: &IsmPolicy<'_>, options: &InstallOptions) -> Result<Outcome, ClientError> {
    let mut outcome = install(client, ism, options).await?;
    let request = match outcome.effect {
        Effect::Created => Some(ism.add_to_indices()),
        Effect::Upgraded | Effect::Overwritten => Some(ism.change_in_indices()),
        _ => None,
    };
    if let Some(request) = request.filter(|_| !options.dry_run) {
        let changed = ask(client, &request, options.timeout).await?;
        outcome.effect = with_indices(outcome.effect, &changed);
    }
    Ok(outcome)
}

async fn install_ilm(client: &Client, ilm: &IlmPolicy<'_>, options: &InstallOptions) -> Result<Outcome, ClientError> {
    let mut outcome = install(client, ilm, options).await?;
    if outcome.effect == Effect::Created && !options.dry_run {
        let added = ask(client, &ilm.add_to_indices(), options.timeout).await?;
        outcome.effect = with_indices(outcome.effect, &added);
    }
    Ok(outcome)
}

/// The effect of a policy, when the indices that are there already were given it: without them, the policy holds for new ones.
fn with_indices(effect: Effect, answer: &Response) -> Effect {
    if answer.is_success() || answer.status == 404 {
        return effect;
    }
    Effect::Failed {
        reason: format!("it is there for new indices; those of before were not given it: {}", reason(answer)),
    }
}

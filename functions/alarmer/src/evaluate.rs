//! What the schedule does each minute: minutes that are over are closed for all alarms, and what waits is published.

use futures_util::{StreamExt, stream};
use logweir_rules::{Alarm, Rules};
use serde::Serialize;

use crate::keeper::Keeper;
use crate::metrics::Counts;
use crate::outbox::Storm;
use crate::store::{StoreError, Stored};

/// What the schedule is answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Answer {
    evaluated: u64,
    transitions: u64,
    published: u64,
    pending: u64,
    /// Alarms, or groups of them, that could not be looked at.
    failed: u64,
}

/// Looks at all alarms. What fails is told and looked at again in a minute; the others are not held up.
pub(crate) async fn evaluate(keeper: &Keeper<'_>, rules: &Rules, concurrency: usize) -> (Answer, Counts) {
    let read = stream::iter(&rules.alarms)
        .map(|alarm| async move { (alarm, statuses(keeper, alarm).await) })
        .buffer_unordered(concurrency);
    let mut failed = 0;
    let mut all: Vec<(&Alarm, Stored)> = Vec::new();
    let mut answers = std::pin::pin!(read);
    while let Some((alarm, statuses)) = answers.next().await {
        match statuses {
            Ok(statuses) => all.extend(statuses.into_iter().map(|stored| (alarm, stored))),
            Err(error) => {
                failed += 1;
                tracing::error!(alarm = alarm.name, %error, "not evaluated");
            }
        }
    }
    // If time is short, not always the same ones are left.
    fastrand::shuffle(&mut all);
    let mut counts = Counts::default();
    let looks = stream::iter(all)
        .map(|(alarm, stored)| async move { (alarm, look_at(keeper, alarm, stored).await) })
        .buffer_unordered(concurrency);
    let mut looks = std::pin::pin!(looks);
    while let Some((alarm, look)) = looks.next().await {
        match look {
            Ok(look) => counts.add(&look),
            Err(error) => {
                failed += 1;
                tracing::error!(alarm = alarm.name, %error, "not evaluated");
            }
        }
    }
    counts.add(&keeper.outbox.publish(Storm::Group).await);
    counts.evaluations = u64::from(failed == 0);
    let Counts { evaluated, transitions, published, pending, .. } = counts;
    (Answer { evaluated, transitions, published, pending, failed }, counts)
}

async fn statuses(keeper: &Keeper<'_>, alarm: &Alarm) -> Result<Vec<Stored>, StoreError> {
    let seen = if alarm.group_by.is_empty() { 0 } else { keeper.store.groups(&alarm.name).await? };
    let statuses = keeper.store.statuses(&alarm.name).await?;
    if statuses.is_empty() {
        keeper.watch_silence(alarm).await?;
    }
    // Statuses expire without being counted.
    let counted = u32::try_from(statuses.len()).unwrap_or(u32::MAX);
    if !alarm.group_by.is_empty() && counted != seen {
        keeper.store.count_groups(&alarm.name, seen, counted).await?;
    }
    Ok(statuses)
}

async fn look_at(keeper: &Keeper<'_>, alarm: &Alarm, stored: Stored) -> Result<Counts, StoreError> {
    keeper.outbox.take_over(&alarm.name, &stored.group, &stored.outbox).await?;
    keeper.look_at(alarm, stored).await
}

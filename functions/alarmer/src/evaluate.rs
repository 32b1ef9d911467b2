//! What the schedule does each minute: minutes that are over are closed for all alarms, and what waits is published.

use std::pin::pin;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use logweir_rules::{Alarm, Rules};
use serde::Serialize;

use crate::keeper::Keeper;
use crate::metrics::Counts;
use crate::outbox::Storm;
use crate::store::{StoreError, Stored};

/// Time kept back for publishing what was found.
const TO_PUBLISH: Duration = Duration::from_secs(10);

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
    let mut answers = pin!(read);
    while let Some((alarm, statuses)) = answers.next().await {
        match statuses {
            Ok(statuses) => all.extend(statuses.into_iter().map(|stored| (alarm, stored))),
            Err(error) => {
                failed += 1;
                tracing::error!(alarm = alarm.name, %error, "not evaluated");
            }
        }
    }
    // What waits is told first: looking at all may take long.
    failed += take_over(keeper, &all, concurrency).await;
    // Neither may an SNS that does not answer keep them from being looked at, nor looking keep from telling what was found.
    let third = keeper.deadline.remaining() / 3;
    let mut counts = keeper.outbox.publish(Storm::Group, keeper.deadline.within(third)).await;
    let published = keeper.outbox.published();
    for (_, stored) in &mut all {
        stored.outbox.retain(|pending| !published.contains(&pending.notification.notification_id));
    }
    // If time is short, not always the same ones are left.
    fastrand::shuffle(&mut all);
    let looks = stream::iter(all)
        .map(|(alarm, stored)| async move {
            let is_time = keeper.deadline.allows(TO_PUBLISH.min(third));
            (alarm, if is_time { Some(keeper.look_at(alarm, stored).await) } else { None })
        })
        .buffer_unordered(concurrency);
    let mut looks = pin!(looks);
    let mut left = 0;
    while let Some((alarm, look)) = looks.next().await {
        match look {
            Some(Ok(look)) => counts.add(&look),
            Some(Err(error)) => {
                failed += 1;
                counts.unreadable += u64::from(error.is_of_one_item());
                tracing::error!(alarm = alarm.name, %error, "not evaluated");
            }
            None => left += 1,
        }
    }
    if left > 0 {
        failed += left;
        tracing::error!(
            left,
            "not all alarms and groups were looked at in time: give the function more time or memory"
        );
    }
    counts.add(&keeper.outbox.publish(Storm::Group, keeper.deadline).await);
    counts.evaluations = u64::from(failed == 0);
    let Counts { evaluated, transitions, published, pending, .. } = counts;
    (Answer { evaluated, transitions, published, pending, failed }, counts)
}

/// Takes over what waits and nobody holds; the answer is how often that failed.
async fn take_over(keeper: &Keeper<'_>, all: &[(&Alarm, Stored)], concurrency: usize) -> u64 {
    let taken = all.iter().map(|(alarm, stored)| keeper.outbox.take_over(&alarm.name, &stored.group, &stored.outbox));
    let mut taken = pin!(stream::iter(taken).buffer_unordered(concurrency));
    let mut failed = 0;
    while let Some(taken) = taken.next().await {
        if let Err(error) = taken {
            failed += 1;
            tracing::error!(%error, "not taken over");
        }
    }
    failed
}

async fn statuses(keeper: &Keeper<'_>, alarm: &Alarm) -> Result<Vec<Stored>, StoreError> {
    let seen = if alarm.group_by.is_empty() { Ok(0) } else { keeper.store.groups(&alarm.name).await };
    let statuses = keeper.store.statuses(&alarm.name).await?;
    if !statuses.iter().any(|stored| stored.group == "[]") {
        keeper.watch_silence(alarm).await?;
    }
    // Statuses expire without being counted. Without the number, alarms are evaluated all the same.
    let counted = u32::try_from(statuses.len()).unwrap_or(u32::MAX);
    let corrected = match seen {
        Ok(seen) if !alarm.group_by.is_empty() && counted != seen => {
            keeper.store.count_groups(&alarm.name, seen, counted).await.map(drop)
        }
        seen => seen.map(drop),
    };
    if let Err(error) = corrected {
        tracing::warn!(alarm = alarm.name, %error, "groups are not counted");
    }
    Ok(statuses)
}

//! Announcements on their way to SNS. Each is in the table with its status until it is published; who holds its lease publishes it.

use std::collections::{BTreeMap, HashSet};
use std::sync::Mutex;
use std::time::Duration;

use futures_util::future::join_all;
use futures_util::{StreamExt, stream};
use logweir_alarms::Notification;
use logweir_alarms::message::{Links, Message, render, render_group};
use logweir_aws_support::DeadLetters;
use logweir_lambda_support::{Deadline, cause_chain};

use crate::config::Config;
use crate::decide::CHAT;
use crate::metrics::Counts;
use crate::publish::{Form, Publisher, Sequence};
use crate::store::{Pending, Store, StoreError};

const MINUTE: i64 = 60_000;
/// Announcements that one message lists.
const MAX_GROUPED: usize = 100;
/// How long one message is tried: what takes longer is tried again in a minute, and holds up nothing else.
const PATIENCE: Duration = Duration::from_secs(5);
/// Announcements that are marked at a time.
const MARKS_AT_ONCE: usize = 8;
/// After how many milliseconds what cannot be published is set aside.
const GIVE_UP: i64 = 24 * 60 * MINUTE;

/// An announcement whose lease this invocation holds.
#[derive(Debug, Clone)]
pub(crate) struct Due {
    pub(crate) alarm: String,
    pub(crate) group: String,
    pub(crate) pending: Pending,
}

/// What becomes of announcements beyond those that a topic gets one by one in a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Storm {
    /// They are left to the schedule.
    Leave,
    /// They are listed in one message.
    Group,
}

/// Collects announcements of one invocation, then publishes them.
#[derive(Debug)]
pub(crate) struct Outbox<'a> {
    pub(crate) store: &'a Store,
    pub(crate) publisher: &'a Publisher,
    pub(crate) dead_letters: &'a DeadLetters,
    pub(crate) config: &'a Config,
    pub(crate) links: Links,
    pub(crate) deadline: Deadline,
    pub(crate) now: i64,
    pub(crate) lease: i64,
    pub(crate) due: Mutex<Vec<Due>>,
    /// Ids of what was published and marked.
    pub(crate) published: Mutex<HashSet<String>>,
}

impl Outbox<'_> {
    /// Adds announcements whose lease this invocation holds.
    pub(crate) fn add(&self, due: impl IntoIterator<Item = Due>) {
        if let Ok(mut all) = self.due.lock() {
            all.extend(due);
        }
    }

    /// Takes over what waits with a status and nobody holds.
    pub(crate) async fn take_over(&self, alarm: &str, group: &str, outbox: &[Pending]) -> Result<(), StoreError> {
        for pending in outbox {
            if pending.lease > self.now || pending.not_before > self.now {
                continue;
            }
            let id = &pending.notification.notification_id;
            if self.store.claim(alarm, group, id, pending.lease, self.lease).await? {
                let pending = Pending { lease: self.lease, ..pending.clone() };
                self.add([Due { alarm: alarm.to_owned(), group: group.to_owned(), pending }]);
            }
        }
        Ok(())
    }

    /// Ids of what this invocation has published and marked.
    pub(crate) fn published(&self) -> HashSet<String> {
        self.published.lock().map(|published| published.clone()).unwrap_or_default()
    }

    /// Publishes what was collected, until `deadline`. What cannot be published now stays in the table, and is the schedule's.
    pub(crate) async fn publish(&self, storm: Storm, deadline: Deadline) -> Counts {
        let mut due = self.due.lock().map(|mut due| std::mem::take(&mut *due)).unwrap_or_default();
        due.sort_by_key(|due| {
            (due.pending.notification.transition.timestamp, due.pending.notification.transition.number)
        });
        let mut topics: BTreeMap<String, Vec<Due>> = BTreeMap::new();
        for due in due {
            topics.entry(self.topic(&due.pending.notification).to_owned()).or_default().push(due);
        }
        // One topic that cannot be reached does not hold up the others.
        let topics =
            topics.into_iter().map(|(topic, due)| async move { self.publish_to(&topic, due, storm, deadline).await });
        let mut counts = Counts::default();
        join_all(topics).await.iter().for_each(|topic| counts.add(topic));
        counts
    }

    fn topic(&self, notification: &Notification) -> &str {
        match (&self.config.chat_topic_arn, notification.topic.as_deref()) {
            (Some(chat), Some(CHAT)) => chat,
            _ => self.config.topics.of(notification),
        }
    }

    async fn publish_to(&self, topic: &str, mut due: Vec<Due>, storm: Storm, deadline: Deadline) -> Counts {
        let mut counts = Counts::default();
        let most = usize::try_from(self.config.notifications_per_minute).unwrap_or(usize::MAX);
        let wanted = due.len().min(most);
        let counted = self.store.topic_count(topic, self.now / MINUTE, u32::try_from(wanted).unwrap_or(u32::MAX)).await;
        // Without a count nobody knows of a storm: better too many messages than none.
        let before = counted.map_or(0, |counted| usize::try_from(counted).unwrap_or(usize::MAX).saturating_sub(wanted));
        let mut rest = due.split_off(wanted.min(most.saturating_sub(before)));
        for one in &due {
            let message = render(&one.pending.notification, &self.links);
            self.send(topic, &message, std::slice::from_ref(one), deadline, &mut counts).await;
        }
        if storm == Storm::Leave {
            // They wait for the next schedule, which is no sign of trouble.
            self.leave_all(&rest).await;
            return counts;
        }
        // One alarm and state a message, so that who filters by them gets it; of each group the first ones first, so that the last that is
        // read is the last that happened.
        let mut seen: BTreeMap<(String, String), usize> = BTreeMap::new();
        let mut ranked: Vec<_> = rest
            .drain(..)
            .map(|due| {
                let rank = seen.entry((due.alarm.clone(), due.group.clone())).or_default();
                *rank += 1;
                ((due.alarm.clone(), *rank, due.pending.notification.transition.state.as_str()), due)
            })
            .collect();
        ranked.sort_by(|(one, _), (next, _)| one.cmp(next));
        while let Some((kind, _)) = ranked.first() {
            let end = ranked.partition_point(|(other, _)| other <= kind);
            let alike: Vec<Due> = ranked.drain(..end).map(|(_, due)| due).collect();
            self.publish_grouped(topic, &alike, deadline, &mut counts).await;
        }
        counts
    }

    async fn publish_grouped(&self, topic: &str, mut due: &[Due], deadline: Deadline, counts: &mut Counts) {
        while let [first, ..] = due {
            let many = due.split_at(due.len().min(MAX_GROUPED)).0;
            let message = if many.len() == 1 {
                render(&first.pending.notification, &self.links)
            } else {
                let all: Vec<Notification> = many.iter().map(|due| due.pending.notification.clone()).collect();
                render_group(&all, &self.links)
            };
            // What found no room in this message is in the next.
            let (told, others) = due.split_at(message.listed.clamp(1, many.len()));
            self.send(topic, &message, told, deadline, counts).await;
            due = others;
        }
    }

    async fn send(&self, topic: &str, message: &Message, due: &[Due], deadline: Deadline, counts: &mut Counts) {
        if deadline.remaining().is_zero() {
            counts.pending += self.leave_all(due).await;
            return;
        }
        let is_chat = self.config.chat_topic_arn.as_deref() == Some(topic);
        let form = if is_chat { Form::Chat } else { Form::Protocols };
        let sequence = Sequence::of(due.iter().map(|due| &due.pending.notification));
        match self.publisher.publish(topic, message, form, &sequence, deadline.within(PATIENCE)).await {
            Ok(()) => {
                counts.published += 1;
                let marks = due.iter().map(|due| self.mark(due));
                stream::iter(marks).buffer_unordered(MARKS_AT_ONCE).collect::<()>().await;
            }
            Err(error) => {
                let is_retryable = error.is_retryable();
                tracing::error!(topic, is_retryable, %error, "not published: it is tried again in a minute");
                counts.pending += self.leave_all(due).await;
            }
        }
    }

    async fn mark(&self, Due { alarm, group, pending }: &Due) {
        let id = &pending.notification.notification_id;
        match self.store.published(alarm, group, id).await {
            Ok(()) => {
                if let Ok(mut published) = self.published.lock() {
                    published.insert(id.clone());
                }
            }
            Err(error) => {
                tracing::error!(id, %error, "published, but not marked: it will be published again with the same id");
            }
        }
    }

    async fn leave_all(&self, due: &[Due]) -> u64 {
        let left = due.iter().map(|due| self.leave(due));
        stream::iter(left).buffer_unordered(MARKS_AT_ONCE).fold(0, |sum, left| async move { sum + left }).await
    }

    /// Gives an announcement back; one that could not be published for a day is set aside. The answer is how many wait.
    async fn leave(&self, due: &Due) -> u64 {
        let Due { alarm, group, pending } = due;
        let id = &pending.notification.notification_id;
        if self.now - pending.not_before > GIVE_UP && self.set_aside(due).await {
            return 0;
        }
        if let Err(error) = self.store.claim(alarm, group, id, pending.lease, 0).await {
            tracing::warn!(id, %error, "the lease is kept until it passes");
        }
        1
    }

    async fn set_aside(&self, due: &Due) -> bool {
        let Due { alarm, group, pending } = due;
        let id = &pending.notification.notification_id;
        let bytes = serde_json::to_vec(&pending.notification).unwrap_or_default();
        let reason = format!("the notification {id} could not be published for a day");
        match self.dead_letters.put("NotPublished", &reason, alarm, &bytes, self.deadline).await {
            Ok(()) => self.store.published(alarm, group, id).await.is_ok(),
            Err(error) => {
                tracing::error!(id, error = cause_chain(&error), "not set aside");
                false
            }
        }
    }
}

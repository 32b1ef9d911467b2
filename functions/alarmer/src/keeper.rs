//! One alarm and group: its evidence and its status in the table.

use std::collections::{HashMap, HashSet};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use logweir_alarms::{Condition, Contribution, Evidence, Write, contributions, surplus};
use logweir_lambda_support::{Backoff, Deadline};
use logweir_rules::Alarm;

use crate::decide::{Decision, Subject, others};
use crate::intake::Track;
use crate::metrics::Counts;
use crate::outbox::{Due, Outbox};
use crate::store::{Created, Place, Saved, Store, StoreError, Stored, evidence_pk};

/// Alarms and groups that are remembered between invocations, so that their statuses need not be read.
const MAX_KNOWN: usize = 20_000;
/// Items among which those who add to the same evidence are spread. Which one it is means nothing.
const SLOTS: u64 = 8;
/// Items of one alarm and group that are written at a time.
const ITEMS_AT_ONCE: usize = 8;
const CONFLICTS: Backoff = Backoff { base: Duration::from_millis(20), cap: Duration::from_millis(500) };
/// For how many milliseconds an alarm without room for more groups is not asked for room: whoever sends lines with ever new groups must not
/// make requests of each.
const FULL_FOR: i64 = 60_000;
/// How far ahead of the clock an event's time may be to be looked at, in milliseconds. One that is further ahead waits for its time.
const CLOCKS_APART: i64 = 60_000;

/// What is remembered between invocations, so that it need not be asked for. It may be outdated.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// Until when statuses know of events: by alarm and group. It may be less than the truth, never more.
    awake: Mutex<HashMap<(String, String), i64>>,
    /// Alarms that were found to have as many groups as they may: when, and which.
    full: Mutex<HashMap<String, Full>>,
    /// One group is begun at a time: their number is one item, on which transactions get into each other's way.
    beginning: tokio::sync::Mutex<()>,
}

/// When an alarm was found to be full, and which groups it has.
type Full = (i64, Arc<HashSet<String>>);

impl Known {
    fn awake_until(&self, alarm: &str, group: &str) -> Option<i64> {
        self.awake.lock().ok()?.get(&(alarm.to_owned(), group.to_owned())).copied()
    }

    fn note(&self, alarm: &str, stored: &Stored) {
        if let Ok(mut known) = self.awake.lock() {
            if known.len() >= MAX_KNOWN {
                known.clear();
            }
            known.insert((alarm.to_owned(), stored.group.clone()), stored.status.active_until);
        }
    }

    /// The groups of an alarm that has as many as it may, if that was found a while ago at most.
    fn full(&self, alarm: &str, now: i64) -> Option<Arc<HashSet<String>>> {
        let full = self.full.lock().ok()?;
        full.get(alarm).filter(|(since, _)| now - since < FULL_FOR).map(|(_, groups)| Arc::clone(groups))
    }

    fn note_full(&self, alarm: &str, now: i64, groups: HashSet<String>) {
        if let Ok(mut full) = self.full.lock() {
            full.insert(alarm.to_owned(), (now, Arc::new(groups)));
        }
    }
}

/// What one invocation writes with.
#[derive(Debug)]
pub(crate) struct Keeper<'a> {
    pub(crate) store: &'a Store,
    pub(crate) outbox: &'a Outbox<'a>,
    pub(crate) known: &'a Known,
    pub(crate) deadline: Deadline,
    /// Now, in milliseconds since 1970.
    pub(crate) now: i64,
    /// When this invocation has surely ended.
    pub(crate) lease: i64,
}

impl Keeper<'_> {
    fn subject<'s>(&self, alarm: &'s Alarm, group: &'s str) -> Subject<'s> {
        Subject::new(alarm, group, self.now, self.lease, self.outbox.config.chat_topic_arn.is_some())
    }

    /// Takes in what a batch says: first the evidence is stored, then the state is looked at, so that of two who do so at the same
    /// time the later one sees all.
    pub(crate) async fn take(&self, alarm: &Alarm, group: &str, track: Track) -> Result<Counts, StoreError> {
        let subject = self.subject(alarm, group);
        let Track { payloads, oldest, newest, .. } = track;
        let sample_lines = usize::try_from(alarm.notification.sample_lines).unwrap_or(usize::MAX);
        let kept = contributions(subject.condition(), payloads, sample_lines)
            .into_iter()
            .map(|contribution| self.keep(&subject, contribution, sample_lines));
        // Mostly one or two; a payload of a whole day has many.
        let mut kept = pin!(stream::iter(kept).buffer_unordered(ITEMS_AT_ONCE));
        while let Some(kept) = kept.next().await {
            kept?;
        }
        if !subject.is_immediate() && self.known.awake_until(&alarm.name, group) >= Some(subject.active_until(newest)) {
            // The schedule knows that there is something to look at.
            return Ok(Counts::default());
        }
        self.settle(&subject, None, oldest, Some(newest)).await
    }

    /// The group under which events count: their own, or that of all others when the alarm has as many as it may.
    pub(crate) async fn admit(&self, alarm: &Alarm, group: &str, begun: i64) -> Result<String, StoreError> {
        let name = &alarm.name;
        if alarm.group_by.is_empty() || self.known.awake_until(name, group).is_some() {
            return Ok(group.to_owned());
        }
        let belongs = |groups: &HashSet<String>| if groups.contains(group) { group.to_owned() } else { others(alarm) };
        if let Some(groups) = self.known.full(name, self.now) {
            return Ok(belongs(&groups));
        }
        if let Some(stored) = self.store.status(name, group).await? {
            self.known.note(name, &stored);
            return Ok(group.to_owned());
        }
        let _turn = self.known.beginning.lock().await;
        if let Some(groups) = self.known.full(name, self.now) {
            return Ok(belongs(&groups));
        }
        if let Some(stored) = self.begin(&self.subject(alarm, group), begun, alarm.max_groups).await? {
            self.known.note(name, &stored);
            return Ok(group.to_owned());
        }
        let groups: HashSet<String> = self.store.statuses(name).await?.into_iter().map(|stored| stored.group).collect();
        let most = alarm.max_groups;
        tracing::warn!(alarm = name, most, "the alarm has as many groups as it may: the others share a state");
        let group = belongs(&groups);
        self.known.note_full(name, self.now, groups);
        Ok(group)
    }

    /// Begins a status; nothing if there are too many.
    async fn begin(&self, subject: &Subject<'_>, begun: i64, most: u32) -> Result<Option<Stored>, StoreError> {
        let Subject { alarm, group, now, .. } = subject;
        let learning_until = match &alarm.condition {
            Condition::NewValue(new) if new.learn > 0 => {
                let since = self.store.known_since(&alarm.name, &alarm.fingerprint(), *now).await?;
                since + i64::from(new.learn) * 1_000
            }
            _ => 0,
        };
        let status = subject.first_status(begun, learning_until);
        let expires = subject.status_expires(&status);
        Ok(match self.store.create(&alarm.name, group, &status, most, expires).await? {
            Created::New(stored) | Created::Exists(stored) => Some(stored),
            Created::Full => None,
        })
    }

    async fn keep(
        &self,
        subject: &Subject<'_>,
        contribution: Contribution,
        sample_lines: usize,
    ) -> Result<(), StoreError> {
        let Subject { alarm, group, .. } = subject;
        let Contribution { bucket, write, elements, digest } = contribution;
        let pk = evidence_pk(&alarm.name, &alarm.fingerprint(), group);
        let expires = subject.evidence_expires(bucket);
        match write {
            Write::Once => {
                let place = Place { pk, sk: format!("{bucket:015}#{digest:016x}") };
                self.store.put(&place, &elements, expires).await
            }
            Write::Union => {
                let place = Place { pk, sk: format!("{bucket:015}#{}", fastrand::u64(..SLOTS)) };
                let there = self.store.add(&place, &elements, expires).await?;
                match surplus(subject.condition(), &there, sample_lines) {
                    Ok(needless) if needless.is_empty() => Ok(()),
                    Ok(needless) => self.store.remove(&place, &needless).await,
                    Err(error) => {
                        tracing::error!(alarm = alarm.name, group, %error, "evidence is not pruned");
                        Ok(())
                    }
                }
            }
        }
    }

    /// Goes on from the status with all that is known, until that is written or there is nothing to write.
    ///
    /// With `newest`, for a batch whose events are from `oldest` to `newest`: whole minutes are left to the schedule. Without, for
    /// the schedule; `stored` is what it has read.
    pub(crate) async fn settle(
        &self,
        subject: &Subject<'_>,
        mut stored: Option<Stored>,
        oldest: i64,
        newest: Option<i64>,
    ) -> Result<Counts, StoreError> {
        let alarm = subject.alarm;
        let mut attempt = 0;
        let mut counts = Counts { evaluated: 1, ..Counts::default() };
        loop {
            let known = match stored.take() {
                Some(stored) => Some(stored),
                None => self.store.status(&alarm.name, subject.group).await?,
            };
            let current = match known {
                Some(stored) => stored,
                None => match self.begin(subject, oldest, u32::MAX).await? {
                    Some(stored) => stored,
                    None => return Ok(counts),
                },
            };
            let evidence = self.evidence(subject, &current, oldest, newest).await?;
            let through = if newest.is_some() { current.status.clock } else { subject.through() };
            let Some(Decision { status, pending, superseded, transitions }) =
                subject.decide(&current.status, &current.outbox, &evidence, through, newest)
            else {
                self.known.note(&alarm.name, &current);
                return Ok(counts);
            };
            let expires = subject.status_expires(&status);
            match self.store.save(&alarm.name, &current, &status, &pending, &superseded, expires).await? {
                Saved::Done(saved) => {
                    self.known.note(&alarm.name, &saved);
                    counts.transitions += transitions as u64;
                    let ours = pending.into_iter().filter(|pending| pending.lease == self.lease);
                    let due = |pending| Due { alarm: alarm.name.clone(), group: subject.group.to_owned(), pending };
                    self.outbox.add(ours.map(due));
                    return Ok(counts);
                }
                Saved::Conflict => {
                    let pause = CONFLICTS.random_delay(attempt);
                    attempt += 1;
                    if !self.deadline.allows(pause) {
                        return Err(StoreError::Contended {
                            alarm: alarm.name.clone(),
                            group: subject.group.to_owned(),
                        });
                    }
                    tokio::time::sleep(pause).await;
                }
            }
        }
    }

    /// The evidence that matters for going on from a status.
    async fn evidence(
        &self,
        subject: &Subject<'_>,
        stored: &Stored,
        oldest: i64,
        newest: Option<i64>,
    ) -> Result<Evidence, StoreError> {
        let alarm = subject.alarm;
        let is_needed = match newest {
            Some(_) => subject.is_immediate(),
            None => subject.has_evidence(&stored.status),
        };
        if !is_needed {
            return Ok(Evidence::default());
        }
        let pk = evidence_pk(&alarm.name, &alarm.fingerprint(), subject.group);
        let from = format!("{:015}", subject.evidence_from(&stored.status, oldest));
        let elements = self.store.evidence(&pk, &from).await?;
        let mut evidence = Evidence::from_elements(elements.iter().map(Vec::as_slice))
            .map_err(|error| self.store.unreadable(pk, error.into()))?;
        evidence.end_at(self.now + CLOCKS_APART);
        Ok(evidence)
    }

    /// What the schedule does about one status.
    pub(crate) async fn look_at(&self, alarm: &Alarm, stored: Stored) -> Result<Counts, StoreError> {
        let group = stored.group.clone();
        let subject = self.subject(alarm, &group);
        if !subject.is_due(&stored.status) {
            return Ok(Counts::default());
        }
        let oldest = stored.status.clock;
        self.settle(&subject, Some(stored), oldest, None).await
    }

    /// A status for an alarm that silence sets off, so that it is looked at although nothing ever came.
    pub(crate) async fn watch_silence(&self, alarm: &Alarm) -> Result<(), StoreError> {
        if alarm.group_by.is_empty() && alarm.condition.fires_on_silence() {
            self.begin(&self.subject(alarm, "[]"), self.now, u32::MAX).await?;
        }
        Ok(())
    }
}

//! Which events of a payload matter to which alarm.
//!
//! This is the hot path: most events matter to none. Which alarms look at a log group is found out once; all their patterns are
//! asked at once; what else an alarm wants to know is looked for in events that match one of its patterns only.

mod group;
mod reading;

use std::fmt;

use logweir_alarms::Observation;
use logweir_log_formats::{LogGroups, LogLine};
use logweir_subscription::{DataMessage, LogEvent};

use crate::by_log_group::ByLogGroup;
use crate::parse::Rules;
use crate::scope::Scope;
pub use group::Group;
use group::Origin;
pub(crate) use group::Special;
use reading::{Lookup, Need};

/// Asks all alarms about the events of a payload.
///
/// ```
/// use logweir_rules::{Rules, Watch};
/// use logweir_subscription::{Decoder, Message};
///
/// let rules = Rules::parse(r#"
/// version: 1
/// alarms:
///   - {name: errors, pattern: ERROR, comparison: ">", threshold: 3, period: 5m}
/// "#)?.rules;
/// let mut decoder = Decoder::default();
/// let json = br#"{"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"/app","logStream":"web-1",
///     "subscriptionFilters":["all"],"logEvents":[{"id":"36","timestamp":1795260000123,"message":"ERROR at noon"}]}"#;
/// let Message::Data(data) = decoder.decode(json)? else { panic!("no data message") };
///
/// let mut watch = Watch::new(&rules)?;
/// let observed = watch.observe(&data, &mut |found| {
///     let alarm = &rules.alarms[found.alarm];
///     assert_eq!((alarm.name.as_str(), found.observation.timestamp), ("errors", 1_795_260_000_123));
///     assert_eq!(alarm.line(&found).message, "ERROR at noon");
/// });
/// assert_eq!((observed.events, observed.matches), (1, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Watch {
    alarms: Vec<Watched>,
    patterns: ByLogGroup,
    /// What is known of log groups.
    log_groups: LogGroups,
    /// Alarms that match the event that is looked at, and the pattern that did.
    matched: Vec<(usize, usize)>,
}

/// What of an alarm is asked of an event that matches one of its patterns.
#[derive(Debug)]
struct Watched {
    scope: Scope,
    need: Need,
    /// By its patterns.
    lookups: Vec<Lookup>,
}

/// An event that counts for an alarm.
#[derive(Debug)]
pub struct Match<'m> {
    /// The alarm's place in [`Rules::alarms`].
    pub alarm: usize,
    /// Whose state it counts for.
    pub group: &'m Group,
    /// What it says.
    pub observation: Observation,
    /// The text of the event.
    pub message: &'m str,
    /// Its place in [`DataMessage::log_events`].
    pub index: usize,
    /// The event.
    pub event: &'m LogEvent<'m>,
    /// The payload that holds it.
    pub data: &'m DataMessage<'m>,
}

/// What came of a payload.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Observed {
    /// Events that were looked at.
    pub events: usize,
    /// How many times an event counted for an alarm.
    pub matches: usize,
    /// How many times an event would have, had it the value that is measured.
    pub without_value: usize,
}

/// The patterns of all alarms hold more words than can be looked for at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchError {
    reason: String,
}

impl std::error::Error for WatchError {}

impl fmt::Display for WatchError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the patterns of the alarms cannot be looked for together: {}; write fewer", self.reason)
    }
}

impl Watch {
    /// Makes the alarms ready.
    pub fn new(rules: &Rules) -> Result<Self, WatchError> {
        let failed = |error: &dyn fmt::Display| WatchError { reason: error.to_string() };
        let watched = rules.alarms.iter().map(|alarm| {
            let lookups = alarm.patterns.iter().map(|pattern| Lookup::new(alarm, pattern)).collect::<Result<_, _>>();
            let lookups = lookups.map_err(|error| failed(&error.what()))?;
            Ok(Watched { scope: alarm.scope.clone(), need: Need::of(&alarm.condition), lookups })
        });
        let patterns = rules.alarms.iter().map(|alarm| alarm.patterns.clone()).collect();
        Ok(Self {
            alarms: watched.collect::<Result<_, _>>()?,
            patterns: ByLogGroup::new(patterns).map_err(|error| failed(&error))?,
            log_groups: LogGroups::default(),
            matched: Vec::new(),
        })
    }

    /// The same where settings say what log groups hold; the indexer has the same ones.
    #[must_use]
    pub fn with_log_groups(self, log_groups: LogGroups) -> Self {
        Self { log_groups, ..self }
    }

    /// Tells `found` of each event of a payload that counts for an alarm; of one that matches several patterns of an alarm
    /// once, by the first of them.
    pub fn observe(&mut self, data: &DataMessage<'_>, found: &mut impl FnMut(Match<'_>)) -> Observed {
        let mut observed = Observed { events: data.log_events.len(), ..Observed::default() };
        let Self { alarms, patterns, log_groups, matched } = self;
        let (owner, log_group) = (data.account().decode(), data.source_log_group().decode());
        let held = log_groups.dataset(&log_group);
        let looks = |alarm: usize| alarms[alarm].scope.matches(&owner, &log_group, held);
        let Some(set) = patterns.of_log_group(&owner, &log_group, looks) else { return observed };
        let mut matcher = set.patterns.matcher();
        let hints = log_groups.hints(&log_group).in_log_stream(&data.log_stream.decode());
        let mut origin = None;
        for (index, event) in data.log_events.iter().enumerate() {
            // Most events matter to no alarm, and then not even their text is made.
            let Some((message, patterns)) = matcher.matches_text(&event.message) else { continue };
            matched.clear();
            for pattern in patterns {
                let (alarm, number) = set.owners[*pattern];
                let is_known = matched.last().is_some_and(|(last, _)| *last == alarm);
                if !is_known && set.applies(alarm) {
                    matched.push((alarm, number));
                }
            }
            if matched.is_empty() {
                continue;
            }
            let origin = origin.get_or_insert_with(|| Origin::new(data));
            let mut dataset = None;
            for (number, pattern) in matched.iter() {
                let alarm = &alarms[*number];
                if !alarm.scope.datasets.is_empty() {
                    let dataset = *dataset.get_or_insert_with(|| LogLine::parse(message, &hints).dataset(&hints));
                    if !alarm.scope.datasets.contains(&dataset) {
                        continue;
                    }
                }
                let (reading, group) = alarm.lookups[*pattern].read(alarm.need, (message, event), origin, &hints);
                let Some(reading) = reading else {
                    observed.without_value += 1;
                    continue;
                };
                observed.matches += 1;
                let observation = Observation { timestamp: event.timestamp, key: origin.key_of(event), reading };
                found(Match { alarm: *number, group: &group, observation, message, index, event, data });
            }
        }
        observed
    }
}

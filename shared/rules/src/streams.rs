//! What becomes of the events of a payload on their way: which stay, what of them leaves, and where to.
//!
//! All rules look at the line as it came. Whether an event stays, the first matching rule says that says keep, drop or sample; what
//! changes of it, all matching rules say (docs/decisions/0013-streams.md).

mod decided;
mod ready;

use std::ops::Range;
use std::sync::Arc;

use logweir_log_formats::{Dataset, LogGroups, LogLine};
use logweir_subscription::{DataMessage, LogEvent};

use crate::by_log_group::ByLogGroup;
use crate::parse::Rules;
use crate::redaction::{RedactionKey, Written};
use crate::stream::Fate;
use decided::{Change, Decided, text_of};
use ready::{Matching, Ready};

/// The stream rules, ready for one thread; a clone, for another, shares what is large.
///
/// ```
/// use logweir_rules::{Rules, Streams};
/// use logweir_subscription::Message;
///
/// let rules = Rules::parse(r#"
/// version: 1
/// streams:
///   - {name: errors, pattern: ERROR, keep: true, redact: [email]}
///   - {name: noise, drop: true}
/// "#)?.rules;
/// let json = r#"{"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"/app","logStream":"web","logEvents":[
///     {"id":"1","timestamp":1795260000123,"message":"INFO fine"},
///     {"id":"2","timestamp":1795260000124,"message":"ERROR of anna@example.org"}]}"#;
/// let Message::Data(data) = Message::parse(json)? else { panic!("no data message") };
///
/// let mut streams = Streams::new(&rules, None)?;
/// let applied = streams.apply(&[data]);
/// assert_eq!(applied.parts[0].data.log_events[0].message.decode(), "ERROR of [email]");
/// assert_eq!(applied.parts[0].places.as_deref(), Some(&[1][..]));
/// assert_eq!((applied.dropped[0].rule, applied.dropped[0].events, applied.dropped[0].bytes), ("noise", 1, 9));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Streams {
    rules: Vec<Ready>,
    patterns: ByLogGroup,
    /// What is known of log groups.
    log_groups: Arc<LogGroups>,
    key: Option<RedactionKey>,
    /// The literals of changed messages and the objects of changed fields of a payload.
    changed: String,
    /// Memory that is used again and again.
    text: String,
}

/// Why stream rules cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StreamsError {
    /// The patterns hold more words than can be looked for at once.
    #[error("the patterns of the streams cannot be looked for together: {0}; write fewer")]
    Patterns(String),
    /// A rule redacts with hashes, and there is no key.
    #[error(
        "stream {0} says redact_with: hash, which needs a key: configure a redaction key, or write redact_with: label"
    )]
    NoKey(String),
}

/// What became of the events of a payload: each is in one part, or was dropped.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Applied<'s> {
    /// What stays.
    pub parts: Vec<Part<'s>>,
    /// What does not, by rule.
    pub dropped: Vec<Dropped<'s>>,
}

/// Events of one message that have the same labels, in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct Part<'s> {
    /// Which message, of those that were handed in.
    pub message: usize,
    /// The events, redacted and with fields added.
    pub data: DataMessage<'s>,
    /// Where each event stood in its message; nothing if all are here, where they were.
    pub places: Option<Vec<u32>>,
    /// What rules call them.
    pub labels: Labels<'s>,
    /// Whether any of the events is not as it came.
    pub is_changed: bool,
}

/// Where events go, as far as rules say so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Labels<'s> {
    /// What they count as.
    pub dataset: Option<Dataset>,
    /// A piece of the name of their index.
    pub index: Option<&'s str>,
    /// The folder within the archive's prefix that they lie in.
    pub prefix: Option<&'s str>,
}

/// Events that a rule dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dropped<'s> {
    /// The rule's name.
    pub rule: &'s str,
    /// How many events.
    pub events: u64,
    /// How many bytes their messages had as they came.
    pub bytes: u64,
}

/// What rules decide with, and what they write into.
#[derive(Debug)]
struct Work<'w, 'r> {
    rules: &'r [Ready],
    log_groups: &'w LogGroups,
    key: Option<&'w RedactionKey>,
    changed: Vec<u8>,
    text: &'w mut String,
    /// By rule: events and bytes.
    dropped: Vec<(u64, u64)>,
}

impl Streams {
    /// Makes the stream rules of a file ready; those that redact with hashes need a key.
    pub fn new(rules: &Rules, key: Option<&RedactionKey>) -> Result<Self, StreamsError> {
        let hashes = |stream: &&crate::Stream| stream.redaction.hashes() && !stream.redaction.is_empty();
        if let (None, Some(stream)) = (key, rules.streams.iter().find(hashes)) {
            return Err(StreamsError::NoKey(stream.name.clone()));
        }
        let patterns = rules.streams.iter().map(|stream| stream.patterns.clone()).collect();
        Ok(Self {
            rules: rules.streams.iter().map(Ready::new).collect::<Result<_, _>>()?,
            patterns: ByLogGroup::new(patterns).map_err(|error| StreamsError::Patterns(error.to_string()))?,
            log_groups: Arc::default(),
            key: key.cloned(),
            changed: String::new(),
            text: String::new(),
        })
    }

    /// The same where settings say what log groups hold; the indexer has the same ones.
    #[must_use]
    pub fn with_log_groups(self, log_groups: LogGroups) -> Self {
        Self { log_groups: Arc::new(log_groups), ..self }
    }

    /// Whether there is no stream rule at all.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// What becomes of the messages of one payload. What no rule touches is not copied but for its places in memory.
    pub fn apply<'s>(&'s mut self, messages: &[DataMessage<'s>]) -> Applied<'s> {
        let Self { rules, patterns, log_groups, key, changed, text } = self;
        let mut buffer = std::mem::take(changed).into_bytes();
        buffer.clear();
        let dropped = vec![(0, 0); rules.len()];
        let mut work = Work { rules, log_groups, key: key.as_ref(), changed: buffer, text, dropped };
        let decided: Vec<_> = messages.iter().map(|data| work.decide(data, patterns)).collect();
        let Work { changed: buffer, dropped, .. } = work;
        // JSON was written, so it is UTF-8; the lossy form only spares a panic path.
        *changed =
            String::from_utf8(buffer).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        let mut parts = Vec::with_capacity(messages.len());
        for (message, (data, decided)) in messages.iter().zip(decided).enumerate() {
            match decided {
                Some(decided) => decided.cut(message, data, changed, &mut parts),
                None => parts.push(Part {
                    message,
                    data: data.clone(),
                    places: None,
                    labels: Labels::default(),
                    is_changed: false,
                }),
            }
        }
        let dropped = rules.iter().zip(dropped).filter(|(_, (events, _))| *events > 0);
        let dropped = dropped.map(|(rule, (events, bytes))| Dropped { rule: &rule.stream.name, events, bytes });
        Applied { parts, dropped: dropped.collect() }
    }
}

impl<'r> Work<'_, 'r> {
    /// Decides about the events of a message; nothing if no rule looks at its log group.
    fn decide(&mut self, data: &DataMessage<'_>, patterns: &mut ByLogGroup) -> Option<Decided<'r>> {
        let rules = self.rules;
        let (owner, log_group) = (data.account().decode(), data.source_log_group().decode());
        let held = self.log_groups.dataset(&log_group);
        let looks = |rule: usize| rules[rule].stream.scope.matches(&owner, &log_group, held);
        let set = patterns.of_log_group(&owner, &log_group, looks)?;
        let everything = |rule: &usize| rules[*rule].stream.patterns.is_empty() && set.applies(*rule);
        let always: Vec<usize> = (0..rules.len()).filter(everything).collect();
        let mut matcher = (!set.owners.is_empty()).then(|| set.patterns.matcher());
        let hints = self.log_groups.hints(&log_group).in_log_stream(&data.log_stream.decode());
        let mut decided = Decided::new(data.log_events.len());
        let (mut numbers, mut matching) = (Vec::new(), Vec::new());
        // Whether these are of an event that no pattern matches: most are, one after another.
        let mut is_usual = false;
        for event in &data.log_events {
            let found = matcher.as_mut().and_then(|matcher| matcher.matches_text(&event.message));
            if found.is_none() && always.is_empty() {
                decided.keep(Labels::default());
                continue;
            }
            if found.is_some() || !is_usual {
                numbers.clear();
                numbers.extend(always.iter().map(|rule| (*rule, 0)));
                let of_patterns =
                    found.iter().flat_map(|(_, patterns)| patterns.iter().map(|pattern| set.owners[*pattern]));
                numbers.extend(of_patterns.filter(|(rule, _)| set.applies(*rule)));
                numbers.sort_unstable();
                numbers.dedup_by_key(|(rule, _)| *rule);
                matching.clear();
                let ready = |(rule, pattern): &(usize, usize)| Matching { rule: &rules[*rule], pattern: *pattern };
                matching.extend(numbers.iter().map(ready));
                is_usual = found.is_none();
            }
            if matching.iter().any(|one| !one.rule.stream.scope.datasets.is_empty()) {
                let dataset = LogLine::parse(&event.message.decode(), &hints).dataset(&hints);
                let is_one = |datasets: &[Dataset]| datasets.is_empty() || datasets.contains(&dataset);
                let mut stay = matching.iter().map(|one| is_one(&one.rule.stream.scope.datasets));
                numbers.retain(|_| stay.next().unwrap_or(true));
                matching.retain(|one| is_one(&one.rule.stream.scope.datasets));
                is_usual = false;
            }
            let has_fate = |one: &&(usize, usize)| rules[one.0].stream.fate.is_some();
            if let Some((rule, _)) = numbers.iter().find(has_fate)
                && !stays(&rules[*rule], event)
            {
                let (events, bytes) = &mut self.dropped[*rule];
                (*events, *bytes) = (*events + 1, *bytes + event.message.text_len() as u64);
                decided.parts.push(None);
                continue;
            }
            self.change(event, &matching, &mut decided);
            decided.keep(labels(&matching));
        }
        Some(decided)
    }

    /// Writes what of an event changes.
    fn change(&mut self, event: &LogEvent<'_>, matching: &[Matching<'_>], decided: &mut Decided<'r>) {
        let streams = || matching.iter().map(|one| &one.rule.stream);
        if streams().all(|stream| stream.redaction.is_empty() && stream.fields.is_empty()) {
            return;
        }
        let message = self.redact(event, matching);
        let fields = if streams().all(|stream| stream.fields.is_empty()) && event.extracted_fields.is_none() {
            None
        } else {
            let written = message.clone().map(|(place, _)| self.written(place));
            let message = written.as_deref().map_or(event.message, text_of).decode();
            ready::changed_fields(event, &message, matching, self.key).map(|object| {
                let start = self.changed.len();
                self.changed.extend_from_slice(object.as_bytes());
                start..self.changed.len()
            })
        };
        if message.is_some() || fields.is_some() {
            decided.changes.push(Change { event: decided.parts.len(), message, fields });
        }
    }

    /// Writes the message of an event without what the rules leave out; nothing if it holds nothing such.
    fn redact(&mut self, event: &LogEvent<'_>, matching: &[Matching<'_>]) -> Option<(Range<usize>, Written)> {
        let mut redacted: Option<(Range<usize>, Written)> = None;
        for redaction in matching.iter().map(|one| &one.rule.stream.redaction).filter(|redaction| !redaction.is_empty())
        {
            // What the rule before wrote.
            let written = redacted.clone().map(|(place, _)| self.written(place));
            let message = written.as_deref().map_or(event.message, text_of);
            let start = self.changed.len();
            if let Some(how) = redaction.write_redacted(&message, self.key, self.text, &mut self.changed) {
                let before = redacted.map_or(Written::EscapedAlike, |(_, before)| before);
                let how = if before == Written::Anew { before } else { how };
                redacted = Some((start..self.changed.len(), how));
            }
        }
        redacted
    }

    fn written(&self, place: Range<usize>) -> String {
        String::from_utf8_lossy(&self.changed[place]).into_owned()
    }
}

/// Whether an event stays, by the rule that decides.
fn stays(rule: &Ready, event: &LogEvent<'_>) -> bool {
    match rule.stream.fate {
        Some(Fate::Drop) => false,
        Some(Fate::Sample(share)) => share.holds(&rule.stream.name, &event.id.decode()),
        Some(Fate::Keep) | None => true,
    }
}

/// What the rules call an event; the first one that says so.
fn labels<'r>(matching: &[Matching<'r>]) -> Labels<'r> {
    let streams = || matching.iter().map(|one| &one.rule.stream);
    Labels {
        dataset: streams().find_map(|stream| stream.dataset),
        index: streams().find_map(|stream| stream.index.as_deref()),
        prefix: streams().find_map(|stream| stream.prefix.as_deref()),
    }
}

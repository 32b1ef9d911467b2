//! Values of a message: all that a pattern names, or those that somebody asks for.

use std::borrow::Cow;
use std::str::FromStr;

use crate::ast::{Selector, Slot};
use crate::cursor::Cursor;
use crate::error::{Parsed, Problem};
use crate::matcher::{Captures, DelimitedMatcher, Fields, Matcher, Position, Trie};
use crate::{FilterPattern, PatternError, parser};

/// A value of a message and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field<'m> {
    /// `$ip`, `$3`, `$.a.b[0]`: as AWS writes it, and a selector in its canonical spelling.
    pub name: String,
    /// The text of a field, string, number or boolean.
    pub value: Cow<'m, str>,
}

pub(crate) fn all<'m>(matcher: &Matcher, message: &'m str) -> Vec<Field<'m>> {
    match matcher {
        Matcher::Everything | Matcher::Terms(_) => Vec::new(),
        Matcher::Delimited(delimited) => {
            let fields = delimited.extract(&mut Fields::new(message)).into_iter();
            fields.map(|(name, place)| Field { name, value: Cow::Borrowed(&message[place]) }).collect()
        }
        Matcher::Json(json) => json.extract(message).into_iter().map(|(name, value)| Field { name, value }).collect(),
    }
}

/// Takes chosen values out of messages that match a pattern: what a metric's value and its dimensions are made of.
///
/// ```
/// use logweir_filter_pattern::{Extractor, FilterPattern};
///
/// let pattern = FilterPattern::parse("{ $.status = 5* }")?;
/// // A JSON message is asked for any of its values, not only for those that the pattern tests.
/// let extractor = Extractor::new(&pattern, &["$.latency", "$.user['id']"])?;
/// let values = extractor.extract(r#"{"status":503,"latency":1.50,"user":{"id":"7"}}"#);
/// assert_eq!(values, [Some("1.50".into()), Some("7".into())]);
///
/// let pattern = FilterPattern::parse("[level, ..., millis]")?;
/// let values = Extractor::new(&pattern, &["$millis", "$2"])?.extract("INFO took 17");
/// assert_eq!(values, [Some("17".into()), Some("took".into())]);
/// # Ok::<(), logweir_filter_pattern::PatternError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Extractor {
    places: Places,
}

#[derive(Debug, Clone)]
enum Places {
    Fields(Vec<Position>),
    Properties { trie: Trie, numbers: Vec<usize> },
}

impl Extractor {
    /// Finds out where the named values are: `$name` or `$3` for a space-delimited pattern (its third field, whether or not
    /// that has a name), `$.a.b[0]` for JSON. Other patterns have none.
    pub fn new(pattern: &FilterPattern, names: &[&str]) -> Result<Self, PatternError> {
        let failed = |name: &str, problem: Problem| PatternError { pattern: name.to_owned(), problem };
        let places = match &pattern.matcher {
            Matcher::Delimited(delimited) => {
                let position = |name: &&str| position(delimited, name).map_err(|problem| failed(name, problem));
                Places::Fields(names.iter().map(position).collect::<Result<_, _>>()?)
            }
            Matcher::Json(_) => {
                let (mut selectors, mut numbers) = (Vec::new(), Vec::new());
                for name in names {
                    let selector = property(name).map_err(|problem| failed(name, problem))?;
                    let known = selectors.iter().position(|other| *other == selector);
                    numbers.push(known.unwrap_or(selectors.len()));
                    if known.is_none() {
                        selectors.push(selector);
                    }
                }
                Places::Properties { trie: Trie::new(&selectors), numbers }
            }
            Matcher::Everything | Matcher::Terms(_) => match names.first() {
                None => Places::Fields(Vec::new()),
                Some(name) => {
                    let problem = Problem::new(0..name.len(), "a pattern of terms takes no values out of a message")
                        .advice("write a space-delimited pattern [a, b, …] or a JSON pattern { $.a = … }");
                    return Err(failed(name, problem));
                }
            },
        };
        Ok(Self { places })
    }

    /// The values of a message that matches the pattern, in the order of their names; nothing for one that is not there,
    /// is null, an object or an array. Where a selector leads to several, the first.
    pub fn extract<'m>(&self, message: &'m str) -> Vec<Option<Cow<'m, str>>> {
        match &self.places {
            Places::Fields(positions) => {
                let mut fields = Fields::new(message);
                positions
                    .iter()
                    .map(|position| position.place(&mut fields).map(|place| message[place].into()))
                    .collect()
            }
            Places::Properties { trie, numbers } => {
                let mut captures = Captures::new(trie);
                captures.read(trie, message);
                numbers.iter().map(|number| captures.first_text(*number, message)).collect()
            }
        }
    }
}

/// `$.a.b[0]`, `$.a[*].['any key']`
impl FromStr for Selector {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        property(text).map_err(|problem| PatternError { pattern: text.to_owned(), problem })
    }
}

fn property(name: &str) -> Parsed<Selector> {
    let mut cursor = Cursor::new(name, 0..name.len());
    let selector = parser::selector(&mut cursor)?;
    if cursor.rest().is_empty() {
        return Ok(selector);
    }
    Err(Problem::new(cursor.here(), "the selector goes on with what is no step")
        .advice("write $.a.b[0] or $.['any key']"))
}

fn position(delimited: &DelimitedMatcher, name: &str) -> Parsed<Position> {
    let whole = 0..name.len();
    let Some(plain) = name.strip_prefix('$') else {
        return Err(Problem::new(whole, "a field begins with $").advice(format!("write ${name}")));
    };
    let is_named = |slot: &Slot| matches!(slot, Slot::Named { name, .. } if name == plain);
    if let Some((position, _)) = delimited.slots().find(|(_, slot)| is_named(slot)) {
        return Ok(position);
    }
    let number = plain.bytes().all(|byte| byte.is_ascii_digit()).then(|| plain.parse::<usize>().ok()).flatten();
    match number.and_then(|number| number.checked_sub(1)) {
        // Without an ellipsis the last slot is all that is left.
        Some(index) if Some(Position::Rest(index)) == delimited.slots().last().map(|(position, _)| position) => {
            Ok(Position::Rest(index))
        }
        Some(index) if delimited.has_field(index) => Ok(Position::FromStart(index)),
        _ => {
            let names: Vec<_> = delimited
                .slots()
                .filter_map(|(_, slot)| match slot {
                    Slot::Named { name, .. } => Some(format!("${name}")),
                    Slot::Unnamed => None,
                })
                .collect();
            let advice = match names.as_slice() {
                [] => "write the number of a field: $1".to_owned(),
                names => format!("write one of {}, or the number of a field: $1", names.join(", ")),
            };
            Err(Problem::new(whole, "the pattern has no such field").advice(advice))
        }
    }
}

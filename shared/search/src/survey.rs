//! JSON of a log line, looked through before it becomes part of a document: what a server would refuse, and what would harm
//! the index that it goes to.

use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use logweir_json::{JsonError, Kind, Scanner, Text};

use crate::kinds::Kinds;
use crate::lift::Lifted;
use crate::shared_keys::{may_refuse_scalars, takes};

/// Most different fields that a document may bring of its own. Each new one is a change of the index's mapping, of which a
/// server takes a thousand or so.
pub const MAX_FIELDS: usize = 500;
/// Most objects within one another; servers take twenty levels with those of the document itself
/// (<https://www.elastic.co/docs/reference/elasticsearch/index-settings/mapping-limit>).
pub const MAX_OBJECT_DEPTH: usize = 16;
/// Longest name of a field, in bytes.
pub const MAX_NAME_BYTES: usize = 256;
/// Longest number that servers read, in bytes.
const MAX_NUMBER_BYTES: usize = 1000;
/// The largest integer to which doubles have all.
const MAX_EXACT: u64 = 1 << 53;
/// Longest string that is found whole, in characters; longer ones are in the document and found in its message. A term of
/// Lucene has 32,766 bytes at most, four a character.
pub const MAX_KEYWORD_CHARACTERS: usize = 8191;

/// Why what a line holds is kept as text instead of fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Containment {
    /// More fields than [`MAX_FIELDS`].
    Fields,
    /// Deeper than [`MAX_OBJECT_DEPTH`].
    Depth,
    /// A name longer than [`MAX_NAME_BYTES`].
    Name,
}

impl Containment {
    /// The tag that the document gets.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Fields => "too_many_fields",
            Self::Depth => "too_deep",
            Self::Name => "name_too_long",
        }
    }

    /// The reason that the document gets.
    pub fn reason(self) -> String {
        match self {
            Self::Fields => format!("the line has more than {MAX_FIELDS} different fields"),
            Self::Depth => format!("the line's objects are more than {MAX_OBJECT_DEPTH} levels deep"),
            Self::Name => format!("a name in the line is longer than {MAX_NAME_BYTES} bytes"),
        }
    }
}

/// What a look through some JSON found.
#[derive(Debug, Default)]
pub(crate) struct Survey<'m> {
    /// Why it cannot be fields.
    pub(crate) containment: Option<Containment>,
    /// It holds numbers that no field can hold.
    pub(crate) has_big_numbers: bool,
    /// A server takes it as it is written.
    pub(crate) is_plain: bool,
    /// A key that applications share has a value that its field does not take.
    pub(crate) has_misfits: bool,
    /// What the members at the top say that every line may say.
    pub(crate) lifted: Lifted<'m>,
    members: usize,
}

impl<'m> Survey<'m> {
    /// Looks through JSON that is known to be valid.
    pub(crate) fn of(json: &'m str) -> Self {
        let mut survey = Self { is_plain: true, ..Self::default() };
        let mut scanner = Scanner::new(json);
        // It was checked when the record was parsed.
        let _ = survey.value(&mut scanner, 0);
        if survey.members > MAX_FIELDS && has_more_fields(json, MAX_FIELDS) {
            survey.containment = Some(Containment::Fields);
        }
        survey.is_plain &= scanner.lone_surrogates == 0;
        survey
    }

    fn value(&mut self, scanner: &mut Scanner<'m>, depth: usize) -> Result<(), JsonError> {
        match scanner.kind()? {
            Kind::Object => {
                if depth >= MAX_OBJECT_DEPTH {
                    self.containment = Some(Containment::Depth);
                }
                scanner.open(b'{')?;
                let mut first = true;
                while scanner.next(first, b'}')? {
                    first = false;
                    let key = scanner.key()?;
                    self.members += 1;
                    // Dots in a name make objects too.
                    let dots = self.name(&key);
                    if depth == 0 {
                        self.lifted.take(&key, scanner);
                        self.has_misfits |= !self.has_misfits && is_misfit(&key, scanner);
                    }
                    self.value(scanner, depth + 1 + dots)?;
                }
            }
            Kind::Array => {
                scanner.open(b'[')?;
                let mut first = true;
                while scanner.next(first, b']')? {
                    first = false;
                    self.value(scanner, depth)?;
                }
            }
            Kind::Number => {
                if is_big(scanner.number()?) {
                    self.has_big_numbers = true;
                    self.is_plain = false;
                }
            }
            Kind::String => {
                scanner.string()?;
            }
            Kind::Bool | Kind::Null => {
                scanner.value()?;
            }
        }
        Ok(())
    }

    /// Looks at a name; the number of dots in it.
    fn name(&mut self, key: &Text<'_>) -> usize {
        if key.literal_len() > MAX_NAME_BYTES {
            self.containment = Some(Containment::Name);
        }
        let name = key.decode();
        self.is_plain &= is_usable(&name);
        let dots = name.bytes().filter(|byte| *byte == b'.').count();
        if dots > MAX_OBJECT_DEPTH {
            self.containment = Some(Containment::Depth);
        }
        dots
    }
}

/// Whether the value that a scanner stands before does not fit the field of its key.
fn is_misfit(key: &Text<'_>, scanner: &Scanner<'_>) -> bool {
    let mut scanner = scanner.clone();
    let is_scalar = scanner.kind().is_ok_and(|kind| !matches!(kind, Kind::Object | Kind::Array));
    let name = key.decode();
    if is_scalar && !may_refuse_scalars(&name) {
        return false;
    }
    let mut kinds = || {
        let mut kinds = Kinds::default();
        let _ = kinds.add(&mut scanner);
        kinds
    };
    !takes(&name, &mut kinds)
}

/// Whether a server takes a name: dots in it make objects, of which none may be without a name.
pub(crate) fn is_usable(name: &str) -> bool {
    // Nearly every name is one word.
    let is_word = |byte: u8| byte > b' ' && byte != b'.' && byte < 0x80;
    !name.is_empty() && name.bytes().all(is_word) || name.split('.').all(|segment| !is_blank(segment))
}

/// Whether a part of a name is none for a server, for which more characters are white space than for Rust.
pub(crate) fn is_blank(segment: &str) -> bool {
    segment.chars().all(|character| character.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&character))
}

/// Whether no numeric field holds a number as it is: numbers are doubles there, which have neighbours of beyond 2^53 as the same,
/// and none that is larger than they go.
pub(crate) fn is_big(number: &str) -> bool {
    // Longer ones are too long for the parsers of servers.
    if number.len() > MAX_NUMBER_BYTES {
        return true;
    }
    if number.len() <= 15 {
        // Only an exponent makes a short number large.
        return number.contains(['e', 'E']) && !number.parse().is_ok_and(f64::is_finite);
    }
    let is_integer = !number.contains(['.', 'e', 'E']);
    if is_integer {
        number.parse::<i64>().map_or(true, |integer| integer.unsigned_abs() > MAX_EXACT)
    } else {
        !number.parse().is_ok_and(f64::is_finite)
    }
}

/// Whether there are more different fields than `most`: the members of all objects of an array are the same fields.
fn has_more_fields(json: &str, most: usize) -> bool {
    let hasher = RandomState::new();
    let mut fields = HashSet::new();
    let _ = collect(&mut Scanner::new(json), 0, &hasher, most, &mut fields);
    fields.len() > most
}

fn collect(
    scanner: &mut Scanner<'_>,
    parent: u64,
    hasher: &RandomState,
    most: usize,
    fields: &mut HashSet<u64>,
) -> Result<(), JsonError> {
    let kind = scanner.kind()?;
    let (bracket, closing) = match kind {
        Kind::Object => (b'{', b'}'),
        Kind::Array => (b'[', b']'),
        _ => return scanner.value().map(|_| ()),
    };
    scanner.open(bracket)?;
    let mut first = true;
    while scanner.next(first, closing)? {
        first = false;
        let mut path = parent;
        if kind == Kind::Object {
            path = hasher.hash_one((parent, scanner.key()?.decode()));
            fields.insert(path);
        }
        if fields.len() > most {
            scanner.value()?;
        } else {
            collect(scanner, path, hasher, most, fields)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_no_field_holds() {
        for (number, expected) in [
            ("9007199254740992", false),
            ("-9007199254740992", false),
            ("9007199254740993", true),
            ("-9007199254740993", true),
            ("9223372036854775808", true),
            ("999999999999999", false),
            ("123456789012345678901", true),
            ("1e5", false),
            ("1e400", true),
            ("-1E400", true),
            ("1e0000000000000000000000400", true),
            ("123456789012345678901.5", false),
            ("0.1", false),
            ("0", false),
            (&format!("0.{}", "1".repeat(1000)), true),
        ] {
            assert_eq!(is_big(number), expected, "{number}");
        }
    }

    #[test]
    fn names_that_servers_take() {
        for (name, expected) in [
            ("a", true),
            ("a.b", true),
            ("a b", true),
            ("é", true),
            ("@timestamp", true),
            ("", false),
            (" ", false),
            (".", false),
            (".a", false),
            ("a.", false),
            ("a..b", false),
            ("a. .b", false),
            ("\u{a0}", false),
            ("\u{1c}", false),
        ] {
            assert_eq!(is_usable(name), expected, "{name:?}");
        }
    }

    #[test]
    fn fields_are_counted_once_and_objects_by_their_depth() {
        let members = |count: usize| (0..count).map(|n| format!("\"k{n}\":{n}")).collect::<Vec<_>>().join(",");
        let same = format!("[{}]", vec![r#"{"a":1,"b":{"c":2}}"#; 1000].join(","));
        let deep = |levels: usize| format!("{}1{}", "{\"a\":[".repeat(levels), "]}".repeat(levels));
        for (json, expected) in [
            (format!("{{{}}}", members(MAX_FIELDS)), None),
            (format!("{{{}}}", members(MAX_FIELDS + 1)), Some(Containment::Fields)),
            (same, None),
            (deep(MAX_OBJECT_DEPTH), None),
            (deep(MAX_OBJECT_DEPTH + 1), Some(Containment::Depth)),
            (format!("{{\"{}\":1}}", "n".repeat(MAX_NAME_BYTES + 1)), Some(Containment::Name)),
        ] {
            assert_eq!(Survey::of(&json).containment, expected, "{json:.60}");
        }
    }
}

//! A stream rule of a rules file, valid: what becomes of events on their way.

use logweir_filter_pattern::FilterPattern;
use logweir_log_formats::Dataset;

use crate::redaction::Redaction;
use crate::scope::Scope;

/// What becomes of the events of some log groups that match some pattern.
#[derive(Debug, Clone)]
pub struct Stream {
    /// Its name, under which what it drops is counted.
    pub name: String,
    /// Where it looks.
    pub scope: Scope,
    /// Which events it is for: those that match one of them, or all if there is none.
    pub patterns: Vec<FilterPattern>,
    /// Whether the events stay, if this rule says so; the first one that does decides.
    pub fate: Option<Fate>,
    /// What is left out of the events.
    pub redaction: Redaction,
    /// What is added to their extracted fields.
    pub fields: Vec<Field>,
    /// What they count as.
    pub dataset: Option<Dataset>,
    /// A piece of the name of their index.
    pub index: Option<String>,
    /// The folder within the archive's prefix that they lie in.
    pub prefix: Option<String>,
    /// Line of the file at which it begins.
    pub line: usize,
}

/// Whether events stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// All stay.
    Keep,
    /// None stays.
    Drop,
    /// Some stay.
    Sample(Share),
}

/// A share of all events, above none and below all, chosen by their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share(u64);

/// A field that is added to an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Where its value comes from.
    pub value: FieldValue,
}

/// Where the value of a field comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldValue {
    /// It is always the same.
    Text(String),
    /// It is taken out of the line: `$.a.b` of a JSON pattern, `$name` of a space-delimited one.
    Selector(String),
}

impl Share {
    /// A share between 0 and 1, neither included; nothing of another number.
    pub fn new(share: f64) -> Option<Self> {
        /// 2 to the power of 64.
        const ALL: f64 = 18_446_744_073_709_551_616.0;
        let is_share = share > 0.0 && share < 1.0;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of all, rounded down")]
        let share = Self((share * ALL) as u64);
        is_share.then_some(share)
    }

    /// Whether the event of an id stays, by a rule of a name: always the same, and for rules of different names independent.
    pub fn holds(self, rule: &str, id: &str) -> bool {
        mixed(&[rule, "\0", id]) < self.0
    }
}

/// A hash of a text in parts, eight bytes at a time: <https://xoshiro.di.unimi.it/splitmix64.c> for each. It may never change: what one
/// function keeps, another may not drop.
fn mixed(parts: &[&str]) -> u64 {
    let mut hash = 0_u64;
    for part in parts {
        for chunk in part.as_bytes().chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            hash = (hash ^ u64::from_le_bytes(word)).wrapping_add(0x9e37_79b9_7f4a_7c15);
            hash = (hash ^ hash >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            hash = (hash ^ hash >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            hash ^= hash >> 31;
        }
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_kept_and_independent() {
        let share = Share::new(0.1).expect("a share");
        let ids: Vec<String> = (0..100_000).map(|number| format!("3{number:055}")).collect();
        let kept = |rule: &str| ids.iter().filter(|id| share.holds(rule, id)).count();
        assert!((9_500..10_500).contains(&kept("a")) && (9_500..10_500).contains(&kept("b")));
        let both = ids.iter().filter(|id| share.holds("a", id) && share.holds("b", id)).count();
        assert!((850..1_150).contains(&both), "{both}");
        // Functions of all versions keep the same events.
        assert_eq!(mixed(&["health", "\0", &ids[7]]), 0x91de_df9b_4e62_66b3);
        assert!(Share::new(0.0).is_none() && Share::new(1.0).is_none() && Share::new(f64::NAN).is_none());
    }
}

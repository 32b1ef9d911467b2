//! Which alarms look at a log group, with their patterns as one set.

use std::collections::HashMap;

use logweir_filter_pattern::{PatternSet, SetError};

use crate::parse::Rules;

/// How many log groups are remembered.
const MAX_LOG_GROUPS: usize = 1_000;
/// How many sets of patterns are made beside that of all; one may take megabytes. Log groups with yet another choice of alarms ask all.
const MAX_SETS: usize = 8;

/// Sets of patterns by log group.
#[derive(Debug)]
pub(super) struct Applied {
    /// The patterns of all alarms, as they are put together.
    patterns: Vec<Vec<logweir_filter_pattern::FilterPattern>>,
    /// Those of all alarms first.
    sets: Vec<(PatternSet, Vec<(usize, usize)>)>,
    /// Which alarms a set of its own is for.
    numbers: HashMap<Vec<bool>, usize>,
    /// By owner, a zero character and log group.
    log_groups: HashMap<String, Option<Choice>>,
    name: String,
}

/// The alarms that look at a log group, and a set that holds their patterns.
#[derive(Debug)]
struct Choice {
    set: usize,
    /// Which alarms these are, if the set holds more.
    alarms: Option<Vec<bool>>,
}

/// The patterns that are looked for in a log group.
#[derive(Debug)]
pub(super) struct Set<'a> {
    pub(super) patterns: &'a PatternSet,
    /// For each pattern its alarm, and its number there.
    pub(super) owners: &'a [(usize, usize)],
    alarms: Option<&'a [bool]>,
}

impl Set<'_> {
    /// Whether an alarm of the set looks at the log group.
    pub(super) fn applies(&self, alarm: usize) -> bool {
        self.alarms.is_none_or(|alarms| alarms[alarm])
    }
}

/// Which alarms look at a log group.
pub(super) struct Scopes<'s> {
    pub(super) alarms: usize,
    pub(super) matches: &'s dyn Fn(usize) -> bool,
}

impl Applied {
    pub(super) fn new(rules: &Rules) -> Result<Self, SetError> {
        let patterns: Vec<_> = rules.alarms.iter().map(|alarm| alarm.patterns.clone()).collect();
        let all = vec![true; patterns.len()];
        // What cannot be put together fails here, and never later: any other set is smaller.
        let sets = vec![set_of(&patterns, &all)?];
        let numbers = HashMap::from([(all, 0)]);
        Ok(Self { patterns, sets, numbers, log_groups: HashMap::new(), name: String::new() })
    }

    /// The patterns of the alarms that look at a log group; nothing if none does.
    pub(super) fn of_log_group(&mut self, owner: &str, log_group: &str, scopes: &Scopes<'_>) -> Option<Set<'_>> {
        self.name.clear();
        self.name.extend([owner, "\0", log_group]);
        if !self.log_groups.contains_key(&self.name) {
            let choice = self.choose(scopes);
            if self.log_groups.len() == MAX_LOG_GROUPS {
                self.log_groups.clear();
            }
            self.log_groups.insert(self.name.clone(), choice);
        }
        let choice = self.log_groups.get(&self.name)?.as_ref()?;
        let (patterns, owners) = &self.sets[choice.set];
        Some(Set { patterns, owners, alarms: choice.alarms.as_deref() })
    }

    fn choose(&mut self, scopes: &Scopes<'_>) -> Option<Choice> {
        let alarms: Vec<bool> = (0..scopes.alarms).map(scopes.matches).collect();
        if !alarms.contains(&true) {
            return None;
        }
        if let Some(set) = self.numbers.get(&alarms) {
            return Some(Choice { set: *set, alarms: None });
        }
        if self.sets.len() <= MAX_SETS
            && let Ok(set) = set_of(&self.patterns, &alarms)
        {
            self.sets.push(set);
            self.numbers.insert(alarms, self.sets.len() - 1);
            return Some(Choice { set: self.sets.len() - 1, alarms: None });
        }
        Some(Choice { set: 0, alarms: Some(alarms) })
    }
}

fn set_of(
    patterns: &[Vec<logweir_filter_pattern::FilterPattern>],
    alarms: &[bool],
) -> Result<(PatternSet, Vec<(usize, usize)>), SetError> {
    let chosen = || patterns.iter().enumerate().filter(|(alarm, _)| alarms[*alarm]);
    let owners =
        chosen().flat_map(|(alarm, patterns)| (0..patterns.len()).map(move |number| (alarm, number))).collect();
    let set = PatternSet::new(chosen().flat_map(|(_, patterns)| patterns.iter().cloned()))?;
    Ok((set, owners))
}

//! Which rules look at a log group, with their patterns as one set.

use std::collections::HashMap;
use std::sync::Arc;

use logweir_filter_pattern::{FilterPattern, PatternSet, SetError};

/// How many log groups are remembered.
const MAX_LOG_GROUPS: usize = 1_000;
/// How many sets of patterns are made beside that of all; one may take megabytes. Log groups with yet another choice of rules ask all.
const MAX_SETS: usize = 8;

/// Sets of patterns by log group.
#[derive(Debug, Clone)]
pub(crate) struct ByLogGroup {
    /// The patterns of all rules, as they are put together.
    patterns: Vec<Vec<FilterPattern>>,
    /// Those of all rules first.
    sets: Vec<Arc<Owned>>,
    /// Which rules a set of its own is for.
    numbers: HashMap<Vec<bool>, usize>,
    /// By owner, a zero character and log group.
    log_groups: HashMap<String, Option<Choice>>,
    name: String,
}

/// Patterns, and for each its rule and its number there.
type Owned = (PatternSet, Vec<(usize, usize)>);

/// The rules that look at a log group, and a set that holds their patterns.
#[derive(Debug, Clone)]
struct Choice {
    set: usize,
    /// Which rules these are; the set may hold more.
    rules: Vec<bool>,
}

/// The patterns that are looked for in a log group.
#[derive(Debug)]
pub(crate) struct Set<'a> {
    pub(crate) patterns: &'a PatternSet,
    /// For each pattern its rule, and its number there.
    pub(crate) owners: &'a [(usize, usize)],
    rules: &'a [bool],
}

impl Set<'_> {
    /// Whether a rule looks at the log group.
    pub(crate) fn applies(&self, rule: usize) -> bool {
        self.rules[rule]
    }
}

impl ByLogGroup {
    /// Puts the patterns of each rule together.
    pub(crate) fn new(patterns: Vec<Vec<FilterPattern>>) -> Result<Self, SetError> {
        let all = vec![true; patterns.len()];
        // What cannot be put together fails here, and never later: any other set is smaller.
        let sets = vec![Arc::new(set_of(&patterns, &all)?)];
        let numbers = HashMap::from([(all, 0)]);
        Ok(Self { patterns, sets, numbers, log_groups: HashMap::new(), name: String::new() })
    }

    /// The patterns of the rules that look at a log group; nothing if none does.
    pub(crate) fn of_log_group(
        &mut self,
        owner: &str,
        log_group: &str,
        looks: impl Fn(usize) -> bool,
    ) -> Option<Set<'_>> {
        self.name.clear();
        self.name.extend([owner, "\0", log_group]);
        if !self.log_groups.contains_key(&self.name) {
            let choice = self.choose(looks);
            if self.log_groups.len() == MAX_LOG_GROUPS {
                self.log_groups.clear();
            }
            self.log_groups.insert(self.name.clone(), choice);
        }
        let choice = self.log_groups.get(&self.name)?.as_ref()?;
        let (patterns, owners) = self.sets[choice.set].as_ref();
        Some(Set { patterns, owners, rules: &choice.rules })
    }

    fn choose(&mut self, looks: impl Fn(usize) -> bool) -> Option<Choice> {
        let rules: Vec<bool> = (0..self.patterns.len()).map(looks).collect();
        if !rules.contains(&true) {
            return None;
        }
        if let Some(set) = self.numbers.get(&rules) {
            return Some(Choice { set: *set, rules });
        }
        if self.sets.len() <= MAX_SETS
            && let Ok(set) = set_of(&self.patterns, &rules)
        {
            self.sets.push(Arc::new(set));
            self.numbers.insert(rules.clone(), self.sets.len() - 1);
            return Some(Choice { set: self.sets.len() - 1, rules });
        }
        Some(Choice { set: 0, rules })
    }
}

fn set_of(patterns: &[Vec<FilterPattern>], rules: &[bool]) -> Result<Owned, SetError> {
    let chosen = || patterns.iter().enumerate().filter(|(rule, _)| rules[*rule]);
    let owners = chosen().flat_map(|(rule, patterns)| (0..patterns.len()).map(move |number| (rule, number))).collect();
    let set = PatternSet::new(chosen().flat_map(|(_, patterns)| patterns.iter().cloned()))?;
    Ok((set, owners))
}

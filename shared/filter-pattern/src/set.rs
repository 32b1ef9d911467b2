//! Many patterns over one message at once.

mod bits;
mod equalities;
mod exponents;
mod fragments;
mod gate;
mod literals;
mod matcher;
mod numbering;
mod plan;
mod sieve;

use std::fmt;
use std::ops::Range;

use equalities::{Equalities, are_all, equalities};
use gate::{Gate, PatternWords};
use literals::{Literals, piece};
pub use matcher::SetMatcher;
use numbering::Numbering;
use plan::{Meaning, Piece, Plan, Weight};

use crate::FilterPattern;
use crate::ast::Syntax;
use crate::matcher::{Matcher, Trie, triggers};

/// Patterns that are matched together: the words of all are looked for in one pass, a pattern none of whose words is there
/// costs nothing, and a message is read as JSON at most once.
///
/// ```
/// use logweir_filter_pattern::{FilterPattern, PatternSet};
///
/// let patterns = ["ERROR -timeout", "{ $.status = 404 }", "[level = WARN, ...]"];
/// let set = PatternSet::new(patterns.map(|pattern| FilterPattern::parse(pattern).expect("valid")))?;
/// let mut matcher = set.matcher();
/// assert_eq!(matcher.matches("ERROR at noon"), [0]);
/// assert_eq!(matcher.matches(r#"{"status":404,"level":"ERROR"}"#), [0, 1]);
/// assert!(matcher.matches("INFO fine").is_empty());
/// # Ok::<(), logweir_filter_pattern::SetError>(())
/// ```
#[derive(Debug)]
pub struct PatternSet {
    patterns: Vec<FilterPattern>,
    /// Rules out most messages before the literals are looked for.
    gate: Option<Gate>,
    literals: Option<Literals>,
    /// For each literal what its presence means.
    meanings: Vec<Meaning>,
    /// What holds for every message.
    always: Meaning,
    /// What holds for a message with `\u`, which may spell the words of JSON patterns in another way.
    if_escaped: Meaning,
    /// For each pattern how it is asked.
    plans: Vec<Plan>,
    /// The selectors of all JSON patterns.
    trie: Trie,
    /// JSON patterns that a value makes candidates.
    equalities: Equalities,
    /// All patterns are such: nothing is looked for that only a message's words could tell.
    only_values: bool,
    /// All patterns are JSON patterns: no other message matches.
    only_json: bool,
}

impl PatternSet {
    /// Puts patterns together; they keep their order.
    pub fn new(patterns: impl IntoIterator<Item = FilterPattern>) -> Result<Self, SetError> {
        let (mut literals, mut selectors) = (Numbering::new(), Numbering::new());
        let mut set = Self {
            patterns: patterns.into_iter().collect(),
            gate: None,
            literals: None,
            meanings: Vec::new(),
            always: Meaning::default(),
            if_escaped: Meaning::default(),
            plans: Vec::new(),
            trie: Trie::new(&[]),
            equalities: Equalities::default(),
            only_values: true,
            only_json: true,
        };
        let (mut worded, mut alone) = (Vec::new(), 0);
        for (number, pattern) in set.patterns.iter().enumerate() {
            let plan = match (&pattern.matcher, &pattern.syntax) {
                (Matcher::Terms(terms), _) => Plan::Terms(
                    terms
                        .literals()
                        .map(|literal| Piece {
                            number: literals.number(piece(literal)),
                            is_whole: piece(literal) == literal,
                        })
                        .collect(),
                ),
                (Matcher::Json(json), Syntax::Json(expression)) => {
                    let values = equalities(expression);
                    for equality in values.iter().flatten() {
                        set.equalities.add(number, equality, |selector| selectors.number(selector));
                    }
                    Plan::Json {
                        selectors: json.selectors().iter().map(|selector| selectors.number(selector)).collect(),
                        needs_value: values.is_some(),
                        is_decided: values.is_some() && are_all(expression),
                    }
                }
                _ => Plan::Alone,
            };
            let weight = plan.weight(&pattern.matcher);
            set.only_values &= weight == Weight::SuggestsValue;
            set.only_json &= matches!(plan, Plan::Json { .. });
            match triggers(&pattern.matcher, &pattern.syntax) {
                None => {
                    set.always.add(number, weight);
                    alone += usize::from(matches!(&plan, Plan::Terms(pieces) if !pieces.is_empty()));
                }
                Some(words) => {
                    if let Plan::Json { .. } = plan {
                        set.if_escaped.add(number, weight);
                    }
                    for word in words.iter() {
                        let literal = literals.number(piece(word));
                        set.meanings.resize_with(set.meanings.len().max(literal + 1), Meaning::default);
                        set.meanings[literal].add(number, weight);
                    }
                    worded.push(PatternWords { pattern: number, words, is_json: matches!(plan, Plan::Json { .. }) });
                }
            }
            set.plans.push(plan);
        }
        set.meanings.resize_with(literals.known.len(), Meaning::default);
        set.trie = Trie::new(&selectors.known);
        set.gate = Gate::new(&worded, alone);
        if !literals.known.is_empty() {
            let bytes = literals.known.iter().map(String::len).sum();
            set.literals = Some(Literals::new(&literals.known).map_err(|_| SetError { bytes })?);
        }
        Ok(set)
    }

    /// The patterns, in their order.
    pub fn patterns(&self) -> &[FilterPattern] {
        &self.patterns
    }

    /// Which bytes of a message made any of the patterns match, as of [`FilterPattern::highlights`].
    pub fn highlights(&self, message: &str) -> Vec<Range<usize>> {
        crate::merged(self.patterns.iter().flat_map(|pattern| pattern.highlights(message)).collect())
    }

    /// The way to match: keep it for many messages, as it uses its memory again.
    pub fn matcher(&self) -> SetMatcher<'_> {
        SetMatcher::new(self)
    }
}

/// The patterns of a set hold more literals than one automaton can look for (some hundred million bytes).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetError {
    bytes: usize,
}

impl std::error::Error for SetError {}

impl fmt::Display for SetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes of literals are too many for one set of patterns: use several sets", self.bytes)
    }
}

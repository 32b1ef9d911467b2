//! Many patterns over one message at once.

mod bits;
mod equalities;
mod literals;
mod matcher;
mod sieve;

use std::borrow::Borrow;
use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::ops::Range;

use equalities::{Equalities, are_all, equalities};
use literals::{Literals, piece};
pub use matcher::SetMatcher;

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
}

/// How a pattern is asked whether it matches.
#[derive(Debug)]
enum Plan {
    /// With the message.
    Alone,
    /// With the literals that were found: what was looked for of each of its own.
    Terms(Vec<Piece>),
    /// With the properties that were read.
    Json {
        /// The numbers of its selectors in the trie.
        selectors: Vec<usize>,
        /// Only a value makes it a candidate.
        needs_value: bool,
        /// It needs no more than such a value.
        is_decided: bool,
    },
}

/// What is looked for of a literal.
#[derive(Debug, Clone, Copy)]
struct Piece {
    number: usize,
    /// It is all of the literal.
    is_whole: bool,
}

/// What is known before a message is read as JSON.
#[derive(Debug, Clone, Default)]
struct Meaning {
    /// Patterns that match.
    matches: Vec<usize>,
    /// Patterns that may match.
    candidates: Vec<usize>,
    /// A pattern may match that only a value makes a candidate.
    values_may_match: bool,
}

/// What a word, or a value, of a pattern says when it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weight {
    /// The pattern matches.
    Decides,
    /// The pattern may match.
    Suggests,
    /// The pattern may match, if one of its values is there.
    SuggestsValue,
}

impl Meaning {
    fn add(&mut self, pattern: usize, weight: Weight) {
        match weight {
            Weight::Decides => self.matches.push(pattern),
            Weight::Suggests => self.candidates.push(pattern),
            Weight::SuggestsValue => self.values_may_match = true,
        }
    }
}

impl Plan {
    /// What it says when one of the pattern's words is there.
    fn weight(&self, matcher: &Matcher) -> Weight {
        match (self, matcher) {
            (_, Matcher::Everything) => Weight::Decides,
            (Self::Json { needs_value: true, .. }, _) => Weight::SuggestsValue,
            (Self::Terms(pieces), Matcher::Terms(terms))
                if terms.needs_one_literal() && pieces.iter().all(|piece| piece.is_whole) =>
            {
                Weight::Decides
            }
            _ => Weight::Suggests,
        }
    }
}

impl PatternSet {
    /// Puts patterns together; they keep their order.
    pub fn new(patterns: impl IntoIterator<Item = FilterPattern>) -> Result<Self, SetError> {
        let (mut literals, mut selectors) = (Numbering::new(), Numbering::new());
        let mut set = Self {
            patterns: patterns.into_iter().collect(),
            literals: None,
            meanings: Vec::new(),
            always: Meaning::default(),
            if_escaped: Meaning::default(),
            plans: Vec::new(),
            trie: Trie::new(&[]),
            equalities: Equalities::default(),
            only_values: true,
        };
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
            match triggers(&pattern.matcher, &pattern.syntax) {
                None => set.always.add(number, weight),
                Some(words) => {
                    if let Plan::Json { .. } = plan {
                        set.if_escaped.add(number, weight);
                    }
                    for word in words {
                        let literal = literals.number(piece(&word));
                        set.meanings.resize_with(set.meanings.len().max(literal + 1), Meaning::default);
                        set.meanings[literal].add(number, weight);
                    }
                }
            }
            set.plans.push(plan);
        }
        set.meanings.resize_with(literals.known.len(), Meaning::default);
        set.trie = Trie::new(&selectors.known);
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

/// Numbers for different things, as they come.
#[derive(Debug)]
struct Numbering<T> {
    known: Vec<T>,
    numbers: HashMap<T, usize>,
}

impl<T: Clone + Eq + Hash> Numbering<T> {
    fn new() -> Self {
        Self { known: Vec::new(), numbers: HashMap::new() }
    }

    fn number<Q: Eq + Hash + ToOwned<Owned = T> + ?Sized>(&mut self, thing: &Q) -> usize
    where
        T: Borrow<Q>,
    {
        if let Some(number) = self.numbers.get(thing) {
            return *number;
        }
        let number = self.known.len();
        self.known.push(thing.to_owned());
        self.numbers.insert(thing.to_owned(), number);
        number
    }
}

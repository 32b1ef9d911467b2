//! Many patterns over one message at once.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::FilterPattern;
use crate::matcher::{Captures, Fields, Matcher, Trie, looks_like_json, triggers};

/// Literals of this many bytes in all get the fastest automaton, whose memory is up to a thousand times that.
const MAX_DFA_BYTES: usize = 8_192;

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
    /// Searches for all literals.
    literals: Option<AhoCorasick>,
    /// For each literal the patterns that may match when it is there.
    triggered: Vec<Vec<usize>>,
    /// Patterns that may match whatever is there.
    always: Vec<usize>,
    /// JSON patterns that are triggered by a word, which a message with `\u` may spell otherwise.
    triggered_json: Vec<usize>,
    /// For each pattern of terms the numbers of its literals.
    literals_of: Vec<Vec<usize>>,
    trie: Trie,
    /// For each JSON pattern the numbers of its selectors in the trie.
    selectors_of: Vec<Vec<usize>>,
}

impl PatternSet {
    /// Puts patterns together; they keep their order.
    pub fn new(patterns: impl IntoIterator<Item = FilterPattern>) -> Result<Self, SetError> {
        let patterns: Vec<_> = patterns.into_iter().collect();
        let (mut literals, mut selectors) = (Numbering::new(), Numbering::new());
        let (mut triggered, mut always, mut triggered_json) = (Vec::new(), Vec::new(), Vec::new());
        let (mut literals_of, mut selectors_of) = (Vec::new(), Vec::new());
        for (number, pattern) in patterns.iter().enumerate() {
            literals_of.push(match &pattern.matcher {
                Matcher::Terms(terms) => terms.literals().map(|literal| literals.number(literal)).collect(),
                _ => Vec::new(),
            });
            selectors_of.push(match &pattern.matcher {
                Matcher::Json(json) => json.selectors().iter().map(|selector| selectors.number(selector)).collect(),
                _ => Vec::new(),
            });
            let Some(words) = triggers(&pattern.matcher, &pattern.syntax) else {
                always.push(number);
                continue;
            };
            if let Matcher::Json(_) = pattern.matcher {
                triggered_json.push(number);
            }
            for word in words {
                let literal = literals.number(&word);
                triggered.resize_with(triggered.len().max(literal + 1), Vec::new);
                triggered[literal].push(number);
            }
        }
        triggered.resize_with(literals.known.len(), Vec::new);
        Ok(Self {
            literals: automaton(&literals.known)?,
            trie: Trie::new(&selectors.known),
            patterns,
            triggered,
            always,
            triggered_json,
            literals_of,
            selectors_of,
        })
    }

    /// The patterns, in their order.
    pub fn patterns(&self) -> &[FilterPattern] {
        &self.patterns
    }

    /// The way to match: keep it for many messages, as it uses its memory again.
    pub fn matcher(&self) -> SetMatcher<'_> {
        SetMatcher {
            set: self,
            message: 0,
            found: vec![0; self.triggered.len()],
            considered: vec![0; self.patterns.len()],
            candidates: Vec::new(),
            captures: Captures::new(&self.trie),
        }
    }
}

/// Matches messages against all patterns of a set.
#[derive(Debug)]
pub struct SetMatcher<'s> {
    set: &'s PatternSet,
    /// Number of the message, from 1.
    message: u64,
    /// For each literal the last message that held it.
    found: Vec<u64>,
    /// For each pattern the last message that it was a candidate for.
    considered: Vec<u64>,
    candidates: Vec<usize>,
    captures: Captures,
}

impl SetMatcher<'_> {
    /// The numbers of the patterns that match, in their order.
    pub fn matches(&mut self, message: &str) -> &[usize] {
        self.message += 1;
        self.candidates.clear();
        self.candidates.extend(&self.set.always);
        self.find_literals(message);
        let is_json = !self.set.trie.is_empty() && looks_like_json(message);
        if is_json && !self.set.triggered_json.is_empty() && memchr::memmem::find(message.as_bytes(), b"\\u").is_some()
        {
            self.consider(&self.set.triggered_json);
        }
        let Self { set, message: number, found, candidates, captures, .. } = self;
        let mut fields = Fields::new(message);
        let mut is_read = None;
        candidates.retain(|pattern| match &set.patterns[*pattern].matcher {
            Matcher::Everything => true,
            Matcher::Terms(terms) => {
                let literals = &set.literals_of[*pattern];
                terms.matches_with(message, |literal| found[literals[literal]] == *number)
            }
            Matcher::Delimited(delimited) => delimited.matches(&mut fields),
            Matcher::Json(json) => {
                let selectors = &set.selectors_of[*pattern];
                is_json
                    && *is_read.get_or_insert_with(|| captures.read(&set.trie, message))
                    && json.holds(captures, message, |selector| selectors[selector])
            }
        });
        self.candidates.sort_unstable();
        &self.candidates
    }

    fn find_literals(&mut self, message: &str) {
        let set = self.set;
        let Some(literals) = &set.literals else { return };
        for literal in literals.find_overlapping_iter(message) {
            let literal = literal.pattern().as_usize();
            if std::mem::replace(&mut self.found[literal], self.message) != self.message {
                self.consider(&set.triggered[literal]);
            }
        }
    }

    fn consider(&mut self, patterns: &[usize]) {
        for pattern in patterns {
            if std::mem::replace(&mut self.considered[*pattern], self.message) != self.message {
                self.candidates.push(*pattern);
            }
        }
    }
}

fn automaton(literals: &[String]) -> Result<Option<AhoCorasick>, SetError> {
    if literals.is_empty() {
        return Ok(None);
    }
    let bytes: usize = literals.iter().map(String::len).sum();
    let kind = (bytes <= MAX_DFA_BYTES).then_some(AhoCorasickKind::DFA);
    let automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).kind(kind).build(literals);
    automaton.map(Some).map_err(|_| SetError { bytes })
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

    fn number(&mut self, thing: &T) -> usize {
        if let Some(number) = self.numbers.get(thing) {
            return *number;
        }
        let number = self.known.len();
        self.known.push(thing.clone());
        self.numbers.insert(thing.clone(), number);
        number
    }
}

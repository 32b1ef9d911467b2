//! Terms, each with its searcher.

use std::ops::Range;

use memchr::memmem::Finder;

use crate::ast::{Role, Term, TermText};

/// Places of a regular expression that are named: each may need the rest of the message to be searched.
const MAX_HIGHLIGHTS: usize = 64;

/// Terms by their role.
#[derive(Debug, Clone)]
pub(crate) struct TermsMatcher {
    literals: Vec<Literal>,
    required: Vec<Search>,
    /// One of them must be there, if there are any.
    optional: Vec<Search>,
    excluded: Vec<Search>,
    /// What every message holds is excluded.
    never: bool,
}

#[derive(Debug, Clone)]
struct Literal {
    text: String,
    finder: Finder<'static>,
}

#[derive(Debug, Clone)]
enum Search {
    /// The place of a literal.
    Literal(usize),
    Regex(regex::Regex),
}

impl TermsMatcher {
    pub(super) fn new(terms: &[Term]) -> Self {
        let mut matcher = Self {
            literals: Vec::new(),
            required: Vec::new(),
            optional: Vec::new(),
            excluded: Vec::new(),
            never: false,
        };
        // "If you combine them with other terms, ? terms are ignored."
        let only_optional = terms.iter().all(|term| term.role == Role::Optional);
        for term in terms {
            // Blanks alone are in every message.
            let blank = matches!(&term.text, TermText::Literal(text) if text.trim_ascii().is_empty());
            match (term.role, blank) {
                (Role::Excluded, true) => matcher.never = true,
                (Role::Optional, true) if only_optional => return Self { optional: Vec::new(), ..matcher },
                (Role::Required, false) => {
                    let search = matcher.search(&term.text);
                    matcher.required.push(search);
                }
                (Role::Excluded, false) => {
                    let search = matcher.search(&term.text);
                    matcher.excluded.push(search);
                }
                (Role::Optional, false) if only_optional => {
                    let search = matcher.search(&term.text);
                    matcher.optional.push(search);
                }
                // Nothing to look for, or nothing that counts.
                (Role::Required | Role::Optional, _) => {}
            }
        }
        matcher
    }

    fn search(&mut self, text: &TermText) -> Search {
        match text {
            TermText::Regex(regex) => Search::Regex(regex.engine().clone()),
            TermText::Literal(text) => {
                let finder = Finder::new(text.as_bytes()).into_owned();
                self.literals.push(Literal { text: text.clone(), finder });
                Search::Literal(self.literals.len() - 1)
            }
        }
    }

    /// The literals that are looked for.
    pub(crate) fn literals(&self) -> impl Iterator<Item = &String> {
        self.literals.iter().map(|literal| &literal.text)
    }

    /// Whether a message holds one of [`TermsMatcher::literals`].
    pub(crate) fn finds(&self, literal: usize, message: &str) -> bool {
        self.literals[literal].finder.find(message.as_bytes()).is_some()
    }

    pub(super) fn matches(&self, message: &str) -> bool {
        self.matches_with(message, |literal| self.finds(literal, message))
    }

    /// Whether a message matches when `has` knows which of [`TermsMatcher::literals`] it holds.
    pub(crate) fn matches_with(&self, message: &str, has: impl Fn(usize) -> bool) -> bool {
        let found = |search: &Search| match search {
            Search::Literal(literal) => has(*literal),
            Search::Regex(regex) => regex.is_match(message),
        };
        !self.never
            && self.required.iter().all(found)
            && !self.excluded.iter().any(found)
            && (self.optional.is_empty() || self.optional.iter().any(found))
    }

    /// Whether a message matches as soon as it holds one of [`TermsMatcher::literals`].
    pub(crate) fn needs_one_literal(&self) -> bool {
        let is_literal = |search: &Search| matches!(search, Search::Literal(_));
        let is_one = self.required.len() == 1 || self.required.is_empty() && !self.optional.is_empty();
        !self.never && self.excluded.is_empty() && is_one && self.required.iter().chain(&self.optional).all(is_literal)
    }

    /// Literals of which a message that matches holds one at least; nothing if that cannot be said.
    pub(super) fn triggers(&self) -> Option<Vec<String>> {
        let literal = |search: &Search| match search {
            Search::Literal(literal) => Some(self.literals[*literal].text.clone()),
            Search::Regex(_) => None,
        };
        let longest = self.required.iter().filter_map(literal).max_by_key(String::len);
        match longest {
            Some(longest) => Some(vec![longest]),
            None if self.optional.is_empty() => None,
            None => self.optional.iter().map(literal).collect(),
        }
    }

    /// Where the terms of a matching message are.
    pub(crate) fn highlights(&self, message: &str) -> Vec<Range<usize>> {
        let mut places = Vec::new();
        for search in self.required.iter().chain(&self.optional) {
            match search {
                Search::Literal(literal) => {
                    let Literal { text, finder } = &self.literals[*literal];
                    places.extend(finder.find_iter(message.as_bytes()).map(|at| at..at + text.len()));
                }
                Search::Regex(regex) => {
                    let found = regex.find_iter(message).take(MAX_HIGHLIGHTS).map(|found| found.range());
                    places.extend(found);
                }
            }
        }
        places
    }
}

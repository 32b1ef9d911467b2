//! Numbers for different things.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

/// Numbers for different things, as they come.
#[derive(Debug)]
pub(super) struct Numbering<T> {
    pub(super) known: Vec<T>,
    numbers: HashMap<T, usize>,
}

impl<T: Clone + Eq + Hash> Numbering<T> {
    pub(super) fn new() -> Self {
        Self { known: Vec::new(), numbers: HashMap::new() }
    }

    pub(super) fn number<Q: Eq + Hash + ToOwned<Owned = T> + ?Sized>(&mut self, thing: &Q) -> usize
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

//! What came of the documents of an invocation.

use logweir_search::{Conflict, Refused, Source};

/// What became of the documents of one body or of all.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// How many are there now.
    pub(crate) created: usize,
    /// How many were there before.
    pub(crate) existed: usize,
    /// How many times members moved into the flat field.
    pub(crate) moved: usize,
    /// What the server did not take where it stood.
    pub(crate) conflicts: Vec<Conflict>,
    /// How many have their line set aside as text.
    pub(crate) set_aside: usize,
    /// Those that the server takes in no form.
    pub(crate) refused: Vec<Refused>,
    /// Those that it did not take in time.
    pub(crate) undelivered: Vec<Source>,
    /// Why not; of many reasons one.
    pub(crate) problem: Option<String>,
}

impl Report {
    /// Notes why documents wait, unless it is known already.
    pub(crate) fn hold(&mut self, problem: String) {
        self.problem.get_or_insert(problem);
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.created += other.created;
        self.existed += other.existed;
        self.moved += other.moved;
        self.conflicts.extend(other.conflicts);
        self.set_aside += other.set_aside;
        self.refused.extend(other.refused);
        self.undelivered.extend(other.undelivered);
        self.problem = self.problem.take().or(other.problem);
    }
}

//! What a server says of a document that it does not take, and what that teaches about the next.

use std::collections::{HashMap, HashSet};

use crate::kinds::Kinds;

/// Most conflicts that are remembered of an index; more of them are met one by one.
const MAX_REMEMBERED: usize = 1000;

/// A field of an index does not take such values.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Conflict {
    /// The index.
    pub index: String,
    /// The field's path.
    pub path: String,
    /// What values it does not take.
    pub kinds: Kinds,
}

/// The conflicts that were met.
#[derive(Debug, Clone, Default)]
pub struct Conflicts(HashMap<String, HashMap<String, HashSet<Kinds>>>);

impl Conflicts {
    /// Remembers one.
    pub fn add(&mut self, Conflict { index, path, kinds }: Conflict) {
        let of_index = self.0.entry(index).or_default();
        if of_index.len() < MAX_REMEMBERED {
            of_index.entry(path).or_default().insert(kinds);
        }
    }

    /// Whether none was met in an index.
    pub(crate) fn has_none_in(&self, index: &str) -> bool {
        !self.0.contains_key(index)
    }

    /// Whether such a value met one.
    pub(crate) fn has(&self, index: &str, path: &str, kinds: Kinds) -> bool {
        let of_index = self.0.get(index);
        of_index.and_then(|paths| paths.get(path)).is_some_and(|refused| refused.contains(&kinds))
    }
}

/// What a server complains of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Complaint<'d> {
    /// Of what stands at a path.
    Member(&'d str),
    /// Of a name that stands twice in an object.
    Repetition,
    /// Of too many fields in the index.
    TooManyFields,
    /// Of something else.
    Other,
}

impl<'d> Complaint<'d> {
    /// Reads a server's words. All servers put the path of a field into brackets, whatever else they say.
    pub(crate) fn of(words: &'d str) -> Self {
        // A server may quote the document, which may hold anything.
        let unquoted = words.split("at [Source").next().unwrap_or_default();
        let bracketed = unquoted.split('[').filter_map(|rest| rest.split_once(']').map(|(name, _)| name));
        let is_of_line = |name: &&str| ["json.", "json_big.", "aws."].iter().any(|root| name.starts_with(root));
        if let Some(path) = { bracketed }.find(is_of_line) {
            return Self::Member(path);
        }
        if words.contains("Limit of total fields") {
            Self::TooManyFields
        } else if words.contains("Duplicate") {
            Self::Repetition
        } else {
            Self::Other
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words of OpenSearch 2.19 and 3.8, and of Elasticsearch 8.19.
    #[test]
    fn servers_name_the_field_in_brackets() {
        for (words, expected) in [
            (
                "mapper_parsing_exception: failed to parse field [json.level] of type [double] in document with id 'a'. Preview of field's value: '[json.x]'",
                Complaint::Member("json.level"),
            ),
            (
                "document_parsing_exception: [1:20] object mapping for [json.a.b c] tried to parse field [b c] as object, but found a concrete value",
                Complaint::Member("json.a.b c"),
            ),
            (
                "illegal_argument_exception: can't merge a non object mapping [json.n] with an object mapping",
                Complaint::Member("json.n"),
            ),
            (
                "illegal_argument_exception: mapper [aws.waf.n] cannot be changed from type [double] to [keyword]",
                Complaint::Member("aws.waf.n"),
            ),
            (
                "mapper_parsing_exception: Could not dynamically add mapping for field [level.sub]. Existing mapping for [json.level] must be of type object but found [keyword].",
                Complaint::Member("json.level"),
            ),
            (
                "document_parsing_exception: [1:19] failed to parse: [1:24] Duplicate field 'd'\n at [Source: (byte[])\"{\"message\":\"[json.x]\"",
                Complaint::Repetition,
            ),
            ("mapper_parsing_exception: failed to parse: Duplicate Object property \"d\"", Complaint::Repetition),
            ("illegal_argument_exception: Limit of total fields [2000] has been exceeded", Complaint::TooManyFields),
            ("failed to parse field [json.cut", Complaint::Other),
        ] {
            assert_eq!(Complaint::of(words), expected, "{words}");
        }
    }
}

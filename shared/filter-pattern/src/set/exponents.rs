//! Numbers with an exponent among the fields of a message. `4e` is a part of `4.04e2` and stands in every other
//! hexadecimal id: it is worth a closer look only where a field begins with the number.

use std::collections::BTreeSet;

use aho_corasick::packed::Searcher;

/// Looks for numbers that are fields by what stands before their exponent.
#[derive(Debug)]
pub(super) struct Exponents {
    searcher: Searcher,
}

impl Exponents {
    /// A part is a digit or a point, and an `e`.
    pub(super) fn new(parts: &BTreeSet<&String>) -> Option<Self> {
        Searcher::new(parts).map(|searcher| Self { searcher })
    }

    /// Whether a message, or a canonical literal of it, may have such a field.
    pub(super) fn are_in(&self, message: &str) -> bool {
        let bytes = message.as_bytes();
        self.searcher.find_iter(message).any(|part| is_field(&bytes[..part.end() - 1], bytes.get(part.end()).copied()))
    }
}

/// Whether what stands before an `e` may be a field's number, with an exponent behind it.
fn is_field(before: &[u8], behind: Option<u8>) -> bool {
    let begin = before.iter().rposition(|byte| !matches!(byte, b'0'..=b'9' | b'.'));
    let begin = begin.map_or(&[][..], |last| &before[..=last]);
    behind.is_some_and(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-'))
        && begins_field(begin.strip_suffix(b"+").or(begin.strip_suffix(b"-")).unwrap_or(begin))
}

/// Whether a field may begin behind these bytes: with the message, or behind a quotation mark, a bracket or a blank, as
/// it is or escaped.
fn begins_field(before: &[u8]) -> bool {
    match before {
        [] | [.., b'"' | b'[' | b']'] | [.., b'\\', b't' | b'n' | b'r' | b'f'] => true,
        [.., last] => last.is_ascii_whitespace(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn finds(message: &str) -> bool {
        let parts = ["4e", "4E", "0e", "0E", ".e", ".E"].map(str::to_owned);
        Exponents::new(&parts.iter().collect()).is_none_or(|exponents| exponents.are_in(message))
    }

    #[test]
    fn hexadecimal_ids_are_no_numbers() {
        for message in ["trace a04e55 c0e1", "id ab12-4e5f-8", "x4e2", "4ex", "4e", "1.4ee5", "é4e2", ""] {
            assert!(!finds(&format!("{}{message}", " ".repeat(40))), "{message}");
        }
        for message in ["4.04e2", "a 404e0", "[+4.04E+2]", "\"-4040e-1\" x", "[x]404.e0", r"a\t4.04e2", "x\n4.04e2 y"] {
            assert!(finds(message) && finds(&format!("{message}{}", " 7e1".repeat(20))), "{message}");
        }
        // In time linear in the message.
        assert!(!finds(&format!("x{}", "4e4".repeat(1_000_000))) && !finds(&format!("x{}", "4".repeat(3_000_000))));
    }

    proptest! {
        #[test]
        fn every_number_among_the_fields_is_found(
            before in "([ \t]|a\"|\\[|\"x\")?",
            number in "[+-]?[0-9]{0,3}(4|0|\\.)[eE][+-]?[0-9]{1,3}",
            behind in "([ \"\\]].{0,40})?",
        ) {
            prop_assert!(finds(&(before + &number + &behind)));
        }
    }
}

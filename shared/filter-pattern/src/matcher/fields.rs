//! A message taken apart into fields.
//!
//! Fields stand between blanks; what stands between two quotation marks or between brackets is one field, without them.
//! Such a delimiter counts where a field begins; one that is never closed is a character like others.

use std::ops::Range;

/// The fields of a message, found as they are asked for.
#[derive(Debug)]
pub(crate) struct Fields<'m> {
    message: &'m str,
    /// Without the blanks at the end.
    end: usize,
    position: usize,
    found: Vec<Place>,
    /// A `"` or a `]` was looked for in vain: none stands behind that place, and openers that are never closed do not each
    /// search the whole message again.
    no_more_quotes: bool,
    no_more_brackets: bool,
}

/// Where a field is: with its delimiters, and without.
#[derive(Debug, Clone)]
struct Place {
    begin: usize,
    text: Range<usize>,
}

/// The memory of a message's fields, to be used again for the next.
#[derive(Debug, Default)]
pub(crate) struct FieldsBuffer(Vec<Place>);

impl<'m> Fields<'m> {
    pub(crate) fn new(message: &'m str) -> Self {
        Self::within(message, FieldsBuffer::default())
    }

    /// The fields of a message in memory that was used before.
    pub(crate) fn within(message: &'m str, FieldsBuffer(mut found): FieldsBuffer) -> Self {
        found.clear();
        let end = message.trim_ascii_end().len();
        Self { message, end, position: 0, found, no_more_quotes: false, no_more_brackets: false }
    }

    /// The memory.
    pub(crate) fn into_buffer(self) -> FieldsBuffer {
        FieldsBuffer(self.found)
    }

    /// Where the field at `index` is, from 0.
    pub(crate) fn place(&mut self, index: usize) -> Option<Range<usize>> {
        while self.found.len() <= index {
            let place = self.split_next()?;
            self.found.push(place);
        }
        Some(self.found[index].text.clone())
    }

    /// Where the rest of the message from field `index` on is: as it is written, unless it is one field.
    pub(crate) fn place_of_rest(&mut self, index: usize) -> Option<Range<usize>> {
        let single = self.place(index)?;
        if self.place(index + 1).is_none() {
            return Some(single);
        }
        Some(self.found[index].begin..self.end)
    }

    /// How many fields there are.
    pub(crate) fn count(&mut self) -> usize {
        while let Some(place) = self.split_next() {
            self.found.push(place);
        }
        self.found.len()
    }

    /// The text at a place.
    pub(crate) fn text(&self, place: Range<usize>) -> &'m str {
        &self.message[place]
    }

    fn split_next(&mut self) -> Option<Place> {
        let bytes = &self.message.as_bytes()[..self.end];
        while bytes.get(self.position).is_some_and(u8::is_ascii_whitespace) {
            self.position += 1;
        }
        let begin = self.position;
        let closing = match bytes.get(begin)? {
            b'"' => closing(b'"', bytes, begin, &mut self.no_more_quotes),
            b'[' => closing(b']', bytes, begin, &mut self.no_more_brackets),
            _ => None,
        };
        if let Some(closing) = closing {
            self.position = closing + 1;
            return Some(Place { begin, text: begin + 1..closing });
        }
        self.position = next_blank(bytes, begin);
        Some(Place { begin, text: begin..self.position })
    }
}

fn closing(delimiter: u8, bytes: &[u8], opening: usize, no_more: &mut bool) -> Option<usize> {
    if *no_more {
        return None;
    }
    let found = memchr::memchr(delimiter, &bytes[opening + 1..]);
    *no_more = found.is_none();
    found.map(|at| opening + 1 + at)
}

/// Where the next blank is, or the end: eight bytes at once.
fn next_blank(bytes: &[u8], begin: usize) -> usize {
    let mut at = begin;
    while let Some(word) = bytes[at..].first_chunk() {
        let length = up_to_blank_or_control(u64::from_le_bytes(*word));
        at += length;
        if length < 8 {
            if bytes[at].is_ascii_whitespace() {
                return at;
            }
            at += 1;
        }
    }
    at + bytes[at..].iter().take_while(|byte| !byte.is_ascii_whitespace()).count()
}

/// How many bytes of a word, from the lowest on, are above a blank, which no white space is.
fn up_to_blank_or_control(word: u64) -> usize {
    const ONES: u64 = u64::MAX / 255;
    // The highest bit of each byte that is less than 0x21. A borrow may set it in bytes above such a one, never below.
    let hits = word.wrapping_sub(0x21 * ONES) & !word & (0x80 * ONES);
    hits.trailing_zeros() as usize / 8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(message: &str) -> Vec<&str> {
        let mut fields = Fields::new(message);
        let count = fields.count();
        (0..count).filter_map(|index| fields.place(index)).map(|place| &message[place]).collect()
    }

    #[test]
    fn quotes_and_brackets_hold_a_field_together() {
        assert_eq!(
            split("127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] \"GET / HTTP/1.0\" 200 1534"),
            ["127.0.0.1", "-", "frank", "10/Oct/2000:13:25:15 -0700", "GET / HTTP/1.0", "200", "1534"]
        );
        assert_eq!(split("  a\t\tb \r\n"), ["a", "b"]);
        assert_eq!(split("a \"\" [] b"), ["a", "", "", "b"]);
        assert_eq!(split("[INFO]: x"), ["INFO", ":", "x"]);
        assert_eq!(split(""), [""; 0]);
        assert_eq!(split(" \n"), [""; 0]);
    }

    #[test]
    fn what_is_never_closed_is_a_character() {
        assert_eq!(split("\"a b"), ["\"a", "b"]);
        assert_eq!(split("[a b"), ["[a", "b"]);
        assert_eq!(split("a\"b c\""), ["a\"b", "c\""]);
        assert_eq!(split("a \""), ["a", "\""]);
        assert_eq!(split("5\" disk \"x y\""), ["5\"", "disk", "x y"]);
        assert_eq!(split("[f \"a b\" \"c [d"), ["[f", "a b", "\"c", "[d"]);
        // In time linear in the message.
        assert_eq!(split(&"[ ".repeat(500_000)).len(), 500_000);
    }

    #[test]
    fn blanks_are_found_wherever_they_stand() {
        // Each byte below 0x80 between bytes of all kinds: a blank ends the field, a control character does not.
        for between in (0..0x80).map(char::from).filter(|between| !matches!(between, '"' | '[' | ']')) {
            for before in 0..20 {
                let message = format!("{}{between}\u{1}é!\u{7f}{between}{}", "x".repeat(before), "y".repeat(before));
                let expected: Vec<_> = message.split_ascii_whitespace().collect();
                assert_eq!(split(&message), expected, "{message:?}");
            }
        }
    }

    #[test]
    fn the_rest_is_as_it_is_written_unless_it_is_one_field() {
        let rest = |message: &'static str, index| {
            let mut fields = Fields::new(message);
            fields.place_of_rest(index).map(|place| fields.text(place))
        };
        assert_eq!(rest("a [b  c]  \"d\" \n", 1), Some("[b  c]  \"d\""));
        assert_eq!(rest("a \"b c\"\n", 1), Some("b c"));
        assert_eq!(rest("a", 1), None);
    }
}

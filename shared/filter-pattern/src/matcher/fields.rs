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
    /// No `"` and no `]` stands behind these places: without them, openers that are never closed would each search the
    /// whole message again.
    last_quote: Option<usize>,
    last_bracket: Option<usize>,
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
        let bytes = &message.as_bytes()[..end];
        Self {
            message,
            end,
            position: 0,
            found,
            last_quote: memchr::memrchr(b'"', bytes),
            last_bracket: memchr::memrchr(b']', bytes),
        }
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
            b'"' => self.last_quote.filter(|last| *last > begin).and_then(|_| closing(b'"', bytes, begin)),
            b'[' => self.last_bracket.filter(|last| *last > begin).and_then(|_| closing(b']', bytes, begin)),
            _ => None,
        };
        if let Some(closing) = closing {
            self.position = closing + 1;
            return Some(Place { begin, text: begin + 1..closing });
        }
        let length = bytes[begin..].iter().take_while(|byte| !byte.is_ascii_whitespace()).count();
        self.position = begin + length;
        Some(Place { begin, text: begin..begin + length })
    }
}

fn closing(delimiter: u8, bytes: &[u8], opening: usize) -> Option<usize> {
    memchr::memchr(delimiter, &bytes[opening + 1..]).map(|at| opening + 1 + at)
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
        // In time linear in the message.
        assert_eq!(split(&"[ ".repeat(500_000)).len(), 500_000);
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

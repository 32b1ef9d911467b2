//! Strings, found without unescaping them: the inner loop of the whole decoder.

use super::{JsonError, Scanner};
use crate::block::{BLOCK, Block, first_hit};
use crate::text::{Escapes, Text};

impl<'a> Scanner<'a> {
    /// A string, kept as the literal it is.
    #[inline]
    pub fn string(&mut self) -> Result<Text<'a>, JsonError> {
        self.expect(b'"', "a string was expected")?;
        match self.short_string() {
            Some(text) => Ok(text),
            None => self.string_body(),
        }
    }

    /// The rest of a string of less than sixteen bytes without an escape, as most keys are: two words are cheaper than a
    /// block.
    #[inline]
    fn short_string(&mut self) -> Option<Text<'a>> {
        let start = self.position;
        let words: &[u8; 16] = self.bytes()[start..].first_chunk()?;
        let (first, second) = (first_hit(*words.first_chunk()?), first_hit(*words.last_chunk()?));
        let length = if first < 8 { first } else { 8 + second };
        if words.get(length) != Some(&b'"') {
            return None;
        }
        self.position = start + length + 1;
        Some(Text::from_literal(&self.text[start..start + length], Escapes::NONE))
    }

    /// The rest of a string whose opening quote is already stepped over.
    #[inline]
    pub fn string_body(&mut self) -> Result<Text<'a>, JsonError> {
        let start = self.position;
        match self.close_string() {
            Some(escapes) => Ok(Text::from_literal(&self.text[start..self.position - 1], escapes)),
            None => Err(self.string_error()),
        }
    }

    /// The rest of a string of exactly `N` digits, whose opening quote is already stepped over: as cheap as a look at
    /// whether it is one. Nothing, and takes nothing, if it is another.
    #[inline]
    pub fn digits_body<const N: usize>(&mut self) -> Option<Text<'a>> {
        let start = self.position;
        let (digits, rest) = self.bytes()[start..].split_first_chunk::<N>()?;
        let furthest = digits.iter().fold(0, |furthest, byte| byte.wrapping_sub(b'0').max(furthest));
        if furthest > 9 || rest.first() != Some(&b'"') {
            return None;
        }
        self.position = start + N + 1;
        Some(Text::from_literal(&self.text[start..start + N], Escapes::NONE))
    }

    /// Goes behind the closing quote of the string that the cursor stands in. Nothing if the string is wrong; then the
    /// cursor stands at what is wrong. The answer is two words, so that it comes back in registers, and the escapes are
    /// handed on by value, so that they stay in one: both through memory cost as much as the search.
    #[inline(never)]
    fn close_string(&mut self) -> Option<Escapes> {
        let bytes = self.bytes();
        let mut escapes = Escapes::NONE;
        let mut start = self.position;
        loop {
            let block = Block::of(&bytes[start..]);
            let mut ends = block.ends;
            let mut next = start + BLOCK;
            if block.backslashes != 0 {
                let (seconds, goes_beyond) = block.escaped();
                ends &= !seconds;
                // Those before the end, which are all if there is none.
                let seconds = seconds & !ends & ends.wrapping_sub(1);
                // JSON in a message is full of quotes and backslashes; where anything else is escaped, each is looked at.
                if seconds & !(block.ends | block.backslashes) == 0 && !block.has_controls {
                    escapes.add_canonical(seconds.count_ones() as usize);
                } else {
                    escapes = self.other_escapes(start, seconds, escapes)?;
                }
                // An escape that goes beyond the block is read with the next, unless it was looked at.
                next = self.position.max(next - usize::from(goes_beyond));
            }
            if ends != 0 {
                self.position = start + ends.trailing_zeros() as usize;
                let is_closed = bytes.get(self.position) == Some(&b'"');
                self.position += usize::from(is_closed);
                return is_closed.then_some(escapes);
            }
            start = next;
        }
    }

    /// Counts the escapes whose second characters are `seconds` in the block at `start`, and goes behind the last of them.
    #[inline(never)]
    fn other_escapes(&mut self, start: usize, mut seconds: u64, mut escapes: Escapes) -> Option<Escapes> {
        while seconds != 0 {
            let backslash = start + seconds.trailing_zeros() as usize - 1;
            seconds &= seconds - 1;
            // The other half of a surrogate pair is read with the first.
            if backslash >= self.position {
                self.position = backslash;
                escapes = self.escape(escapes).ok()?;
            }
        }
        Some(escapes)
    }

    /// Why the string cannot go on at this place.
    #[cold]
    fn string_error(&mut self) -> JsonError {
        let reason = match self.bytes().get(self.position) {
            Some(b'\\') => match self.escape(Escapes::NONE) {
                Err(error) => return error,
                Ok(_) => "an unknown escape",
            },
            Some(_) => "a control character stands unescaped in a string",
            None => "the text ends inside a string",
        };
        JsonError { offset: self.position, reason }
    }

    /// Steps over one escape, or over the two of a surrogate pair.
    fn escape(&mut self, mut escapes: Escapes) -> Result<Escapes, JsonError> {
        match self.bytes().get(self.position + 1) {
            Some(b'"' | b'\\' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.position += 2;
                escapes.add_canonical(1);
            }
            Some(b'/') => {
                self.position += 2;
                escapes.add_other(1);
            }
            Some(b'u') => {
                let digits = self.bytes().get(self.position + 2..self.position + 6);
                let Some(unit) = digits.and_then(hex) else {
                    return self.error("a \\u escape needs four hexadecimal digits");
                };
                let canonical = unit < 0x20
                    && !matches!(unit, 8 | 9 | 10 | 12 | 13)
                    && digits.is_some_and(|digits| !digits.iter().any(u8::is_ascii_uppercase));
                self.position += 6;
                match unit {
                    _ if canonical => escapes.add_canonical(6 - 1),
                    0xd800..=0xdbff if self.low_surrogate_follows() => {
                        self.position += 6;
                        escapes.add_other(12 - 4);
                    }
                    0xd800..=0xdfff => {
                        self.lone_surrogates += 1;
                        escapes.add_other(6 - 3);
                    }
                    0..0x80 => escapes.add_other(6 - 1),
                    0x80..0x800 => escapes.add_other(6 - 2),
                    _ => escapes.add_other(6 - 3),
                }
            }
            Some(_) => return self.error("an unknown escape"),
            None => return self.error("the text ends inside a string"),
        }
        Ok(escapes)
    }

    fn low_surrogate_follows(&self) -> bool {
        matches!(self.bytes().get(self.position..self.position + 6),
            Some([b'\\', b'u', digits @ ..]) if hex(digits).is_some_and(|unit| (0xdc00..=0xdfff).contains(&unit)))
    }
}

fn hex(digits: &[u8]) -> Option<u16> {
    let mut unit = 0;
    for digit in digits {
        unit = unit << 4 | char::from(*digit).to_digit(16)?;
    }
    u16::try_from(unit).ok()
}

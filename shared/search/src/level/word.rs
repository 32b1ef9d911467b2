//! Pieces of what stands before a message: which of them name a level, and which are words of the message already.

use super::Level;
use super::name::{of_capitals, of_letter, of_lone_letter, of_name, of_word};

/// Longest word in capitals that is of a time: `UTC`, `PM`, `CEST`.
const MAX_ZONE: usize = 4;

/// Words that only texts have: one of them is the message.
const OF_TEXTS: [&str; 24] = [
    "a", "an", "and", "as", "at", "by", "can", "cannot", "could", "for", "from", "has", "in", "is", "it", "no", "not",
    "of", "on", "the", "this", "to", "was", "with",
];

/// Words in capitals that begin a request or a statement: what follows is a part of it.
const OF_CALLS: [&str; 19] = [
    "GET", "POST", "PUT", "HEAD", "PATCH", "OPTIONS", "DELETE", "SELECT", "INSERT", "UPDATE", "FROM", "INTO", "WHERE",
    "SET", "VALUES", "CREATE", "ALTER", "DROP", "CALL",
];

/// Names of days and months, as times have them.
const OF_TIMES: [&str; 19] = [
    "mon", "tue", "wed", "thu", "fri", "sat", "sun", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep",
    "oct", "nov", "dec",
];

/// What is known of where a piece stands.
pub(super) struct Place<'m> {
    /// Behind a time.
    pub(super) is_behind_time: bool,
    /// Between tabs or bars.
    pub(super) is_alone: bool,
    /// What follows.
    pub(super) rest: &'m str,
}

/// The level that a piece without brackets names.
pub(super) fn of_token(token: &str, place: &Place<'_>) -> Option<Level> {
    let bytes = token.trim_start_matches('*').as_bytes();
    let mut length = bytes.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    if length == 0 {
        return of_tail(token);
    }
    // PostgreSQL's five levels of debugging.
    length +=
        usize::from(&bytes[..length] == b"DEBUG" && bytes.get(length).is_some_and(|byte| (b'1'..=b'5').contains(byte)));
    let (word, behind) = bytes.split_at(length);
    if let [letter] = word {
        // Agents of Telegraf's kind, CloudWatch's among them: `E! no`.
        if behind == b"!" && place.is_behind_time {
            return of_letter(*letter);
        }
        return (place.is_behind_time && behind.is_empty()).then(|| of_lone_letter(*letter, place.rest))?;
    }
    let Some(level) = of_word(word) else { return of_tail(token) };
    let is_capitals = word.iter().all(|byte| !byte.is_ascii_lowercase());
    match behind {
        // `ERRO[0000]` is logrus.
        [] | [b',' | b')' | b'!' | b';' | b'.' | b']' | b'-'] | [b'*' | b':' | b'[', ..] if is_capitals => Some(level),
        // `INFO+2` is slog.
        [b'+', digit, ..] if is_capitals && digit.is_ascii_digit() => Some(level),
        [b'-', digit] if is_capitals && digit.is_ascii_digit() => Some(level),
        // A trace, a configuration and something fine are called that in texts too.
        [b':'] if !is_word_of_texts(word) => Some(level),
        [b'[', .., b':'] if word == b"error" || word == b"warning" => Some(level),
        [] if place.is_alone || place.is_behind_time => Some(level),
        [] if word.eq_ignore_ascii_case(b"fatal") && place.rest.starts_with(" error:") => Some(level),
        _ => None,
    }
}

fn is_word_of_texts(word: &[u8]) -> bool {
    [&b"trace"[..], b"config", b"fine", b"silly", b"verbose"].iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// `production.ERROR:` of Laravel, `app:ERROR:`: the level is the last part before the colon.
fn of_tail(token: &str) -> Option<Level> {
    let head = token.strip_suffix(':')?;
    of_capitals(head.rsplit(['.', ':']).next()?.as_bytes())
}

/// The level that a line begins with and calls by a word in capitals and a colon.
pub(super) fn of_heading(line: &str) -> Option<Level> {
    let (word, _) = line.split_once(": ")?;
    of_capitals(word.as_bytes())
}

/// The level in brackets: alone, behind a module's name (`[core:error]`), or beside a time.
pub(super) fn of_group(group: &str, is_square: bool, is_first: bool) -> Option<Level> {
    let mut pieces = group.split_ascii_whitespace();
    let (first, second) = (pieces.next()?, pieces.next());
    let Some(second) = second else {
        return of_lone(first, is_square, is_first);
    };
    if let [letter] = first.as_bytes() {
        // Tornado: `[E 261121 11:20:00 web:1]`.
        return second.bytes().next()?.is_ascii_digit().then(|| of_letter(*letter))?;
    }
    let count = group.split_ascii_whitespace().count();
    for (index, piece) in group.split_ascii_whitespace().enumerate() {
        let word = piece.trim_matches([':', ',']).split('/').next().unwrap_or_default().as_bytes();
        let is_last = index + 1 == count;
        let is_told = index > 0 || count == 2 || second.bytes().any(|byte| byte.is_ascii_digit());
        let level = if is_last && index > 0 { of_word(word) } else { of_capitals(word) };
        if let Some(level) = level.filter(|_| is_told) {
            return Some(level);
        }
        if !is_time(piece) && !is_part_of_time(piece) {
            return None;
        }
    }
    None
}

fn of_lone(word: &str, is_square: bool, is_first: bool) -> Option<Level> {
    if let [letter] = word.as_bytes() {
        return (is_first && letter.is_ascii_uppercase()).then(|| of_letter(*letter))?;
    }
    let word = word.trim_end_matches([':', ',']);
    if let Some(level) = of_capitals(word.as_bytes()) {
        return Some(level);
    }
    match word.rsplit_once(':') {
        Some((module, level))
            if is_square && module.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') =>
        {
            of_word(level.as_bytes())
        }
        Some(_) => None,
        None if is_square => {
            of_word(word.as_bytes()).or_else(|| word.eq_ignore_ascii_case("note").then(|| of_name(word))?)
        }
        None => of_word(word.as_bytes()).filter(|_| is_first),
    }
}

/// How many words of a message a piece is: none if it is a name with a sign or a digit in it, or of a time.
pub(super) fn weight(token: &str) -> usize {
    let word = token.trim_end_matches(['.', ',', ';', '!', '?', '\u{2026}']);
    if word.is_empty() || !word.chars().all(|character| character.is_alphabetic() || character == '\'') {
        return 0;
    }
    if OF_CALLS.contains(&word) {
        return 2;
    }
    let is_any_of = |words: &[&str]| words.iter().any(|known| word.eq_ignore_ascii_case(known));
    if word.len() <= MAX_ZONE && word.bytes().all(|byte| byte.is_ascii_uppercase()) && word.len() > 1
        || is_any_of(&OF_TIMES)
    {
        return 0;
    }
    if is_any_of(&OF_TEXTS) { 2 } else { 1 }
}

/// Whether a piece is a time or the end of one: digits, and what stands between those of times.
pub(super) fn is_time(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    digits >= 4 && digits * 2 >= text.len().min(24) && text.contains([':', '-', '/', '.'])
}

/// Whether a piece may stand between a time and what follows: a zone, a half of the day, a number.
pub(super) fn is_part_of_time(token: &str) -> bool {
    let is_zone = token.len() <= MAX_ZONE && token.bytes().all(|byte| byte.is_ascii_uppercase());
    is_zone && token.len() > 1
        || token.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b':' | b','))
}

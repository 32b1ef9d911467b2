//! What of a line is not for everybody's eyes.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use regex::bytes::{Regex, RegexBuilder};

/// What is left out of lines before they are shown: kinds that are built in, and regular expressions.
#[derive(Debug, Clone, Default)]
pub struct Redaction {
    rules: Vec<Rule>,
}

#[derive(Debug, Clone)]
struct Rule {
    /// As it stands in the file.
    name: String,
    regex: Regex,
    replacement: &'static str,
    part: Part,
}

/// The first part of what the expression finds that is to be left out; what is behind it is asked again.
type Part = fn(&str) -> Option<Range<usize>>;

/// A kind that is built in.
struct Kind {
    name: &'static str,
    regex: &'static str,
    replacement: &'static str,
    part: Part,
}

const KINDS: [Kind; 7] = [
    Kind {
        name: "email",
        regex: r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+",
        replacement: "[email]",
        part: whole,
    },
    Kind { name: "ipv4", regex: r"\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}\b", replacement: "[ipv4]", part: ipv4 },
    Kind { name: "ipv6", regex: "[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]+", replacement: "[ipv6]", part: ipv6 },
    Kind { name: "card", regex: "[0-9](?:[ -]?[0-9]){13,}", replacement: "[card]", part: card },
    Kind {
        name: "aws_access_key",
        regex: r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b",
        replacement: "[aws_access_key]",
        part: whole,
    },
    Kind {
        name: "jwt",
        regex: r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*",
        replacement: "[jwt]",
        part: whole,
    },
    Kind { name: "bearer", regex: r"(?i)\bbearer[ ]+[a-z0-9._~+/=-]+", replacement: "[bearer]", part: whole },
];

/// Why a kind or regular expression cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RedactionError {
    pub(crate) what: String,
    pub(crate) advice: String,
}

/// The names of all kinds.
pub(crate) fn kinds() -> Vec<&'static str> {
    KINDS.iter().map(|kind| kind.name).collect()
}

impl Redaction {
    /// Adds a kind by its name, or `regex:…`.
    pub(crate) fn add(&mut self, name: &str) -> Result<(), RedactionError> {
        let kind = KINDS.iter().find(|kind| kind.name == name);
        let own = name.strip_prefix("regex:").map(|text| (text, "[redacted]", whole as Part));
        let Some((text, replacement, part)) = own.or(kind.map(|kind| (kind.regex, kind.replacement, kind.part))) else {
            let names = kinds();
            let advice = crate::names::nearest(name, &names).map_or_else(
                || format!("write one of {}, or regex:…", names.join(", ")),
                |meant| format!("did you mean {meant}?"),
            );
            return Err(RedactionError { what: "there is no such kind of redaction".to_owned(), advice });
        };
        let regex = compile(text)?;
        self.rules.push(Rule { name: name.to_owned(), regex, replacement, part });
        Ok(())
    }

    /// Whether lines are shown as they are.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The line without what is to be left out, in time linear in the line.
    pub fn redact<'m>(&self, line: &'m str) -> Cow<'m, str> {
        self.rules.iter().fold(Cow::Borrowed(line), |line, rule| match rule.replace(&line) {
            Some(replaced) => Cow::Owned(replaced),
            None => line,
        })
    }
}

/// As in the file.
impl fmt::Display for Redaction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.rules.iter().map(|rule| rule.name.as_str()).collect();
        formatter.write_str(&names.join(", "))
    }
}

/// Equal if the same is left out.
impl PartialEq for Redaction {
    fn eq(&self, other: &Self) -> bool {
        self.rules.iter().map(|rule| &rule.name).eq(other.rules.iter().map(|rule| &rule.name))
    }
}

impl Rule {
    /// The line with what was found replaced; nothing if nothing was found.
    fn replace(&self, line: &str) -> Option<String> {
        let (mut out, mut from) = (String::new(), 0);
        for found in self.regex.find_iter(line.as_bytes()) {
            // The expressions know bytes: what ends within a character takes all of it.
            let start = (0..=found.start()).rev().find(|at| line.is_char_boundary(*at)).unwrap_or(0).max(from);
            let end = (found.end()..=line.len()).find(|at| line.is_char_boundary(*at)).unwrap_or(line.len());
            let mut at = start;
            while at < end
                && let Some(part) = (self.part)(&line[at..end])
            {
                out.push_str(&line[from..at + part.start]);
                out.push_str(self.replacement);
                at += part.end;
                from = at;
            }
        }
        (from > 0).then(|| {
            out.push_str(&line[from..]);
            out
        })
    }
}

fn compile(text: &str) -> Result<Regex, RedactionError> {
    const MEMORY: usize = 1 << 20;
    let error = |what: String, advice: &str| RedactionError { what, advice: advice.to_owned() };
    let advice = "write a regular expression without look-around, back-references and classes of Unicode (\\p{…})";
    let regex = RegexBuilder::new(text).unicode(false).size_limit(MEMORY).dfa_size_limit(MEMORY).build();
    let regex = regex.map_err(|problem| {
        let what = problem.to_string();
        let last = what.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        error(format!("the regular expression cannot be used: {last}"), advice)
    })?;
    if regex.is_match(b"") {
        return Err(error("the regular expression matches nothing at all, so everywhere".to_owned(), "write + for *"));
    }
    Ok(regex)
}

fn whole(text: &str) -> Option<Range<usize>> {
    (!text.is_empty()).then_some(0..text.len())
}

fn ipv4(text: &str) -> Option<Range<usize>> {
    text.parse::<std::net::Ipv4Addr>().is_ok().then_some(0..text.len())
}

/// An address, with the colon or point of the text around it left where it is.
fn ipv6(text: &str) -> Option<Range<usize>> {
    let without = |text: &str, ends: &[char]| text.len() - text.trim_end_matches(ends).len();
    let starts = [0, usize::from(text.starts_with([':', '.']))];
    let ends =
        [text.len(), text.len() - usize::from(text.ends_with([':', '.'])), text.len() - without(text, &[':', '.'])];
    let parts = starts.into_iter().flat_map(|start| ends.map(|end| start..end));
    parts.into_iter().find(|part| {
        let text = text.get(part.clone()).unwrap_or_default();
        text.len() > 2 && text.parse::<std::net::Ipv6Addr>().is_ok()
    })
}

/// A number of 14 to 19 digits, in groups or not, that begins as those of cards do and passes their check.
fn card(text: &str) -> Option<Range<usize>> {
    const DIGITS: std::ops::RangeInclusive<usize> = 14..=19;
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let begins = |at: &usize| matches!(bytes[*at], b'2'..=b'6') && (*at == 0 || !is_digit(*at - 1));
    (0..bytes.len()).filter(begins).find_map(|start| {
        let mut digits = Vec::with_capacity(*DIGITS.end());
        let mut found = None;
        for (at, byte) in bytes.iter().enumerate().skip(start).filter(|(_, byte)| byte.is_ascii_digit()) {
            if digits.len() == *DIGITS.end() {
                break;
            }
            digits.push(byte - b'0');
            if DIGITS.contains(&digits.len()) && !is_digit(at + 1) && passes_luhn(&digits) {
                found = Some(start..at + 1);
            }
        }
        found
    })
}

/// <https://www.iso.org/standard/70484.html>, annex B.
fn passes_luhn(digits: &[u8]) -> bool {
    let of_digit = |(place, digit): (usize, &u8)| match (place % 2, u32::from(*digit)) {
        (1, digit) if digit > 4 => 2 * digit - 9,
        (1, digit) => 2 * digit,
        (_, digit) => digit,
    };
    digits.iter().rev().enumerate().map(of_digit).sum::<u32>().is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted(names: &[&str], line: &str) -> String {
        let mut redaction = Redaction::default();
        for name in names {
            redaction.add(name).expect("a kind");
        }
        redaction.redact(line).into_owned()
    }

    #[test]
    fn each_kind_is_left_out_and_what_looks_like_it_is_not() {
        for (name, line, expected) in [
            ("email", "from anna.b+c@mail.example.org, to x@y", "from [email], to x@y"),
            ("ipv4", "203.0.113.7 - 10.0.0.256 v1.2.3 (192.0.2.1)", "[ipv4] - 10.0.0.256 v1.2.3 ([ipv4])"),
            ("ipv6", "from 2001:db8::1, [::1]:443 at 12:30:45", "from [ipv6], [[ipv6]]:443 at 12:30:45"),
            ("ipv6", "addr:2001:db8::1. fe80::1: ::ffff:192.0.2.1", "addr:[ipv6]. [ipv6]: [ipv6]"),
            ("card", "4111 1111 1111 1111 200 5500-0000-0000-0004", "[card] 200 [card]"),
            ("card", "378282246310005,4111111111111112 1795260000123", "[card],4111111111111112 1795260000123"),
            ("aws_access_key", "key AKIAIOSFODNN7EXAMPLE used", "key [aws_access_key] used"),
            ("jwt", "token=eyJhbGciOiJI.eyJzdWIi.SflKx-w_ end", "token=[jwt] end"),
            ("bearer", "Authorization: Bearer abc.DEF-1==\"", "Authorization: [bearer]\""),
            ("regex:token=\\S+", "a token=x1é! b", "a [redacted] b"),
            ("regex:[^a]", "aéa", "a[redacted]a"),
        ] {
            assert_eq!(redacted(&[name], line), expected, "{name}");
        }
        assert_eq!(redacted(&["ipv4", "email"], "a@b.cd 1.1.1.1"), "[email] [ipv4]");
        assert!(matches!(Redaction::default().redact("x"), Cow::Borrowed("x")));
    }

    #[test]
    fn what_cannot_be_used_is_said() {
        for (name, advice) in [
            ("emial", "did you mean email?"),
            ("secrets", "write one of email"),
            ("regex:(", "write a regular expression"),
            ("regex:(?=a)", "write a regular expression"),
            ("regex:a*", "write + for *"),
            ("regex:(?:a{1000}){1000}", "write a regular expression"),
        ] {
            let error = Redaction::default().add(name).expect_err(name);
            assert!(error.advice.starts_with(advice), "{name}: {error:?}");
        }
    }

    #[test]
    fn hostile_lines_take_linear_time() {
        let mut redaction = Redaction::default();
        for kind in kinds() {
            redaction.add(kind).expect("a kind");
        }
        for part in ["1", "4 ", "a:", ":", "a@", "1.", "eyJ.", "4111111111111112 ", "Bearer "] {
            let line = part.repeat(1_000_000 / part.len());
            assert!(redaction.redact(&line).len() <= line.len() * 4, "{part}");
        }
    }
}

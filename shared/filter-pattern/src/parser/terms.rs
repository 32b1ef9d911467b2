//! Terms: words, quoted phrases and regular expressions, with `-` and `?`.

use crate::ast::{Role, Term, TermText};
use crate::cursor::Cursor;
use crate::error::{Parsed, Problem};
use crate::parser::invalid_characters;
use crate::regex::Regex;

pub(super) fn pattern(cursor: &mut Cursor<'_>) -> Parsed<Vec<Term>> {
    let mut terms = Vec::new();
    loop {
        cursor.skip_blanks();
        if cursor.rest().is_empty() {
            return Ok(terms);
        }
        let start = cursor.position();
        terms.push(term(cursor)?);
        if cursor.peek().is_some_and(|next| !next.is_ascii_whitespace()) {
            return Err(strange(cursor, start));
        }
    }
}

fn term(cursor: &mut Cursor<'_>) -> Parsed<Term> {
    let start = cursor.position();
    let role = match () {
        () if cursor.eat("-") => Role::Excluded,
        () if cursor.eat("?") => Role::Optional,
        () => Role::Required,
    };
    let text = match cursor.peek() {
        Some('"') => {
            let quote = cursor.position();
            let text = cursor.quoted()?;
            if text.is_empty() {
                return Err(Problem::new(cursor.span(quote), "the quotation is empty")
                    .advice("the pattern that matches every event is empty: no quotation marks")
                    .aws(invalid_characters("\"\"")));
            }
            TermText::Literal(text)
        }
        Some('%') => {
            let (source, at) = cursor.regex()?;
            TermText::Regex(Regex::new(source, at)?)
        }
        Some(character) if is_word(character) => TermText::Literal(cursor.take_while(is_word).to_owned()),
        None => {
            return Err(Problem::new(cursor.span(start), format!("{} stands before no term", cursor.since(start)))
                .advice("write the term right behind it, or quote the character"));
        }
        Some(_) => return Err(strange(cursor, start)),
    };
    Ok(Term { role, text })
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

/// A character that may not stand where the cursor is, in the word that begins at `start`.
fn strange(cursor: &mut Cursor<'_>, start: usize) -> Problem {
    let here = cursor.here();
    let character = cursor.take_while(|character| !character.is_ascii_whitespace() && !is_word(character)).to_owned();
    let first = character.chars().next().map(String::from).unwrap_or_default();
    cursor.take_while(|character| !character.is_ascii_whitespace());
    let word = cursor.since(start);
    let (sign, rest) = match word.strip_prefix(['-', '?']) {
        Some(rest) if !rest.is_empty() => word.split_at(word.len() - rest.len()),
        _ => ("", word),
    };
    let problem = if first.is_empty() || first.starts_with(char::is_whitespace) {
        Problem::new(here, format!("{sign} stands before no term"))
    } else {
        Problem::new(here, format!("{first} may not stand in a term without quotation marks"))
    };
    let quoted: String = rest.chars().flat_map(|c| if "\"\\".contains(c) { vec!['\\', c] } else { vec![c] }).collect();
    let advice = if rest.contains('"') {
        "write blanks between terms, and \\\" for a quotation mark inside quotation marks".to_owned()
    } else {
        format!("write {sign}\"{quoted}\"")
    };
    let problem = problem.advice(advice);
    if first.is_empty() { problem } else { problem.aws(invalid_characters(&first)) }
}

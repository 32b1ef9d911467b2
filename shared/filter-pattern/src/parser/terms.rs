//! Terms: words, quoted phrases and regular expressions, with `-` and `?`.

use crate::ast::{Role, Term, TermText};
use crate::cursor::Cursor;
use crate::error::{Parsed, Problem};
use crate::parser::invalid_characters;

pub(super) fn pattern(cursor: &mut Cursor<'_>) -> Parsed<Vec<Term>> {
    let mut terms = Vec::new();
    loop {
        cursor.skip_blanks();
        if cursor.rest().is_empty() {
            return Ok(terms);
        }
        let start = cursor.position();
        terms.push(term(cursor)?);
        let Some(next) = cursor.peek().filter(|next| !next.is_ascii_whitespace()) else { continue };
        // Behind a word there may stand what no word holds; behind anything else there must be a blank.
        if cursor.since(start).ends_with(is_word) && !"\"%".contains(next) {
            return Err(strange(cursor, start));
        }
        return Err(Problem::new(cursor.here(), "a blank is missing between two terms")
            .advice("write a blank here, or \\\" for a quotation mark inside quotation marks"));
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
        Some('%') => TermText::Regex(cursor.regex()?),
        Some(character) if is_word(character) => TermText::Literal(cursor.take_while(is_word).to_owned()),
        next if role != Role::Required && next.is_none_or(|next| next.is_ascii_whitespace()) => {
            let sign = cursor.since(start);
            return Err(Problem::new(cursor.span(start), format!("{sign} stands before no term")).advice(format!(
                "write the term right behind it, {sign}ERROR; or \"{sign}\" for the character itself"
            )));
        }
        None => return Err(Problem::new(cursor.here(), "a term is missing").advice("write a word or a quotation")),
        Some(_) => return Err(strange(cursor, start)),
    };
    Ok(Term { role, text })
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

/// What stands where the cursor is, and may not, in the word that begins at `start`.
fn strange(cursor: &mut Cursor<'_>, start: usize) -> Problem {
    let here = cursor.here();
    let character = cursor.peek().map(String::from).unwrap_or_default();
    cursor.take_while(|next| !next.is_ascii_whitespace());
    Problem::new(here, format!("{character} may not stand in a term without quotation marks"))
        .advice(advice(cursor.since(start), &character))
        .aws(invalid_characters(&character))
}

/// What may have been meant by a word that holds a strange character.
fn advice(word: &str, character: &str) -> String {
    let (sign, rest) = match word.strip_prefix(['-', '?']) {
        Some(rest) => word.split_at(word.len() - rest.len()),
        None => ("", word),
    };
    let bare = |text: &str| text.trim_matches(|c: char| !is_word(c)).to_owned();
    match character {
        "“" | "”" | "„" | "‘" | "’" | "'" => {
            format!("write straight double quotation marks: {sign}\"{}\"", bare(rest))
        }
        "$" => "a condition on JSON stands in braces: { $.key = \"value\" }".to_owned(),
        "|" => "for alternatives write ?ERROR ?WARN, or a regular expression: %ERROR|WARN%".to_owned(),
        "&" => "leave it out: all terms must be there".to_owned(),
        "*" => format!("leave * out, as a term is found anywhere: {sign}{}", bare(rest)),
        "!" => format!("to exclude a term write -{}", bare(rest)),
        _ => {
            let escaped = rest.chars().flat_map(|c| if "\"\\".contains(c) { vec!['\\', c] } else { vec![c] });
            format!("write {sign}\"{}\"", escaped.collect::<String>())
        }
    }
}

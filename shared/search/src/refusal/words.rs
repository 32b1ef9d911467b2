//! A server's words, without what they quote of documents.

/// Longest words that are kept, in bytes.
const MAX_BYTES: usize = 512;
/// Behind these comes what the document holds, to the end: values in quotation marks, the document itself, its id.
const QUOTES: [&str; 7] = ["'", "\"", "`", "{", "\n", " in document with id", " Preview of field"];
/// Words before brackets that hold a name or a number of the index's own.
const NAMES: [&str; 8] = ["field", "fields", "mapper", "for", "type", "depth", "limit", "index"];
/// What else brackets may hold: types of fields.
const TYPES: [&str; 18] = [
    "long",
    "integer",
    "short",
    "byte",
    "double",
    "float",
    "half_float",
    "scaled_float",
    "unsigned_long",
    "keyword",
    "text",
    "boolean",
    "date",
    "ip",
    "object",
    "nested",
    "flat_object",
    "flattened",
];

/// The words up to where they begin to quote, with `…` for what other brackets and parentheses hold. Which servers write what was tried:
/// values stand in quotation marks (`Unrecognized token 'secret'`), in brackets (`Value [4111] is out of range`) and in parentheses
/// (`Numeric value (4111) out of range`).
pub(crate) fn unquoted(words: &str) -> String {
    let end = QUOTES.iter().filter_map(|quote| words.find(quote)).min().unwrap_or(words.len());
    let mut out = String::new();
    let mut rest = &words[..end];
    while let Some(at) = rest.find(['[', '(']) {
        let (before, held) = rest.split_at(at);
        out.push_str(before);
        let close = if held.starts_with('[') { ']' } else { ')' };
        // What is not closed is cut off.
        let Some(length) = held.find(close) else { return trimmed(&out) };
        let inner = &held[1..length];
        let word = before.trim_end().rsplit([' ', '(']).next().unwrap_or_default();
        let is_named = close == ']' && (NAMES.contains(&word) || TYPES.contains(&inner) || is_place(inner));
        let inner = if is_named { inner } else { "…" };
        out.extend([&held[..1], inner, &held[length..=length]]);
        rest = &held[length + 1..];
    }
    out.push_str(rest);
    trimmed(&out)
}

/// Line and column, as in `[1:26]`.
fn is_place(inner: &str) -> bool {
    inner.split_once(':').is_some_and(|(line, column)| {
        [line, column].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

fn trimmed(words: &str) -> String {
    words.trim_end_matches([' ', ':']).to_owned()
}

/// The words, as long as they may be.
pub(crate) fn cut(mut words: String) -> String {
    let mut end = words.len().min(MAX_BYTES);
    while !words.is_char_boundary(end) {
        end -= 1;
    }
    words.truncate(end);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Elasticsearch 8.19, `OpenSearch` 2.19 and 3.8 said them of documents that hold "secret" and 4111.
    #[test]
    fn what_servers_say_of_documents_quotes_none() {
        for (said, told) in [
            (
                "failed to parse field [json.a] of type [long] in document with id 'i0'. Preview of field's value: 'secret'",
                "failed to parse field [json.a] of type [long]",
            ),
            ("failed [x]. Preview of field's value: 'secret'", "failed […]."),
            (
                "[1:6] failed to parse: [1:18] Duplicate field 'x'\n at [Source: (byte[])\"{\"x\":\"secret\"}\"; line: 1, column: 18]",
                "[1:6] failed to parse: [1:18] Duplicate field",
            ),
            (
                "[1:2] failed to parse: [1:13] Unrecognized token 'secret': was expecting",
                "[1:2] failed to parse: [1:13] Unrecognized token",
            ),
            ("For input string: \"secret\"", "For input string"),
            ("'secret' is not an IP string literal.", ""),
            (
                "[1:12] Numeric value (4111) out of range of long (-9223372036854775808 - 9223372036854775807)\n at [Source: (byte[])\"{}\"]",
                "[1:12] Numeric value (…) out of range of long (…)",
            ),
            ("Value [4111] is out of range for a long", "Value […] is out of range for a long"),
            (
                "Failed to parse value [secret] as only [true] or [false] are allowed.",
                "Failed to parse value […] as only […] or […] are allowed.",
            ),
            (
                "failed to parse date field [json.at] with format [epoch_millis]",
                "failed to parse date field [json.at] with format […]",
            ),
            (
                "mapper [json.b] cannot be changed from type [double] to [long]",
                "mapper [json.b] cannot be changed from type [double] to [long]",
            ),
            (
                "object mapping for [json.o] tried to parse field [x] as object, but found a concrete value",
                "object mapping for [json.o] tried to parse field [x] as object, but found a concrete value",
            ),
            (
                "Limit of total fields [2000] has been exceeded while adding new fields [3]",
                "Limit of total fields [2000] has been exceeded while adding new fields [3]",
            ),
            (
                "The prefix of the first immense term is: '[115, 101, 99]...', original message: bytes",
                "The prefix of the first immense term is",
            ),
            ("value [secret and no end", "value"),
            ("no", "no"),
        ] {
            assert_eq!(unquoted(said), told);
        }
    }

    #[test]
    fn words_are_cut_between_characters() {
        assert_eq!(cut("ü".repeat(300)).len(), 512);
        assert_eq!(cut(format!("a{}", "ü".repeat(300))).len(), 511);
    }
}

//! What a filter pattern or an enriched subscription extracted, as fields: flat, and all of them strings, so that they fit every
//! index whatever the patterns are.

use logweir_json::{JsonError, Kind, Scanner, write_string};
use logweir_subscription::Fields;

use crate::survey::{MAX_NAME_BYTES, is_blank};

/// Most fields that are written one by one; patterns extract a few.
const MAX_EXTRACTED: usize = 50;
/// Where all of them are kept as text if they are too many.
const ALL: &str = "_json";

/// Appends them as an object. A name's dots are underscores: `$.a` and `$.a.b` would be a value and an object.
pub(crate) fn write(fields: &Fields<'_>, out: &mut Vec<u8>) {
    let start = out.len();
    if write_each(fields.as_json(), out) != Ok(true) {
        out.truncate(start);
        out.push(b'{');
        write_string(ALL, out);
        out.push(b':');
        write_string(fields.as_json(), out);
        out.push(b'}');
    }
}

/// Whether all could be written.
fn write_each(json: &str, out: &mut Vec<u8>) -> Result<bool, JsonError> {
    let mut scanner = Scanner::new(json);
    let mut names: Vec<String> = Vec::new();
    scanner.open(b'{')?;
    out.push(b'{');
    let mut first = true;
    while scanner.next(first, b'}')? {
        first = false;
        let name = scanner.key()?.decode().replace('.', "_");
        let name = if is_blank(&name) { "_".to_owned() } else { name };
        let is_string = scanner.kind()? == Kind::String;
        let start = scanner.position();
        let raw = scanner.value()?;
        if names.contains(&name) || names.len() == MAX_EXTRACTED || name.len() > MAX_NAME_BYTES {
            return Ok(false);
        }
        if !names.is_empty() {
            out.push(b',');
        }
        write_string(&name, out);
        out.push(b':');
        if is_string {
            let end = scanner.position();
            scanner.go_to(start);
            out.push(b'"');
            scanner.string()?.write_literal(out);
            out.push(b'"');
            scanner.go_to(end);
        } else {
            write_string(raw, out);
        }
        names.push(name);
    }
    out.push(b'}');
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_flat_and_strings() {
        let many: Vec<_> = (0..=MAX_EXTRACTED).map(|n| format!("\"k{n}\":\"v\"")).collect();
        let many = format!("{{{}}}", many.join(","));
        for (json, expected) in [
            ("{}", "{}".to_owned()),
            (r#"{"$.a":"1","$.a.b":"2","":"e"}"#, r#"{"$_a":"1","$_a_b":"2","_":"e"}"#.to_owned()),
            (
                r#"{"n":99999999999999999999,"o":{"a":"b"}}"#,
                r#"{"n":"99999999999999999999","o":"{\"a\":\"b\"}"}"#.to_owned(),
            ),
            (r#"{"a.b":"1","a_b":"2"}"#, r#"{"_json":"{\"a.b\":\"1\",\"a_b\":\"2\"}"}"#.to_owned()),
            (&many, format!("{{\"_json\":{}}}", serde_json::to_string(&many).expect("serializes"))),
        ] {
            let payload = format!(
                r#"{{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logStream":"s","logEvents":[{{"id":"1","timestamp":1,"message":"m","extractedFields":{json}}}]}}"#
            );
            let Ok(logweir_subscription::Message::Data(data)) = logweir_subscription::Message::parse(&payload) else {
                panic!("a payload")
            };
            let mut out = Vec::new();
            write(&data.log_events[0].extracted_fields.expect("fields"), &mut out);
            assert_eq!(String::from_utf8(out).expect("UTF-8"), expected);
        }
    }
}

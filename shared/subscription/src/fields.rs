//! `extractedFields`: an object that is passed on, and rarely looked into.

use logweir_json::{Kind, Scanner, Text};

/// A checked JSON object, as it is written in the payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fields<'a> {
    raw: &'a str,
}

impl<'a> Fields<'a> {
    pub(crate) fn checked(raw: &'a str) -> Self {
        Self { raw }
    }

    /// The object as it is written in the payload.
    pub fn as_json(&self) -> &'a str {
        self.raw
    }

    /// The string that stands under `name`; nothing if there is none or it is no string.
    pub fn get(&self, name: &str) -> Option<Text<'a>> {
        let mut scanner = Scanner::new(self.raw);
        let mut found = None;
        scanner.open(b'{').ok()?;
        let mut first = true;
        while scanner.next(first, b'}').ok()? {
            first = false;
            let is_it = scanner.key().ok()?.is(name);
            if is_it && scanner.kind().ok()? == Kind::String {
                found = Some(scanner.string().ok()?);
            } else {
                scanner.value().ok()?;
            }
        }
        found
    }

    /// Appends the object without white space between its parts and with every string in its one form
    /// ([`Text::write_literal`]): equal objects give equal bytes.
    pub fn write_compact(&self, out: &mut Vec<u8>) {
        let mut scanner = Scanner::new(self.raw);
        while let Some(byte) = scanner.peek() {
            if let Ok(text) = scanner.string() {
                out.push(b'"');
                text.write_literal(out);
                out.push(b'"');
            } else {
                out.push(byte);
                scanner.go_to(scanner.position() + 1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_and_written_in_one_form() {
        let raw = "{ \"a\\u0062\" : [ 1 , true ], \"@aws.account\" : \"1\\u0032\", \"n\": null }";
        let fields = Fields::checked(raw);
        assert_eq!(fields.get("@aws.account").map(|text| text.to_string()), Some("12".to_owned()));
        assert_eq!(fields.get("ab").map(|text| text.to_string()), None);
        let mut out = Vec::new();
        fields.write_compact(&mut out);
        assert_eq!(out, br#"{"ab":[1,true],"@aws.account":"12","n":null}"#);
    }
}

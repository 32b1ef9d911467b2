//! `extractedFields`: an object that is passed on, and rarely looked into.

use logweir_json::{JsonError, Kind, Scanner, Text};

/// A checked JSON object, as it is written in the payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fields<'a> {
    raw: &'a str,
}

impl<'a> Fields<'a> {
    pub(crate) fn checked(raw: &'a str) -> Self {
        Self { raw }
    }

    /// An object that somebody else wrote.
    pub fn parse(json: &'a str) -> Result<Self, JsonError> {
        let mut scanner = Scanner::new(json);
        let wrong = |scanner: &Scanner<'_>, reason| Err(JsonError { offset: scanner.position(), reason });
        if scanner.kind()? != Kind::Object {
            return wrong(&scanner, "an object was expected");
        }
        let raw = scanner.value()?;
        if scanner.peek().is_some() { wrong(&scanner, "something follows the object") } else { Ok(Self { raw }) }
    }

    /// The object as it is written in the payload.
    pub fn as_json(&self) -> &'a str {
        self.raw
    }

    /// The string that stands under `name`; nothing if there is none or it is no string.
    pub fn get(&self, name: &str) -> Option<Text<'a>> {
        let [found] = self.get_all([name]);
        found
    }

    /// The strings that stand under each of `names`, in one pass.
    pub fn get_all<const N: usize>(&self, names: [&str; N]) -> [Option<Text<'a>>; N] {
        let mut found = [None; N];
        let mut scanner = Scanner::new(self.raw);
        let mut read = || -> Result<(), JsonError> {
            scanner.open(b'{')?;
            let mut first = true;
            while scanner.next(first, b'}')? {
                first = false;
                let key = scanner.key()?;
                match names.iter().position(|name| key.is(name)) {
                    Some(place) if scanner.kind()? == Kind::String => found[place] = Some(scanner.string()?),
                    _ => {
                        scanner.value()?;
                    }
                }
            }
            Ok(())
        };
        // It was checked when it was parsed.
        let _ = read();
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
        assert_eq!(Fields::parse(&format!(" {raw} ")), Ok(fields));
        assert!(["", "[]", "{", "{} {}", "1"].iter().all(|json| Fields::parse(json).is_err()));
    }
}

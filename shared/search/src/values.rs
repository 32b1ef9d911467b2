//! What the fields of a document hold, kept by field until all are known.

use std::borrow::Cow;
use std::net::IpAddr;
use std::ops::RangeInclusive;

use logweir_json::{Text, write_string};

use crate::field::Field;
use crate::object::ObjectWriter;
use crate::time::Day;

/// How many values there is room for at first: few formats fill more fields.
const USUAL: usize = 16;

/// The value of a field.
#[derive(Debug, Clone)]
pub(crate) enum Value<'m> {
    /// A string as it is.
    Plain(Cow<'m, str>),
    /// A string that is still the literal of some JSON.
    Literal(Text<'m>),
    /// JSON as it is: a number, or a string with its quotes.
    Raw(&'m str),
    Integer(i64),
    Bool(bool),
    /// Milliseconds since 1970.
    Time(i64),
    /// Several, none of them a list.
    List(Vec<Self>),
}

impl Value<'_> {
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Plain(text) => write_string(text, out),
            Self::Literal(text) => {
                out.push(b'"');
                text.write_literal(out);
                out.push(b'"');
            }
            Self::Raw(json) => out.extend_from_slice(json.as_bytes()),
            Self::Integer(number) => write_integer(*number, out),
            Self::Bool(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
            Self::Time(milliseconds) => {
                out.push(b'"');
                Day::default().of(*milliseconds).write_iso(*milliseconds, out);
                out.push(b'"');
            }
            Self::List(values) => {
                out.push(b'[');
                for (place, value) in values.iter().enumerate() {
                    if place > 0 {
                        out.push(b',');
                    }
                    value.write(out);
                }
                out.push(b']');
            }
        }
    }
}

/// Appends the digits of a number.
fn write_integer(number: i64, out: &mut Vec<u8>) {
    let mut digits = [0; 20];
    let mut start = digits.len();
    let mut rest = number.unsigned_abs();
    loop {
        start -= 1;
        digits[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(&digits[start..]);
}

/// The values of a document's fields. The last that is set counts.
#[derive(Debug)]
pub(crate) struct Values<'m> {
    set: Vec<Value<'m>>,
    /// For each field, in their order, the number of its value; nothing of it counts if it has none.
    places: [u8; Field::ALL.len()],
    /// The fields that have one, a bit each, the first lowest.
    filled: u128,
}

impl<'m> Values<'m> {
    pub(crate) fn new() -> Self {
        const { assert!(Field::ALL.len() <= u128::BITS as usize, "a field has a bit") };
        Self { set: Vec::with_capacity(USUAL), places: [0; Field::ALL.len()], filled: 0 }
    }

    /// Whether a field has a value.
    pub(crate) fn has(&self, field: Field) -> bool {
        self.filled >> field as u32 & 1 == 1
    }

    /// The value of a field.
    pub(crate) fn get(&self, field: Field) -> Option<&Value<'m>> {
        self.has(field).then(|| &self.set[usize::from(self.places[field as usize])])
    }

    /// Whether a field has this text.
    pub(crate) fn is(&self, field: Field, text: &str) -> bool {
        match self.get(field) {
            Some(Value::Plain(found)) => found == text,
            Some(Value::Literal(found)) => found.is(text),
            _ => false,
        }
    }

    pub(crate) fn set(&mut self, field: Field, value: Value<'m>) {
        if self.has(field) {
            self.set[usize::from(self.places[field as usize])] = value;
            return;
        }
        self.filled |= 1 << field as u32;
        // There are fewer values than fields, and fewer fields than a byte can count.
        self.places[field as usize] = u8::try_from(self.set.len()).unwrap_or_default();
        self.set.push(value);
    }

    /// A string, if there is one and it is not empty.
    pub(crate) fn text<T: Into<Cow<'m, str>>>(&mut self, field: Field, text: Option<T>) {
        if let Some(text) = text.map(Into::into).filter(|text| !text.is_empty()) {
            self.set(field, Value::Plain(text));
        }
    }

    /// A string of some JSON.
    pub(crate) fn literal(&mut self, field: Field, text: Option<Text<'m>>) {
        if let Some(text) = text.filter(|text| text.literal_len() > 0) {
            self.set(field, Value::Literal(text));
        }
    }

    /// Digits that are an integer of 64 bits; others are not taken, as the field could not hold them.
    pub(crate) fn integer(&mut self, field: Field, digits: Option<&str>) {
        if let Some(number) = digits.and_then(|digits| digits.parse().ok()) {
            self.set(field, Value::Integer(number));
        }
    }

    /// A number that a double can hold.
    pub(crate) fn decimal(&mut self, field: Field, digits: Option<&'m str>) {
        let finite = digits.filter(|digits| digits.parse::<f64>().is_ok_and(f64::is_finite));
        if let Some(digits) = finite {
            // JSON has no leading zeros.
            let bare = digits.trim_start_matches('0');
            let bare = if bare.starts_with(|first: char| first.is_ascii_digit()) || bare.len() == digits.len() {
                bare
            } else {
                &digits[digits.len() - bare.len() - 1..]
            };
            self.set(field, Value::Raw(bare));
        }
    }

    pub(crate) fn flag(&mut self, field: Field, value: bool) {
        self.set(field, Value::Bool(value));
    }

    /// An address or a name; the address in its own field too.
    pub(crate) fn address(&mut self, address: Field, ip: Field, text: Option<Cow<'m, str>>) {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return };
        if text.parse::<IpAddr>().is_ok() {
            self.set(ip, Value::Plain(text.clone()));
        }
        self.set(address, Value::Plain(text));
    }

    /// Writes the fields from one to another.
    pub(crate) fn write(&self, fields: RangeInclusive<Field>, object: &mut ObjectWriter<'_>) {
        let (first, last) = (*fields.start() as u32, *fields.end() as u32);
        let mut rest = self.filled >> first << first & u128::MAX >> (u128::BITS - 1 - last);
        while rest != 0 {
            let number = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            object.field(Field::ALL[number]);
            self.set[usize::from(self.places[number])].write(object.out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_written_as_rust_does() {
        for number in [0, 7, 10, -1, 1_795_260_000_000, i64::MAX, i64::MIN] {
            let mut out = Vec::new();
            write_integer(number, &mut out);
            assert_eq!(String::from_utf8_lossy(&out), number.to_string());
        }
    }

    #[test]
    fn the_last_value_counts_and_each_is_in_its_range() {
        let mut values = Values::new();
        values.flag(Field::Tags, true);
        values.text(Field::LogLevel, Some("info"));
        values.text(Field::LogLevel, Some("warn"));
        values.integer(Field::SourcePort, Some("0443"));
        values.text(Field::UserName, Some(""));
        assert!(values.has(Field::Tags) && values.has(Field::SourcePort) && !values.has(Field::UserName));
        for (fields, expected) in [
            (Field::Timestamp..=Field::Tags, r#","log":{"level":"warn"},"source":{"port":443},"tags":true}"#),
            (Field::SourcePort..=Field::SourcePort, r#","source":{"port":443}}"#),
            (Field::Timestamp..=Field::Message, "}"),
        ] {
            let mut out = Vec::new();
            let mut object = ObjectWriter::resume(&mut out);
            values.write(fields, &mut object);
            object.finish();
            assert_eq!(String::from_utf8_lossy(&out), expected);
        }
    }
}

//! What the fields of a document hold, kept by field until all are known.

use std::borrow::Cow;
use std::net::IpAddr;
use std::ops::RangeInclusive;

use logweir_json::{Text, write_string};

use crate::field::Field;
use crate::object::ObjectWriter;
use crate::time::Day;

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
}

impl Value<'_> {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Plain(text) => write_string(text, out),
            Self::Literal(text) => {
                out.push(b'"');
                text.write_literal(out);
                out.push(b'"');
            }
            Self::Raw(json) => out.extend_from_slice(json.as_bytes()),
            Self::Integer(number) => out.extend_from_slice(number.to_string().as_bytes()),
            Self::Bool(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
            Self::Time(milliseconds) => {
                out.push(b'"');
                Day::default().of(*milliseconds).write_iso(*milliseconds, out);
                out.push(b'"');
            }
        }
    }
}

/// The values of a document's fields. The last that is set counts.
#[derive(Debug)]
pub(crate) struct Values<'m> {
    values: Vec<Value<'m>>,
    /// For each field, in their order, the number of its value from 1; 0 if it has none.
    places: [u8; Field::ALL.len()],
}

impl<'m> Values<'m> {
    pub(crate) fn new() -> Self {
        Self { values: Vec::with_capacity(40), places: [0; Field::ALL.len()] }
    }

    pub(crate) fn set(&mut self, field: Field, value: Value<'m>) {
        match self.places[field as usize] {
            0 => {
                self.values.push(value);
                // There are fewer values than fields, and fewer fields than a byte can count.
                self.places[field as usize] = u8::try_from(self.values.len()).unwrap_or_default();
            }
            place => self.values[usize::from(place) - 1] = value,
        }
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
        for field in &Field::ALL[*fields.start() as usize..=*fields.end() as usize] {
            let place = self.places[*field as usize];
            if place > 0 {
                object.field(*field);
                self.values[usize::from(place) - 1].write(object.out);
            }
        }
    }
}

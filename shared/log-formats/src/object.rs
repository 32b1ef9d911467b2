//! The members of a JSON object, found in one walk: keys and strings stay literals, anything deeper stays as it is written.

use std::borrow::Cow;

use logweir_json::{JsonError, Kind, Scanner, Text};

/// A value that was checked and stepped over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Value<'m> {
    pub(crate) kind: Kind,
    /// The value as it is written, a string with its quotes.
    pub(crate) raw: &'m str,
    text: Option<Text<'m>>,
}

impl<'m> Value<'m> {
    fn read(json: &'m str, scanner: &mut Scanner<'m>) -> Result<Self, JsonError> {
        let kind = scanner.kind()?;
        let start = scanner.position();
        let mut text = None;
        match kind {
            Kind::String => text = Some(scanner.string()?),
            Kind::Number => {
                scanner.number()?;
            }
            _ => {
                scanner.value()?;
            }
        }
        Ok(Self { kind, raw: &json[start..scanner.position()], text })
    }

    /// A string.
    pub(crate) fn text(self) -> Option<Text<'m>> {
        self.text
    }

    /// A string's text, or a number or a truth value as it is written: for keys whose values users put into quotes or not.
    pub(crate) fn plain(self) -> Option<Cow<'m, str>> {
        match self.kind {
            Kind::String => self.text.map(|text| text.decode()),
            Kind::Number | Kind::Bool => Some(Cow::Borrowed(self.raw)),
            Kind::Null | Kind::Array | Kind::Object => None,
        }
    }

    /// A number, as it is written.
    pub(crate) fn number(self) -> Option<&'m str> {
        (self.kind == Kind::Number).then_some(self.raw)
    }

    /// Anything but null, as it is written.
    pub(crate) fn raw(self) -> Option<&'m str> {
        (self.kind != Kind::Null).then_some(self.raw)
    }
}

/// Calls `each` with the members of the object that `scanner` stands before, and leaves the scanner behind it.
pub(crate) fn members<'m>(
    json: &'m str,
    scanner: &mut Scanner<'m>,
    mut each: impl FnMut(Text<'m>, Value<'m>),
) -> Result<(), JsonError> {
    scanner.open(b'{')?;
    let mut first = true;
    while scanner.next(first, b'}')? {
        first = false;
        let key = scanner.key()?;
        each(key, Value::read(json, scanner)?);
    }
    Ok(())
}

/// The members of an object that is the whole of `json`, or as many as can be read.
pub(crate) fn members_of<'m>(json: &'m str, each: impl FnMut(Text<'m>, Value<'m>)) {
    // What is handed in was checked when the object around it was stepped over.
    let _ = members(json, &mut Scanner::new(json), each);
}

/// Declares a format that is a JSON object: each field with the key that it stands under, filled from the members of the
/// object. `text` takes a string, `number` a number and `raw` anything but null as they are written.
macro_rules! json_record {
    (
        $(#[$about:meta])*
        pub struct $name:ident {
            $($field:ident: $kind:ident = $key:literal,)*
            $(@ $outer_field:ident: $outer:ident = $outer_key:literal,)*
        }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, Default, PartialEq)]
        pub struct $name<'m> {
            $(
                #[doc = concat!("`", $key, "`.")]
                pub $field: Option<$crate::object::json_record!(@type $kind)>,
            )*
            $(
                #[doc = concat!("What is read of `", $outer_key, "`.")]
                pub $outer_field: $outer<'m>,
            )*
        }

        impl<'m> $name<'m> {
            /// Takes a member whose key is known; a value of another kind than the format says stays in the JSON only.
            fn take(&mut self, key: logweir_json::Text<'m>, value: $crate::object::Value<'m>) {
                match &*key.decode() {
                    $($key => self.$field = value.$kind(),)*
                    $($outer_key if value.kind == logweir_json::Kind::Object => {
                        $crate::object::members_of(value.raw, |key, value| self.$outer_field.take(key, value));
                    })*
                    _ => {}
                }
            }
        }
    };
    (@type text) => { logweir_json::Text<'m> };
    (@type raw) => { &'m str };
    (@type number) => { &'m str };
}
pub(crate) use json_record;

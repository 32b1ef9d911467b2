//! The scalars of an object with the names of all objects around them, dots between, as far as a table wants them.

use std::borrow::Cow;

use logweir_json::{JsonError, Kind, Scanner};
use logweir_log_formats::Service;

use super::tables::Rule;

/// What stands before the names of attributes in a line of `OpenTelemetry`.
const ATTRIBUTES: [&str; 7] = [
    "attributes.",
    "resource.attributes.",
    "resource.",
    "Attributes.",
    "Resource.",
    "resourceAttributes.",
    "ResourceAttributes.",
];
/// Objects within objects that are looked into.
const MAX_DEPTH: usize = 6;

/// Tells `each` of the scalars that a rule may be about; of an array the first one counts.
pub(super) fn scalars<'m>(
    json: &'m str,
    service: Service,
    rules: &'static [Rule],
    each: &mut dyn FnMut(&str, Cow<'m, str>),
) {
    let mut walk = Walk { service, rules, path: String::new(), each };
    // It was checked when the record was parsed.
    let _ = walk.object(&mut Scanner::new(json), 0);
}

/// What a rule would call a value.
fn name_of(service: Service, path: &str) -> &str {
    if service != Service::OpenTelemetry {
        return path;
    }
    ATTRIBUTES.iter().filter_map(|prefix| path.strip_prefix(prefix)).min_by_key(|name| name.len()).unwrap_or(path)
}

struct Walk<'w, 'm> {
    service: Service,
    rules: &'static [Rule],
    path: String,
    each: &'w mut dyn FnMut(&str, Cow<'m, str>),
}

impl<'m> Walk<'_, 'm> {
    fn object(&mut self, scanner: &mut Scanner<'m>, depth: usize) -> Result<(), JsonError> {
        scanner.open(b'{')?;
        let mut first = true;
        while scanner.next(first, b'}')? {
            first = false;
            let length = self.path.len();
            let key = scanner.key()?.decode();
            self.path.extend([if length > 0 { "." } else { "" }, &key]);
            self.value(scanner, depth)?;
            self.path.truncate(length);
        }
        Ok(())
    }

    fn value(&mut self, scanner: &mut Scanner<'m>, depth: usize) -> Result<(), JsonError> {
        match scanner.kind()? {
            Kind::Object if depth < MAX_DEPTH && self.leads_on() => self.object(scanner, depth + 1),
            Kind::Array if self.is_array_of_attributes() => self.attributes(scanner),
            Kind::Array if self.is_wanted() => {
                scanner.open(b'[')?;
                let mut first = true;
                while scanner.next(first, b']')? {
                    if first && !matches!(scanner.kind()?, Kind::Object | Kind::Array) {
                        self.value(scanner, depth)?;
                    } else {
                        scanner.value()?;
                    }
                    first = false;
                }
                Ok(())
            }
            Kind::String => {
                let text = scanner.string()?;
                if self.is_wanted() {
                    (self.each)(name_of(self.service, &self.path), text.decode());
                }
                Ok(())
            }
            Kind::Number | Kind::Bool => {
                let text = scanner.value()?;
                if self.is_wanted() {
                    (self.each)(name_of(self.service, &self.path), Cow::Borrowed(text));
                }
                Ok(())
            }
            _ => scanner.value().map(|_| ()),
        }
    }

    /// `[{"key":"service.name","value":{"stringValue":"shop"}}]`, as OTLP has attributes.
    fn attributes(&mut self, scanner: &mut Scanner<'m>) -> Result<(), JsonError> {
        scanner.open(b'[')?;
        let mut first = true;
        while scanner.next(first, b']')? {
            first = false;
            let item = scanner.value()?;
            let (mut key, mut value) = (None, None);
            let mut members = Scanner::new(item);
            if members.open(b'{').is_err() {
                continue;
            }
            let mut is_first = true;
            while members.next(is_first, b'}')? {
                is_first = false;
                let name = members.key()?;
                match members.kind()? {
                    Kind::String if name.is("key") => key = Some(members.string()?.decode()),
                    Kind::Object if name.is("value") => value = Some(members.value()?),
                    _ => _ = members.value()?,
                }
            }
            let (Some(key), Some(value)) = (key, value) else { continue };
            let mut inner = Scanner::new(value);
            inner.open(b'{')?;
            if !inner.next(true, b'}')? {
                continue;
            }
            inner.key()?;
            let length = self.path.len();
            self.path.extend([".", &key]);
            self.value(&mut inner, MAX_DEPTH)?;
            self.path.truncate(length);
        }
        Ok(())
    }

    fn is_wanted(&self) -> bool {
        let name = name_of(self.service, &self.path);
        self.rules.iter().any(|rule| rule.name == name)
    }

    /// Whether something in the object may be wanted.
    fn leads_on(&self) -> bool {
        let (path, name) = (self.path.as_str(), name_of(self.service, &self.path));
        let is_within = |long: &str, short: &str| long.strip_prefix(short).is_some_and(|rest| rest.starts_with('.'));
        let is_of_attributes = self.service == Service::OpenTelemetry
            && ATTRIBUTES.iter().any(|prefix| prefix.strip_prefix(path).is_some_and(|rest| rest.starts_with('.')));
        is_of_attributes || self.rules.iter().any(|rule| is_within(rule.name, name))
    }

    fn is_array_of_attributes(&self) -> bool {
        self.service == Service::OpenTelemetry
            && ATTRIBUTES.iter().any(|prefix| prefix.strip_suffix('.') == Some(&self.path))
    }
}

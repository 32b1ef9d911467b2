//! What a JSON value is, as far as the type of a field can tell.

use logweir_json::{JsonError, Kind, Scanner};

/// The kinds of a value, or of all that an array holds: a field takes each of an array's elements for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Kinds(u8);

impl Kinds {
    pub(crate) const TEXT: Self = Self(1);
    pub(crate) const NUMBER: Self = Self(2);
    pub(crate) const BOOL: Self = Self(4);
    pub(crate) const OBJECT: Self = Self(8);

    /// Those of a value that is known to be valid.
    pub(crate) fn of(value: &str) -> Self {
        let mut kinds = Self::default();
        let _ = kinds.add(&mut Scanner::new(value).any_depth());
        kinds
    }

    /// Those of the value that a scanner stands before; it steps behind it.
    pub(crate) fn add(&mut self, scanner: &mut Scanner<'_>) -> Result<(), JsonError> {
        match scanner.kind()? {
            Kind::Array => {
                scanner.open(b'[')?;
                let mut first = true;
                while scanner.next(first, b']')? {
                    first = false;
                    self.add(scanner)?;
                }
                return Ok(());
            }
            Kind::String => self.0 |= Self::TEXT.0,
            Kind::Number => self.0 |= Self::NUMBER.0,
            Kind::Bool => self.0 |= Self::BOOL.0,
            Kind::Object => self.0 |= Self::OBJECT.0,
            Kind::Null => {}
        }
        scanner.value().map(|_| ())
    }

    /// Whether all are among others.
    pub(crate) fn is_within(self, others: Self) -> bool {
        self.0 & !others.0 == 0
    }

    /// These and others.
    pub(crate) const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }
}

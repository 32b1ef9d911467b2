//! What a pattern says, as types that the parser builds.
//!
//! Equal trees match equally, and [`Display`](std::fmt::Display) writes each tree in one form that parses to it again.

use crate::number::Number;
use crate::regex::Regex;

/// A whole pattern, by its syntax.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Syntax {
    /// The empty pattern: every log event.
    Everything,
    /// Terms looked for anywhere in the message; one at least.
    Terms(Vec<Term>),
    /// `[…]`: the fields of a message, set apart by blanks.
    Delimited(Delimited),
    /// `{…}`: the properties of a JSON message.
    Json(Expression<Test>),
}

/// A term, and what it is there for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Whether a message must hold it.
    pub role: Role,
    /// What is looked for.
    pub text: TermText,
}

/// What a term is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The message must hold it.
    Required,
    /// `?`: the message must hold one of these. Beside terms of another role AWS ignores it.
    Optional,
    /// `-`: the message must not hold it.
    Excluded,
}

/// What a term looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TermText {
    /// These characters, in this case, anywhere. Blanks alone are held by every message.
    Literal(String),
    /// `%…%`
    Regex(Regex),
}

/// The slots of a space-delimited pattern. No ellipsis: the last slot takes all that is left of the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delimited {
    /// Slots from the first field on.
    pub first: Vec<Slot>,
    /// Behind `...`: slots that end with the last field. `None` if there is no ellipsis. `[]` is written and read as
    /// `[...]`.
    pub last: Option<Vec<Slot>>,
}

/// A field of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slot {
    /// Nothing between two commas: any field.
    Unnamed,
    /// A field with a name, which no other slot has.
    Named {
        /// The name: letters, digits, `_` and `-`.
        name: String,
        /// What must hold for the field.
        condition: Option<Expression<Comparison>>,
    },
}

/// `&&` and `||` over leaves. Operands are two at least and have not the operator of what they stand in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression<L> {
    /// One condition.
    Leaf(L),
    /// All hold.
    And(Vec<Expression<L>>),
    /// One holds at least.
    Or(Vec<Expression<L>>),
}

/// One condition of a JSON pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// The property, or properties, that are looked at.
    pub selector: Selector,
    /// What must hold for one of them.
    pub check: Check,
}

/// What is asked of a property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Check {
    /// `IS NULL`
    IsNull,
    /// `IS TRUE`
    IsTrue,
    /// `IS FALSE`
    IsFalse,
    /// `NOT EXISTS`
    NotExists,
    /// An operator and a value.
    Compare(Comparison),
}

/// An operator and a value that goes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal(Value),
    /// `!=`
    NotEqual(Value),
    /// `<`
    Less(Number),
    /// `<=`
    LessOrEqual(Number),
    /// `>`
    Greater(Number),
    /// `>=`
    GreaterOrEqual(Number),
}

/// What `=` and `!=` compare with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// An unquoted number: compared as a number.
    Number(Number),
    /// Text, with `*` at its ends.
    Text(Wildcard),
    /// `%…%`, found anywhere in the value.
    Regex(Regex),
}

/// Text that may go on at its ends. A `*` between them is an asterisk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wildcard {
    /// `*` at the start.
    pub any_before: bool,
    /// What stands between; empty for a lone `*`, with both ends open, and for `""`, with none.
    pub text: String,
    /// `*` at the end.
    pub any_after: bool,
}

impl Wildcard {
    /// Takes the asterisks off a value's ends.
    pub(crate) fn new(value: &str) -> Self {
        let any_before = value.starts_with('*');
        let text = value.strip_prefix('*').unwrap_or(value);
        // A lone `*` stands at both ends.
        let any_after = text.ends_with('*') || any_before && text.is_empty();
        let text = text.strip_suffix('*').unwrap_or(text);
        // `**` is a lone `*`.
        Self { any_before, text: text.to_owned(), any_after }
    }

    /// `*`: any value at all.
    pub fn is_anything(&self) -> bool {
        self.any_before && self.any_after && self.text.is_empty()
    }
}

/// A way to properties of a JSON message, from `$` on; one step at least.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Selector {
    pub(crate) steps: Vec<Step>,
}

impl Selector {
    /// The steps.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Whether it may lead to several properties.
    pub fn has_wildcard(&self) -> bool {
        self.steps.iter().any(Step::is_wildcard)
    }
}

/// One step of a selector.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// `.key` or `.['key']`: a property of an object.
    Key(String),
    /// `.*`: every property of an object.
    AnyKey,
    /// `[n]`: an element of an array, counted from zero.
    Index(u32),
    /// `[*]`: every element of an array.
    AnyIndex,
}

impl Step {
    /// Whether it may lead to several values.
    pub fn is_wildcard(&self) -> bool {
        matches!(self, Self::AnyKey | Self::AnyIndex)
    }
}

//! Members of a document that do not fit where they stand, moved into one field that takes anything: `json_flat`, whose names are
//! paths and whose values are found as words. So a line that meets a field of another type keeps all its values.

use std::borrow::Cow;
use std::collections::HashMap;

use logweir_json::{JsonError, Kind, Scanner, Text, write_string};

use crate::dynamic::begin;
use crate::kinds::Kinds;
use crate::survey::MAX_KEYWORD_CHARACTERS;

/// The field that they move into.
pub(crate) const FLAT: &str = "json_flat";
/// Most bytes of a value, and of a path, that are kept there: a term of Lucene has 32,766 at most, and is both together.
const MAX_VALUE_BYTES: usize = 24_000;
const MAX_PATH_BYTES: usize = 4096;

/// Says whether a member moves, by its path (`json.user.id`) and what its value is.
pub(crate) type Moves<'a> = &'a dyn Fn(&str, Kinds) -> bool;

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Flattened {
    /// The members that moved: their paths, and what their values are.
    pub(crate) moved: Vec<(String, Kinds)>,
    /// Names that an object had twice; the last stays, the others moved.
    pub(crate) repeated: usize,
}

impl Flattened {
    /// Whether the document is another now.
    pub(crate) fn is_changed(&self) -> bool {
        !self.moved.is_empty() || self.repeated > 0
    }
}

/// Appends a document whose members have moved as `moves` says, within `json` and within what its format has in `aws`; of names
/// that an object has twice the last stays. All that stands before them keeps its place to the byte.
pub(crate) fn flatten(
    document: &str,
    moves: Moves<'_>,
    tag: Option<&str>,
    out: &mut Vec<u8>,
) -> Result<Flattened, JsonError> {
    let mut walk = Walk { moves, flat: Flat::default(), done: Flattened::default() };
    let mut scanner = Scanner::new(document).any_depth();
    scanner.open(b'{')?;
    out.push(b'{');
    let (mut first, mut is_empty) = (true, true);
    while scanner.next(first, b'}')? {
        first = false;
        let key = scanner.key()?;
        let name = key.decode();
        let start = scanner.position();
        let value = scanner.value()?;
        if name == FLAT {
            walk.flat.add("", &mut Scanner::new(value).any_depth())?;
            continue;
        }
        if name == "json" && (walk.moves)("json", Kinds::of(value)) {
            walk.done.moved.push((name.into_owned(), Kinds::of(value)));
            walk.flat.add("", &mut Scanner::new(value).any_depth())?;
            continue;
        }
        begin(&mut is_empty, out);
        write_key(&key, out);
        match &*name {
            "json" | "json_big" | "aws" => {
                let mut inner = Scanner::new(document).any_depth();
                inner.go_to(start);
                walk.value(&mut inner, &name, out)?;
            }
            _ => out.extend_from_slice(value.as_bytes()),
        }
    }
    let Walk { flat, done, .. } = walk;
    if !flat.entries.is_empty() {
        begin(&mut is_empty, out);
        flat.write(out);
    }
    if let Some(tag) = tag {
        begin(&mut is_empty, out);
        out.extend_from_slice(b"\"tags\":[");
        write_string(tag, out);
        out.push(b']');
    }
    out.push(b'}');
    Ok(done)
}

struct Walk<'d, 'm> {
    moves: Moves<'m>,
    flat: Flat<'d>,
    done: Flattened,
}

impl<'d> Walk<'d, '_> {
    fn value(&mut self, scanner: &mut Scanner<'d>, path: &str, out: &mut Vec<u8>) -> Result<(), JsonError> {
        match scanner.kind()? {
            Kind::Object => self.object(scanner, path, out),
            Kind::Array => {
                scanner.open(b'[')?;
                out.push(b'[');
                let (mut first, mut is_empty) = (true, true);
                while scanner.next(first, b']')? {
                    first = false;
                    begin(&mut is_empty, out);
                    self.value(scanner, path, out)?;
                }
                out.push(b']');
                Ok(())
            }
            _ => {
                out.extend_from_slice(scanner.value()?.as_bytes());
                Ok(())
            }
        }
    }

    fn object(&mut self, scanner: &mut Scanner<'d>, path: &str, out: &mut Vec<u8>) -> Result<(), JsonError> {
        let mut members = Members::read(scanner)?;
        out.push(b'{');
        let mut is_empty = true;
        for (index, member) in std::mem::take(&mut members.all).into_iter().enumerate() {
            let path = format!("{path}.{}", member.name);
            let kinds = Kinds::of(member.value);
            let mut value = Scanner::new(member.value).any_depth();
            let is_last = members.last[&member.name] == index;
            if self.moves_at(&path, &member.name, kinds) {
                self.done.moved.push((path.clone(), kinds));
            } else if is_last {
                begin(&mut is_empty, out);
                write_key(&member.key, out);
                self.value(&mut value, &path, out)?;
                continue;
            } else {
                self.done.repeated += 1;
            }
            self.flat.add(flat_path(&path), &mut value)?;
        }
        out.push(b'}');
        Ok(())
    }

    /// Whether a member moves, or one of the objects that the dots in its name make.
    fn moves_at(&self, path: &str, name: &str, kinds: Kinds) -> bool {
        let outer = path.len() - name.len();
        let of_dots = |(at, _)| (self.moves)(&path[..outer + at], Kinds::OBJECT);
        (self.moves)(path, kinds) || name.match_indices('.').any(of_dots)
    }
}

/// The path without the object that all JSON of lines stands in.
fn flat_path(path: &str) -> &str {
    path.strip_prefix("json.").or_else(|| path.strip_prefix("json_big.")).unwrap_or(path)
}

struct Member<'d> {
    key: Text<'d>,
    name: Cow<'d, str>,
    value: &'d str,
}

struct Members<'d> {
    all: Vec<Member<'d>>,
    /// The last of each name.
    last: HashMap<Cow<'d, str>, usize>,
}

impl<'d> Members<'d> {
    fn read(scanner: &mut Scanner<'d>) -> Result<Self, JsonError> {
        let mut members = Self { all: Vec::new(), last: HashMap::new() };
        scanner.open(b'{')?;
        let mut first = true;
        while scanner.next(first, b'}')? {
            first = false;
            let key = scanner.key()?;
            let name = key.decode();
            members.last.insert(name.clone(), members.all.len());
            members.all.push(Member { key, name, value: scanner.value()? });
        }
        Ok(members)
    }
}

/// Values by path, in the order in which they came.
#[derive(Debug, Default)]
struct Flat<'d> {
    entries: Vec<(String, Vec<&'d str>)>,
    places: HashMap<String, usize>,
}

impl<'d> Flat<'d> {
    /// Adds each value that is no object and no array under its path.
    fn add(&mut self, path: &str, scanner: &mut Scanner<'d>) -> Result<(), JsonError> {
        match scanner.kind()? {
            Kind::Object => {
                scanner.open(b'{')?;
                let mut first = true;
                while scanner.next(first, b'}')? {
                    first = false;
                    let name = scanner.key()?.decode();
                    let dot = if path.is_empty() { "" } else { "." };
                    self.add(&format!("{path}{dot}{name}"), scanner)?;
                }
            }
            Kind::Array => {
                scanner.open(b'[')?;
                let mut first = true;
                while scanner.next(first, b']')? {
                    first = false;
                    self.add(path, scanner)?;
                }
            }
            Kind::Null => {
                scanner.value()?;
            }
            Kind::String | Kind::Number | Kind::Bool => {
                let value = scanner.value()?;
                let path = cut(path, MAX_PATH_BYTES);
                if let Some(place) = self.places.get(path) {
                    self.entries[*place].1.push(value);
                } else {
                    self.places.insert(path.to_owned(), self.entries.len());
                    self.entries.push((path.to_owned(), vec![value]));
                }
            }
        }
        Ok(())
    }

    fn write(&self, out: &mut Vec<u8>) {
        write_string(FLAT, out);
        out.extend_from_slice(b":{");
        let mut is_empty = true;
        for (path, values) in &self.entries {
            begin(&mut is_empty, out);
            write_string(path, out);
            out.push(b':');
            match values.as_slice() {
                [value] => write_value(value, out),
                values => {
                    out.push(b'[');
                    let mut is_empty = true;
                    for value in values {
                        begin(&mut is_empty, out);
                        write_value(value, out);
                    }
                    out.push(b']');
                }
            }
        }
        out.push(b'}');
    }
}

/// Writes a value as it is, or as much of a string or of a number as a term holds.
fn write_value(value: &str, out: &mut Vec<u8>) {
    if value.len() <= MAX_KEYWORD_CHARACTERS && value.starts_with('"') || value.len() <= 300 {
        out.extend_from_slice(value.as_bytes());
        return;
    }
    // It was read before; of what is no string, such as a number of a thousand digits, the digits are the text.
    let text = Scanner::new(value).string().map_or(Cow::Borrowed(value), |text| text.decode());
    let end = text.char_indices().nth(MAX_KEYWORD_CHARACTERS).map_or(text.len(), |(at, _)| at);
    write_string(cut(&text[..end], MAX_VALUE_BYTES), out);
}

fn cut(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

fn write_key(key: &Text<'_>, out: &mut Vec<u8>) {
    out.push(b'"');
    key.write_literal(out);
    out.extend_from_slice(b"\":");
}

#[cfg(test)]
mod tests;

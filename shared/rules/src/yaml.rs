//! YAML as a tree in which each node knows where it stands.
//!
//! Of YAML only what a configuration needs: texts, lists and mappings. Anchors, aliases and tags are refused, so a file is as
//! large as it looks; nothing is nested deep, so nobody's stack is at risk.

use saphyr_parser::{Event, Marker, Parser, ScalarStyle};

use crate::problem::{Position, Report};

/// How deep lists and mappings may be nested; a rules file needs five levels.
const MAX_DEPTH: usize = 16;

/// How many keys a mapping may have; an alarm has some twenty.
const MAX_KEYS: usize = 100;

/// A value and its place.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) at: Position,
    pub(crate) value: Value,
}

/// A value.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Text {
        text: String,
        /// It stands without quotation marks.
        is_plain: bool,
    },
    List(Vec<Node>),
    Map(Map),
    /// What was refused; nobody is told of it twice.
    Refused,
}

/// Keys, each once, and their values, in the order of the file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Map(pub(crate) Vec<(Key, Node)>);

/// A key and its place.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) at: Position,
    pub(crate) name: String,
}

impl Map {
    pub(crate) fn get(&self, name: &str) -> Option<&Node> {
        self.0.iter().find(|(key, _)| key.name == name).map(|(_, node)| node)
    }
}

impl Node {
    /// A text.
    pub(crate) fn as_text(&self) -> Option<&str> {
        if let Value::Text { text, .. } = &self.value { Some(text) } else { None }
    }

    /// A value that is not there at all: `key:`, `~` or `null`.
    pub(crate) fn is_null(&self) -> bool {
        matches!(&self.value, Value::Text { text, is_plain: true } if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }
}

/// A list or mapping that is not read to its end.
enum Open {
    List { at: Position, items: Vec<Node> },
    Map { at: Position, entries: Vec<(Key, Node)>, key: Option<Key> },
}

/// Reads the one document of a text; nothing if it holds none or cannot be read, which is then in the report.
pub(crate) fn parse(text: &str, report: &mut Report) -> Option<Node> {
    let mut parser = Parser::new_from_str(text);
    let mut loader = Loader { open: Vec::new(), root: None, report };
    let mut documents = 0;
    loop {
        let (event, span) = match parser.next_event()? {
            Ok(event) => event,
            Err(error) => {
                let at = position(error.marker());
                // Many brackets are counted before the first is told.
                if error.info().contains("recursion limit") {
                    too_deep(at, loader.report);
                    return None;
                }
                let what = format!("this is not YAML: {}", error.info());
                let advice =
                    "look at the indentation, colons, brackets and quotation marks here and in the line before";
                loader.report.add(at, what, advice);
                return None;
            }
        };
        let at = position(&span.start);
        match event {
            Event::Nothing | Event::StreamStart | Event::DocumentEnd => {}
            Event::StreamEnd => return loader.root,
            Event::DocumentStart(_) => {
                documents += 1;
                if documents > 1 {
                    loader.report.add(at, "the file holds a second document", "take out the line ---");
                    return loader.root;
                }
            }
            Event::Alias(_) => {
                let advice = "write the value out; what all alarms share may stand under defaults";
                loader.report.add(at, "an alias (*) is not read", advice);
                loader.value(Node { at, value: Value::Refused });
            }
            Event::Scalar(_, _, _, Some(_)) => {
                loader.report.add(
                    at,
                    "a tag (!) is not read",
                    "take it out; a text that begins with ! needs quotation marks",
                );
                loader.value(Node { at, value: Value::Refused });
            }
            Event::Scalar(text, style, _, None) => {
                let value = Value::Text { text: text.into_owned(), is_plain: style == ScalarStyle::Plain };
                loader.value(Node { at, value });
            }
            Event::SequenceStart(..) | Event::MappingStart(..) if loader.open.len() == MAX_DEPTH => {
                too_deep(at, loader.report);
                return None;
            }
            Event::SequenceStart(..) => loader.open.push(Open::List { at, items: Vec::new() }),
            Event::MappingStart(..) => loader.open.push(Open::Map { at, entries: Vec::new(), key: None }),
            Event::SequenceEnd | Event::MappingEnd => loader.close(),
        }
    }
}

fn too_deep(at: Position, report: &mut Report) {
    report.add(at, format!("more than {MAX_DEPTH} levels are nested"), "a rules file needs five");
}

fn position(marker: &Marker) -> Position {
    Position { line: marker.line(), column: marker.col() + 1 }
}

struct Loader<'r> {
    open: Vec<Open>,
    root: Option<Node>,
    report: &'r mut Report,
}

impl Loader<'_> {
    fn close(&mut self) {
        match self.open.pop() {
            Some(Open::List { at, items }) => self.value(Node { at, value: Value::List(items) }),
            Some(Open::Map { at, entries, .. }) => self.value(Node { at, value: Value::Map(Map(entries)) }),
            None => {}
        }
    }

    fn value(&mut self, node: Node) {
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::List { items, .. }) => items.push(node),
            Some(Open::Map { key: key @ None, .. }) => {
                let name = if let Value::Text { text, .. } = node.value {
                    text
                } else {
                    // Not a key that a text could be: it is left out, and what is wrong is said here.
                    let advice = "write key: value; a text that begins with { or [ needs quotation marks";
                    self.report.add(node.at, "a key is no text", advice);
                    String::new()
                };
                *key = Some(Key { at: node.at, name });
            }
            Some(Open::Map { entries, key, .. }) => {
                let Some(key) = key.take() else { return };
                match entries.iter().find(|(known, _)| known.name == key.name) {
                    _ if key.name.is_empty() || entries.len() > MAX_KEYS => {}
                    None if entries.len() == MAX_KEYS => {
                        let what = format!("a mapping has more than {MAX_KEYS} keys");
                        self.report.add(key.at, what, "the rest of it is not looked at");
                        entries.push((key, node));
                    }
                    Some((known, _)) => {
                        let what = format!("`{}` is there twice, first in line {}", shown(&key.name), known.at.line);
                        self.report.add(key.at, what, "keep one of them");
                    }
                    None => entries.push((key, node)),
                }
            }
        }
    }
}

/// A text of the file as problems show it: short, in one line, steering no terminal.
pub(crate) fn shown(text: &str) -> String {
    const SHOWN: usize = 60;
    let is_harmful = |character: &char| {
        character.is_control()
            || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut shown: String =
        text.chars().take(SHOWN).map(|character| if is_harmful(&character) { ' ' } else { character }).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

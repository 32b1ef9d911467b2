//! JSON as RFC 8259 has it, read into a tree; without recursion, as messages may be as deep as they are long.

use logweir_filter_pattern::ast::Step;

pub(super) enum Node {
    Null,
    Boolean(bool),
    /// As it is written.
    Number(String),
    /// Decoded.
    Text(String),
    List(Vec<usize>),
    Object(Vec<(String, usize)>),
}

/// A document that is an object or an array.
pub(super) struct Tree {
    nodes: Vec<Node>,
    root: usize,
}

impl Tree {
    /// Reads a whole message; nothing if it is not JSON, or a single value.
    pub(super) fn parse(message: &str) -> Option<Self> {
        let mut reader = Reader { rest: message };
        let mut nodes = Vec::new();
        let root = reader.document(&mut nodes)?;
        reader.blanks();
        let is_container = matches!(nodes[root], Node::List(_) | Node::Object(_));
        (reader.rest.is_empty() && is_container).then_some(Self { nodes, root })
    }

    /// Where the steps lead, in the order of the document.
    pub(super) fn select(&self, steps: &[Step]) -> Vec<&Node> {
        let mut selected = vec![self.root];
        for step in steps {
            let mut next = Vec::new();
            for node in selected {
                match (step, &self.nodes[node]) {
                    (Step::Key(key), Node::Object(properties)) => {
                        next.extend(properties.iter().filter(|(name, _)| name == key).map(|(_, value)| value));
                    }
                    (Step::AnyKey, Node::Object(properties)) => next.extend(properties.iter().map(|(_, value)| value)),
                    (Step::Index(index), Node::List(elements)) => {
                        next.extend(
                            elements.iter().enumerate().filter(|(at, _)| *at == *index as usize).map(|(_, e)| e),
                        );
                    }
                    (Step::AnyIndex, Node::List(elements)) => next.extend(elements),
                    _ => {}
                }
            }
            selected = next;
        }
        selected.into_iter().map(|node| &self.nodes[node]).collect()
    }

    /// The text of the first value that is no null, object or array.
    pub(super) fn first_text(&self, steps: &[Step]) -> Option<String> {
        self.select(steps).into_iter().find_map(|node| match node {
            Node::Text(text) | Node::Number(text) => Some(text.clone()),
            Node::Boolean(value) => Some(value.to_string()),
            Node::Null | Node::List(_) | Node::Object(_) => None,
        })
    }
}

/// What is open around the value that is read.
enum Open {
    List(Vec<usize>),
    /// Properties read, and the key of the value that is read.
    Object(Vec<(String, usize)>, String),
}

struct Reader<'m> {
    rest: &'m str,
}

impl Reader<'_> {
    fn document(&mut self, nodes: &mut Vec<Node>) -> Option<usize> {
        let mut open = Vec::new();
        'value: loop {
            self.blanks();
            let mut node = if self.eat("[") {
                self.blanks();
                if !self.eat("]") {
                    open.push(Open::List(Vec::new()));
                    continue 'value;
                }
                Node::List(Vec::new())
            } else if self.eat("{") {
                self.blanks();
                if !self.eat("}") {
                    open.push(Open::Object(Vec::new(), self.key()?));
                    continue 'value;
                }
                Node::Object(Vec::new())
            } else {
                self.scalar()?
            };
            loop {
                nodes.push(node);
                let done = nodes.len() - 1;
                self.blanks();
                node = match open.pop() {
                    None => return Some(done),
                    Some(Open::List(mut elements)) => {
                        elements.push(done);
                        if self.eat(",") {
                            open.push(Open::List(elements));
                            continue 'value;
                        }
                        self.eat("]").then_some(Node::List(elements))?
                    }
                    Some(Open::Object(mut properties, key)) => {
                        // Of properties with one key the last one counts.
                        properties.retain(|(other, _)| *other != key);
                        properties.push((key, done));
                        if self.eat(",") {
                            self.blanks();
                            open.push(Open::Object(properties, self.key()?));
                            continue 'value;
                        }
                        self.eat("}").then_some(Node::Object(properties))?
                    }
                }
            }
        }
    }

    fn key(&mut self) -> Option<String> {
        let key = self.string()?;
        self.blanks();
        self.eat(":").then_some(key)
    }

    fn scalar(&mut self) -> Option<Node> {
        if self.eat("null") {
            return Some(Node::Null);
        }
        if self.eat("true") {
            return Some(Node::Boolean(true));
        }
        if self.eat("false") {
            return Some(Node::Boolean(false));
        }
        if self.rest.starts_with('"') {
            return self.string().map(Node::Text);
        }
        self.number().map(Node::Number)
    }

    fn number(&mut self) -> Option<String> {
        let start = self.rest;
        self.eat("-");
        if !self.eat("0") {
            self.digits()?;
        }
        if self.eat(".") {
            self.digits()?;
        }
        if self.eat("e") || self.eat("E") {
            if !self.eat("+") {
                self.eat("-");
            }
            self.digits()?;
        }
        Some(start[..start.len() - self.rest.len()].to_owned())
    }

    fn digits(&mut self) -> Option<()> {
        let rest = self.rest.trim_start_matches(|character: char| character.is_ascii_digit());
        let some = rest.len() < self.rest.len();
        self.rest = rest;
        some.then_some(())
    }

    fn string(&mut self) -> Option<String> {
        if !self.eat("\"") {
            return None;
        }
        // Units of UTF-16, so that two halves of a character meet; a half alone becomes U+FFFD.
        let mut units = Vec::new();
        loop {
            let character = self.next()?;
            match character {
                '"' => return Some(String::from_utf16_lossy(&units)),
                '\\' => {
                    let meant = match self.next()? {
                        escaped @ ('"' | '\\' | '/') => escaped,
                        'b' => '\u{8}',
                        'f' => '\u{c}',
                        'n' => '\n',
                        'r' => '\r',
                        't' => '\t',
                        'u' => {
                            let mut unit = 0;
                            for _ in 0..4 {
                                unit = unit * 16 + self.next()?.to_digit(16)?;
                            }
                            units.push(u16::try_from(unit).ok()?);
                            continue;
                        }
                        _ => return None,
                    };
                    units.extend_from_slice(meant.encode_utf16(&mut [0; 2]));
                }
                '\0'..='\u{1f}' => return None,
                _ => units.extend_from_slice(character.encode_utf16(&mut [0; 2])),
            }
        }
    }

    fn next(&mut self) -> Option<char> {
        let next = self.rest.chars().next()?;
        self.rest = &self.rest[next.len_utf8()..];
        Some(next)
    }

    fn blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn eat(&mut self, token: &str) -> bool {
        let found = self.rest.strip_prefix(token);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }
}

//! AWS's regular expressions, followed character by character: the set of places where a search may stand.

/// What one place of an expression takes.
enum Piece {
    Start,
    End,
    /// One of some characters, this often.
    Characters {
        set: Set,
        least: usize,
        most: Option<usize>,
    },
}

/// Characters, as ranges; or all others.
struct Set {
    negated: bool,
    ranges: Vec<(char, char)>,
    /// Sets in the set: `[^\D]`.
    inner: Vec<Set>,
}

impl Set {
    fn of(ranges: &[(char, char)]) -> Self {
        Self { negated: false, ranges: ranges.to_vec(), inner: Vec::new() }
    }

    fn not(ranges: &[(char, char)]) -> Self {
        Self { negated: true, ..Self::of(ranges) }
    }

    fn holds(&self, character: char) -> bool {
        let found = self.ranges.iter().any(|(low, high)| (*low..=*high).contains(&character))
            || self.inner.iter().any(|inner| inner.holds(character));
        found != self.negated
    }
}

/// Whether an expression that the parser took is found anywhere in the text.
pub(super) fn is_found(source: &str, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    alternatives(source).iter().any(|pieces| {
        let mut places = vec![true; text.len() + 1];
        for piece in pieces {
            places = follow(piece, &places, &text);
        }
        places.contains(&true)
    })
}

/// Where a search may stand behind a piece, when it may stand at `places` before it.
fn follow(piece: &Piece, places: &[bool], text: &[char]) -> Vec<bool> {
    let only = |at: usize| (0..places.len()).map(|place| place == at && places[place]).collect();
    match piece {
        Piece::Start => only(0),
        Piece::End => only(text.len()),
        Piece::Characters { set, least, most } => {
            let step = |places: &[bool]| {
                let mut next = vec![false; places.len()];
                for (at, character) in text.iter().enumerate() {
                    next[at + 1] = places[at] && set.holds(*character);
                }
                next
            };
            let mut reached = places.to_vec();
            for _ in 0..*least {
                reached = step(&reached);
            }
            let Some(most) = most else {
                for (at, character) in text.iter().enumerate() {
                    reached[at + 1] |= reached[at] && set.holds(*character);
                }
                return reached;
            };
            let mut current = reached.clone();
            for _ in *least..*most {
                // After as many characters as the text has, no place is left.
                if !current.contains(&true) {
                    break;
                }
                current = step(&current);
                reached.iter_mut().zip(&current).for_each(|(reached, current)| *reached |= *current);
            }
            reached
        }
    }
}

fn alternatives(source: &str) -> Vec<Vec<Piece>> {
    let mut alternatives = vec![Vec::new()];
    let mut rest: &[char] = &source.chars().collect::<Vec<_>>();
    while let [character, behind @ ..] = rest {
        rest = behind;
        let set = match character {
            '|' => {
                alternatives.push(Vec::new());
                continue;
            }
            '^' | '$' => {
                let piece = if *character == '^' { Piece::Start } else { Piece::End };
                alternatives.last_mut().expect("one at least").push(piece);
                continue;
            }
            '.' => Set::not(&[('\n', '\n')]),
            '[' => bracketed(&mut rest),
            '\\' => escaped(&mut rest).unwrap_or_else(|character| Set::of(&[(character, character)])),
            _ => Set::of(&[(*character, *character)]),
        };
        let (least, most) = counts(&mut rest);
        alternatives.last_mut().expect("one at least").push(Piece::Characters { set, least, most });
    }
    alternatives
}

/// What follows a backslash: a class, or the character that is meant.
fn escaped(rest: &mut &[char]) -> Result<Set, char> {
    let character = rest[0];
    *rest = &rest[1..];
    let digits = [('0', '9')];
    let blanks = [('\t', '\t'), ('\n', '\n'), (' ', ' ')];
    let word = [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];
    match character {
        'd' => Ok(Set::of(&digits)),
        'D' => Ok(Set::not(&digits)),
        's' => Ok(Set::of(&blanks)),
        'S' => Ok(Set::not(&blanks)),
        'w' => Ok(Set::of(&word)),
        'W' => Ok(Set::not(&word)),
        'x' => {
            let code = rest[..2].iter().fold(0, |code, digit| code * 16 + digit.to_digit(16).expect("hexadecimal"));
            *rest = &rest[2..];
            Err(char::from_u32(code).expect("below U+0100"))
        }
        other => Err(other),
    }
}

/// `[…]`, its first bracket read.
fn bracketed(rest: &mut &[char]) -> Set {
    let mut set = Set::of(&[]);
    if rest[0] == '^' {
        set.negated = true;
        *rest = &rest[1..];
    }
    while rest[0] != ']' {
        let low = match member(rest) {
            Ok(inner) => {
                set.inner.push(inner);
                continue;
            }
            Err(low) => low,
        };
        // A hyphen before the last bracket is one.
        if rest[0] == '-' && rest[1] != ']' {
            *rest = &rest[1..];
            let Err(high) = member(rest) else { panic!("a range ends in a class") };
            set.ranges.push((low, high));
        } else {
            set.ranges.push((low, low));
        }
    }
    *rest = &rest[1..];
    set
}

fn member(rest: &mut &[char]) -> Result<Set, char> {
    let character = rest[0];
    *rest = &rest[1..];
    if character == '\\' { escaped(rest) } else { Err(character) }
}

/// How often, and the `?` behind it that changes nothing.
fn counts(rest: &mut &[char]) -> (usize, Option<usize>) {
    let (counts, length) = match rest {
        ['*', ..] => ((0, None), 1),
        ['+', ..] => ((1, None), 1),
        ['?', ..] => ((0, Some(1)), 1),
        ['{', behind @ ..] => {
            let inner: String = behind.iter().take_while(|character| **character != '}').collect();
            let number = |digits: &str| digits.parse::<usize>().ok();
            let counts = match inner.split_once(',') {
                Some((least, most)) => (number(least).unwrap_or(0), number(most)),
                None => (number(&inner).expect("a number"), number(&inner)),
            };
            (counts, inner.len() + 2)
        }
        _ => return (1, Some(1)),
    };
    *rest = &rest[length..];
    if let ['?', behind @ ..] = rest {
        *rest = behind;
    }
    counts
}

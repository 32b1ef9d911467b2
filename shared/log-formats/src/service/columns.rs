//! Columns of a line, each with the name that its service has for it.

/// Names and values in the order of the line; what the line has no value for is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns<'m>(Vec<(&'static str, &'m str)>);

impl<'m> Columns<'m> {
    /// Columns of these names; `-` and nothing at all are no values.
    pub(super) fn new(names: &[&'static str], values: impl IntoIterator<Item = &'m str>) -> Self {
        let columns = names.iter().copied().zip(values);
        Self(columns.filter(|(_, value)| !value.is_empty() && *value != "-").collect())
    }

    /// The columns.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &'m str)> + '_ {
        self.0.iter().copied()
    }

    /// The value of a column.
    pub fn get(&self, name: &str) -> Option<&'m str> {
        self.iter().find_map(|(known, value)| (known == name).then_some(value))
    }
}

/// Values between single blanks, where those in quotes may hold blanks; without the quotes. Nothing if a quote is not closed.
pub(super) fn quoted_values(line: &str, most: usize) -> Option<Vec<&str>> {
    let (mut values, mut rest) = (Vec::new(), line);
    while values.len() < most {
        let (value, behind) = match rest.strip_prefix('"') {
            Some(body) => {
                let end = body.find('"')?;
                (&body[..end], &body[end + 1..])
            }
            None => rest.split_at(rest.find(' ').unwrap_or(rest.len())),
        };
        values.push(value);
        match behind.strip_prefix(' ') {
            Some(next) => rest = next,
            None if behind.is_empty() => return Some(values),
            // A list of values in quotes, as of protocols, is none of the columns that are asked for.
            None => return Some(values),
        }
    }
    Some(values)
}

//! What somebody meant who wrote a name that there is not.

use crate::schema::OTHER_NAMES;
use crate::yaml::shown;

/// Advice on a key that there is not, where `known` are.
pub(crate) fn advise_on_key(name: &str, known: &[&str]) -> String {
    if name == "<<" {
        return "merge keys are not read: what all alarms share may stand under defaults".to_owned();
    }
    let snake = snake_case(name);
    let other = OTHER_NAMES.iter().find(|(other, _)| *other == snake).map(|(_, here)| *here);
    match other.filter(|here| known.contains(here)).or_else(|| nearest(&snake, known)) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("leave it out, or write one of {}", known.join(", ")),
    }
}

/// Advice on a value that is none of `known`.
pub(crate) fn advise_on_value(value: &str, known: &[&str]) -> String {
    match nearest(value, known) {
        Some(meant) => format!("did you mean {meant}?"),
        None => format!("write one of {}", known.join(", ")),
    }
}

/// The name that is nearest, if it is near enough to be meant.
pub(crate) fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    const LONGEST: usize = 64;
    if name.is_empty() || name.len() > LONGEST {
        return None;
    }
    let plain = |text: &str| text.to_ascii_lowercase().replace(['_', '-', ' '], "");
    let meant = plain(name);
    // What somebody did not write to its end.
    let mut longer = known.iter().filter(|known| meant.len() > 3 && plain(known).starts_with(&meant));
    if let (Some(known), None) = (longer.next(), longer.next()) {
        return Some(known);
    }
    let far = known.iter().map(|known| (distance(&meant, &plain(known)), *known)).min_by_key(|(distance, _)| *distance);
    far.filter(|(distance, known)| *distance * 3 <= known.len().max(3)).map(|(_, known)| known)
}

/// How many letters are to be added, taken out, changed or swapped with their neighbour.
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let (mut before, mut last): (Vec<usize>, Vec<usize>) = (Vec::new(), (0..=to.len()).collect());
    for (row, letter) in from.iter().enumerate() {
        let mut line = vec![row + 1];
        for (column, other) in to.iter().enumerate() {
            let changed = last[column] + usize::from(letter != other);
            let mut fewest = changed.min(last[column + 1] + 1).min(line[column] + 1);
            if row > 0 && column > 0 && *letter == to[column - 1] && from[row - 1] == *other {
                fewest = fewest.min(before[column - 1] + 1);
            }
            line.push(fewest);
        }
        before = std::mem::replace(&mut last, line);
    }
    last[to.len()]
}

fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for character in shown(name).chars() {
        if character.is_ascii_uppercase() && !snake.is_empty() && !snake.ends_with('_') {
            snake.push('_');
        }
        snake.push(if character == '-' { '_' } else { character.to_ascii_lowercase() });
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema;

    #[test]
    fn what_is_near_is_meant() {
        for (written, meant) in [
            ("EvaluationPeriods", "evaluation_periods"),
            ("tresHold", "threshold"),
            ("datapoint_to_alarm", "datapoints_to_alarm"),
            ("ComparisonOperator", "comparison"),
            ("statistic", "measure"),
            ("peroid", "period"),
            ("notif", "notification"),
        ] {
            let known: Vec<_> = schema::ALARM.iter().chain(schema::KINDS[0].1).copied().collect();
            assert_eq!(advise_on_key(written, &known), format!("did you mean `{meant}`?"), "{written}");
        }
        assert!(advise_on_key("colour", schema::WHERE).starts_with("leave it out, or write one of log_groups"));
        assert_eq!(advise_on_value("notbreaching", &["missing", "notBreaching"]), "did you mean notBreaching?");
        assert_eq!(nearest(&"x".repeat(100_000), &["period"]), None);
    }
}

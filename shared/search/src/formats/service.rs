//! Lines of services and loggers: a table of names for each (`tables`), and one way to fill fields by it.

mod how;
mod tables;
mod walk;

use std::borrow::Cow;

use logweir_log_formats::{Service, ServiceLine};

use super::Dynamic;
use crate::field::Field;
use crate::level;
use crate::values::Values;
use how::How;
use tables::Rule;

/// Fills the fields of a line, and says what is left: an object stays whole, under the names that it has.
pub(super) fn fill<'m>(line: &ServiceLine<'m>, values: &mut Values<'m>) -> Dynamic<'m> {
    let service = line.service();
    let rules = tables::of(service);
    values.text(Field::EventProvider, tables::provider(service));
    // Which rule found what, the first of each.
    let mut found: Vec<(usize, Cow<'m, str>)> = Vec::new();
    let mut find = |name: &str, value: Cow<'m, str>| {
        // How services write that there is none.
        if value == "-" {
            return;
        }
        for (number, _) in rules.iter().enumerate().filter(|(_, rule)| rule.name == name) {
            if found.iter().all(|(known, _)| *known != number) {
                found.push((number, value.clone()));
            }
        }
    };
    let dynamic = match line {
        ServiceLine::Json(_, object) => {
            walk::scalars(object.json, service, rules, &mut find);
            Dynamic::of_json(object.json)
        }
        ServiceLine::Text(_, text, columns) => {
            columns.iter().for_each(|(name, value)| find(name, Cow::Borrowed(value)));
            if matches!(service, Service::Syslog | Service::PostgreSql | Service::EksAuthenticator) {
                values.text(Field::LogLevel, level::of_text(text));
            }
            Dynamic::None
        }
    };
    // Of two rules for a field the later one counts.
    found.sort_by_key(|(number, _)| *number);
    for (number, value) in found {
        let Rule { field, how, .. } = rules[number];
        how.set(field, value, values);
    }
    finish(service, values);
    dynamic
}

/// What a line says by what it lacks.
fn finish(service: Service, values: &mut Values<'_>) {
    let succeeded = match service {
        Service::Bedrock => !values.has(Field::ErrorType),
        _ => return,
    };
    values.text(Field::EventOutcome, Some(if succeeded { "success" } else { "failure" }));
}

#[cfg(test)]
mod tests;

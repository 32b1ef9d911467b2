//! `where`: log groups, accounts, datasets.

use logweir_log_formats::Dataset;

use crate::names::advise_on_value;
use crate::problem::Report;
use crate::read::Section;
use crate::schema;
use crate::scope::{Glob, Scope};
use crate::yaml::shown;

/// Most log groups, accounts or datasets of an alarm.
const MOST: usize = 100;

/// AWS's longest name of a log group.
const LONGEST_LOG_GROUP: usize = 512;

pub(crate) fn scope(alarm: &Section<'_>, report: &mut Report) -> Scope {
    let place = alarm.section("where", schema::WHERE, report);
    let mut scope = Scope::default();
    for (at, text) in place.get("log_groups").map_or_else(Vec::new, |node| report.texts("log_groups", node, MOST)) {
        let glob = Glob::new(text);
        if glob.text.is_empty() || text.chars().count() > LONGEST_LOG_GROUP {
            report.add(
                at,
                "`log_groups` holds what is no name",
                format!("a name has 1 to {LONGEST_LOG_GROUP} characters"),
            );
        } else if let Some(wrong) = glob.text.chars().find(|character| !is_of_log_group(*character)) {
            let what = format!("no log group has {} in its name", shown(&format!("{wrong:?}")));
            report.add(at, what, "write letters, digits, _ - / . # and as wildcards * and ?; ! before it excludes");
        } else {
            scope.log_groups.push(glob);
        }
    }
    for (at, text) in place.get("accounts").map_or_else(Vec::new, |node| report.texts("accounts", node, MOST)) {
        if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            scope.accounts.push(text.to_owned());
        } else {
            report.add(at, format!("`{}` is no account", shown(text)), "write its twelve digits");
        }
    }
    for (at, text) in place.get("datasets").map_or_else(Vec::new, |node| report.texts("datasets", node, MOST)) {
        if let Ok(dataset) = text.parse::<Dataset>() {
            scope.datasets.push(dataset);
        } else {
            let advice = advise_on_value(text, &Dataset::ALL.map(Dataset::as_str));
            report.add(at, format!("there is no dataset `{}`", shown(text)), advice);
        }
    }
    scope
}

/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html>, and the wildcards.
fn is_of_log_group(character: char) -> bool {
    character.is_ascii_alphanumeric() || "_-/.#*?".contains(character)
}

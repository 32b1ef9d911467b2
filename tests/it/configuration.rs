//! Environment variables and template parameters: the code, the template and docs/configuration.md name the same.

use std::collections::BTreeSet;

use crate::read;

/// Set for the local AWS only, which the real template knows nothing of.
const LOCAL_ONLY: &str = "AWS_ENDPOINT_URL";

/// The variables of each function, by its logical id.
fn variables_in_code() -> [(&'static str, BTreeSet<String>); 4] {
    let names = |variables: &[logweir_lambda_support::Variable]| variables.iter().map(|v| v.name.to_owned()).collect();
    [
        ("TransformerFunction", names(&logweir_transformer::VARIABLES)),
        ("ArchiverFunction", names(&logweir_archiver::VARIABLES)),
        ("IndexerFunction", names(&logweir_indexer::VARIABLES)),
        ("AlarmerFunction", names(&logweir_alarmer::VARIABLES)),
    ]
}

#[test]
fn the_template_sets_every_variable_and_no_other() {
    let template = read("template.yaml");
    let global = environment(&template, "Globals");
    let all: BTreeSet<_> = variables_in_code().into_iter().flat_map(|(_, names)| names).collect();
    assert!(global.is_subset(&all), "Globals sets what no function reads: {:?}", global.difference(&all));
    for (function, names) in variables_in_code() {
        let own = environment(&template, function);
        assert!(own.is_disjoint(&global), "{function} sets what Globals sets: {:?}", own.intersection(&global));
        assert_eq!(&own | &global, names, "{function}: the template (left) and the code (right)");
    }
}

#[test]
fn the_local_template_sets_the_same() {
    let template = read("events/template.yaml");
    let global = environment(&template, "Globals");
    for (function, mut names) in variables_in_code() {
        names.insert(LOCAL_ONLY.to_owned());
        assert_eq!(&environment(&template, function) | &global, names, "{function}: events/template.yaml and the code");
    }
}

#[test]
fn every_variable_is_documented() {
    let (_, documented) = documented();
    let names: BTreeSet<_> = variables_in_code().into_iter().flat_map(|(_, names)| names).collect();
    assert_eq!(documented, names, "the variables in docs/configuration.md (left) and in the code (right)");
}

#[test]
fn every_parameter_is_documented() {
    let (documented, _) = documented();
    let parameters = children(&read("template.yaml"), "Parameters");
    assert_eq!(documented, parameters, "the parameters in docs/configuration.md (left) and in template.yaml (right)");
}

#[test]
fn every_parameter_is_in_a_group_of_the_console() {
    let template = read("template.yaml");
    let interface: String = section(&template, "Metadata").collect::<Vec<_>>().join(" ");
    let grouped =
        interface.split("Parameters:").skip(1).filter_map(|rest| rest.trim_start().strip_prefix('[')?.split_once(']'));
    let grouped: Vec<_> = grouped.flat_map(|(names, _)| names.split(',').map(|name| name.trim().to_owned())).collect();
    let once: BTreeSet<_> = grouped.iter().cloned().collect();
    assert_eq!(once.len(), grouped.len(), "a parameter is in two groups");
    assert_eq!(once, children(&template, "Parameters"));
}

#[test]
fn documented_defaults_and_ranges_are_the_templates() {
    let template = read("template.yaml");
    for row in table_rows("parameter") {
        let [name, default, takes, ..] = &row[..] else { panic!("a row of four cells was expected: {row:?}") };
        let parameter = block(&template, "Parameters", name);
        let stated = value(&parameter, "Default").unwrap_or_default();
        assert_eq!(default, if stated.is_empty() { "empty" } else { &stated }, "the default of {name}");
        if let (Some(least), Some(most)) = (value(&parameter, "MinValue"), value(&parameter, "MaxValue")) {
            assert_eq!(*takes, format!("{least} to {most}"), "what {name} takes");
        }
    }
}

/// The lines of one key below a top-level key.
fn block(template: &str, key: &str, name: &str) -> String {
    let start = format!("  {name}:");
    let lines = section(template, key).skip_while(|line| !line.starts_with(&start));
    let block = lines.enumerate().take_while(|(index, line)| *index == 0 || line.starts_with("   ") || line.is_empty());
    block.map(|(_, line)| line).collect::<Vec<_>>().join("\n")
}

/// A scalar in such a block, in flow or in block style, without its quotes.
fn value(block: &str, key: &str) -> Option<String> {
    let rest = block.split_once(&format!("{key}: "))?.1;
    if let Some(quoted) = rest.strip_prefix('"') {
        return quoted.split_once('"').map(|(value, _)| value.to_owned());
    }
    rest.split([',', '}', '\n', ' ']).next().map(str::to_owned)
}

/// The lines below a top-level key.
fn section<'t>(template: &'t str, key: &str) -> impl Iterator<Item = &'t str> {
    let start = format!("{key}:");
    let lines = template.lines().skip_while(move |line| *line != start).skip(1);
    lines.take_while(|line| line.is_empty() || line.starts_with([' ', '#']))
}

/// The keys one level below a top-level key.
fn children(template: &str, key: &str) -> BTreeSet<String> {
    let keys = section(template, key).filter_map(|line| line.strip_prefix("  ")?.split_once(':'));
    let found: BTreeSet<_> = keys.map(|(key, _)| key).filter(|key| is_name(key)).map(str::to_owned).collect();
    assert!(!found.is_empty(), "the template has {key}");
    found
}

/// The variables under the `Variables:` of a function, or of `Globals`.
fn environment(template: &str, owner: &str) -> BTreeSet<String> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let start = format!("{owner}:");
    let mut lines = template.lines().skip_while(|line| line.trim_start() != start);
    let level = indent(lines.next().unwrap_or_else(|| panic!("the template has {owner}")));
    let block = lines.take_while(|line| line.trim().is_empty() || indent(line) > level);
    let mut variables = block.skip_while(|line| line.trim() != "Variables:");
    let level = indent(variables.next().unwrap_or_else(|| panic!("{owner} has Variables")));
    let variables = variables.take_while(|line| indent(line) > level).filter_map(|line| line.trim().split_once(':'));
    variables.map(|(name, _)| name).filter(|name| is_name(name)).map(str::to_owned).collect()
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The parameters and the variables that docs/configuration.md has a row for: the first cells of the tables that are
/// headed so.
fn documented() -> (BTreeSet<String>, BTreeSet<String>) {
    let names = |heading| table_rows(heading).into_iter().map(|cells| cells[0].clone()).collect();
    (names("parameter"), names("variable"))
}

/// The cells, without back quotes, of each row of the tables of docs/configuration.md whose first column is `heading`.
fn table_rows(heading: &str) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let (mut before, mut ours) = (String::new(), false);
    for line in read("docs/configuration.md").lines() {
        let cells = |line: &str| line.trim_matches('|').split(" | ").map(|cell| cell.trim().replace('`', "")).collect();
        if line.starts_with("|--") || line.starts_with("| --") {
            let heads: Vec<String> = cells(&before);
            ours = heads[0] == heading;
        } else if !line.starts_with('|') {
            ours = false;
        } else if ours {
            let row: Vec<String> = cells(line);
            assert!(rows.iter().all(|other| other[0] != row[0]), "two rows for {}", row[0]);
            rows.push(row);
        }
        line.clone_into(&mut before);
    }
    assert!(!rows.is_empty(), "docs/configuration.md has tables whose first column is {heading}");
    rows
}

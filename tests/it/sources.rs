//! The rules about source text that neither the compiler nor clippy checks.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::root;

/// Longest Rust file: above it, it holds more than one thing.
const MAX_LINES: usize = 400;

#[test]
fn no_rust_file_is_long() {
    let mut long = Vec::new();
    for top in ["shared", "functions", "examples", "cli", "tests", "fuzz"] {
        for path in rust_files(&root().join(top)) {
            let lines = fs::read_to_string(&path).expect("a Rust file in UTF-8").lines().count();
            if lines > MAX_LINES {
                long.push(format!("{}: {lines} lines", shown(&path)));
            }
        }
    }
    assert!(long.is_empty(), "longer than {MAX_LINES} lines: {}", long.join(", "));
}

/// An error that is text can be shown, but not matched on, and does not say what can go wrong.
#[test]
fn an_error_is_a_type_of_its_own() {
    let mut found = Vec::new();
    for (_, modules) in crates() {
        let text = modules.values().filter(|module| fails_with_text(&module.text));
        found.extend(text.map(|module| shown(&module.file)));
    }
    assert!(found.is_empty(), "Result<_, String>: make the error an enum or a struct (thiserror) in {found:?}");
    assert!(fails_with_text("fn a() -> Result<Vec<(u8, T)>, String> {}") && fails_with_text("type Err = String;"));
    assert!(!fails_with_text("Result<String, Error<String>>") && !fails_with_text("Result<HashMap<u8, String>, E>"));
}

/// Two files of a crate that need each other are one idea cut in two, or two that nobody told apart. A module and what lies
/// below it are one idea.
#[test]
fn files_of_a_crate_are_no_circles() {
    for (name, modules) in crates() {
        let needs: Needs<'_> = modules.iter().map(|(path, module)| (path, needed(path, module, &modules))).collect();
        for (from, to) in needs.iter().flat_map(|(from, needs)| needs.iter().map(|to| (*from, to))) {
            let pair = [from.join("::"), to.join("::")];
            assert!(
                !reaches(&needs, to, from),
                "{name}: {} needs {}, which needs it in turn, perhaps through others: move what both need to a third file",
                pair[0],
                pair[1]
            );
        }
    }
}

type Needs<'m> = BTreeMap<&'m Vec<String>, BTreeSet<Vec<String>>>;

fn reaches(needs: &Needs<'_>, from: &Vec<String>, to: &Vec<String>) -> bool {
    let (mut seen, mut next) = (BTreeSet::new(), vec![from]);
    while let Some(module) = next.pop() {
        if module == to {
            return true;
        }
        if seen.insert(module) {
            next.extend(&needs[module]);
        }
    }
    false
}

/// A file of a crate, without its tests and comments.
struct Module {
    file: PathBuf,
    text: String,
}

/// The crates whose sources must obey, each with its files by the path of their module.
fn crates() -> Vec<(String, BTreeMap<Vec<String>, Module>)> {
    let below =
        |top: &str| fs::read_dir(root().join(top)).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut folders: Vec<_> = ["shared", "functions", "examples"].into_iter().flat_map(below).collect();
    folders.push(root().join("cli"));
    let all: Vec<_> = folders.into_iter().map(|folder| (shown(&folder), modules(&folder.join("src")))).collect();
    assert!(all.len() >= 15 && all.iter().all(|(_, modules)| !modules.is_empty()));
    all
}

fn modules(source: &Path) -> BTreeMap<Vec<String>, Module> {
    let mut modules = BTreeMap::new();
    let mut tests = Vec::new();
    for file in rust_files(source) {
        let below = file.strip_prefix(source).expect("below").with_extension("");
        let mut path: Vec<_> = below.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        path.pop_if(|last| ["lib", "main"].contains(&last.as_str()));
        let text = fs::read_to_string(&file).expect("a Rust file in UTF-8");
        // A file or folder that is there for tests alone.
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            let declared = lines.peek().and_then(|next| next.trim_end_matches(';').split_once("mod "));
            if let ("#[cfg(test)]", Some((_, name))) = (line, declared) {
                tests.push([path.as_slice(), &[name.to_owned()]].concat());
            }
        }
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let text = text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
        modules.insert(path, Module { file, text });
    }
    modules.retain(|path, _| !tests.iter().any(|test| path.starts_with(test)));
    modules
}

/// Whether a text has a result whose error is a `String`, whatever else it is about.
fn fails_with_text(text: &str) -> bool {
    let is_result = |(at, word): (usize, &str)| {
        let arguments = &text[at + word.len()..];
        let (mut depth, mut comma) = (0_u32, 0);
        for (index, character) in arguments.char_indices() {
            match character {
                '<' | '(' | '[' => depth += 1,
                '>' if arguments[..index].ends_with('-') => {}
                '>' | ')' | ']' if depth == 0 => {
                    return arguments[comma..index].trim_matches(|c: char| c == ',' || c.is_whitespace()) == "String"
                        && arguments[comma..].starts_with(',');
                }
                '>' | ')' | ']' => depth -= 1,
                ',' if depth == 0 && !arguments[index + 1..].trim_start().starts_with('>') => comma = index,
                _ => {}
            }
        }
        false
    };
    text.match_indices("Result<").any(is_result)
        || ["type Err = String;", "type Error = String;"].iter().any(|words| text.contains(words))
}

/// The modules that a file names, but for those above and below it.
fn needed(path: &[String], module: &Module, modules: &BTreeMap<Vec<String>, Module>) -> BTreeSet<Vec<String>> {
    let mut needed = BTreeSet::new();
    for name in names(&module.text) {
        let (base, rest): (&[String], &[String]) = match name[0].as_str() {
            "crate" => (&[], &name[1..]),
            "self" => (path, &name[1..]),
            "super" => {
                let up = name.iter().take_while(|part| *part == "super").count();
                (&path[..path.len().saturating_sub(up)], &name[up..])
            }
            _ => (path, &name),
        };
        let mut found = base.to_vec();
        for part in rest {
            let below = [found.as_slice(), std::slice::from_ref(part)].concat();
            if !modules.contains_key(&below) {
                break;
            }
            found = below;
        }
        if !found.starts_with(path) && !path.starts_with(&found) {
            needed.insert(found);
        }
    }
    needed
}

/// The paths in a text, those of `use` written out.
fn names(text: &str) -> Vec<Vec<String>> {
    let mut names = Vec::new();
    let mut prefixes: Vec<Vec<String>> = vec![Vec::new()];
    let (mut path, mut word) = (Vec::new(), String::new());
    // Braces that open behind a path are those of `use`.
    let mut after_colons = false;
    for character in text.chars().chain([';']) {
        if character.is_alphanumeric() || character == '_' {
            if word.is_empty() && !after_colons {
                path = prefixes.last().cloned().unwrap_or_default();
            }
            word.push(character);
            continue;
        }
        if !word.is_empty() {
            path.push(std::mem::take(&mut word));
            after_colons = false;
            if path.len() > 1 {
                names.push(path.clone());
            }
        }
        match character {
            '{' => prefixes.push(if after_colons { path.clone() } else { Vec::new() }),
            '}' if prefixes.len() > 1 => drop(prefixes.pop()),
            _ => {}
        }
        after_colons = character == ':';
    }
    names
}

/// Every Rust file below a folder, but for what tools made.
fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return files };
    for entry in entries {
        let path = entry.expect("a folder's entry").path();
        if path.is_dir() && !path.ends_with("target") {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

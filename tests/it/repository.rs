//! The rules of the workspace that the compiler does not check (ARCHITECTURE.md).

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::root;

/// Longest Rust file: above it, it holds more than one thing.
const MAX_LINES: usize = 400;
/// Where calls to AWS may be made.
const MAY_USE_AWS: [&str; 5] = ["functions/", "shared/aws-support", "shared/search-client", "cli", "tests"];
/// The shared crates that may do things; the others decide.
const MAY_DO_THINGS: [&str; 3] = ["shared/aws-support", "shared/lambda-support", "shared/search-client"];

/// A package of the workspace.
struct Package {
    name: String,
    /// Its folder in the repository.
    folder: String,
    /// What it needs other than in tests and benchmarks.
    needs: Vec<String>,
}

#[test]
fn dependencies_point_one_way() {
    // A package may use those of lower levels only.
    let level = |package: &str| match package {
        "logweir-json" => 0,
        "logweir-subscription" | "logweir-filter-pattern" => 1,
        "logweir-archive" | "logweir-alarms" | "logweir-lambda-support" | "logweir-records" | "logweir-dashboards" => 2,
        "logweir-rules" | "logweir-search" | "logweir-aws-support" | "logweir-search-client" => 3,
        "logweir-transformer" | "logweir-archiver" | "logweir-alarmer" | "logweir-indexer" => 4,
        "logweir-cli" => 5,
        "logweir-tests" => 6,
        other => panic!("{other} is new: give it a level here, and say so in ARCHITECTURE.md"),
    };
    for Package { name, needs, .. } in packages() {
        for need in needs.iter().filter(|need| need.starts_with("logweir-")) {
            assert!(
                level(need) < level(&name),
                "{name} must not use {need}: cli -> functions -> {{rules, search, aws-support}} -> {{alarms, archive, records, lambda-support}} -> {{subscription, filter-pattern}} -> json"
            );
        }
    }
}

#[test]
fn packages_are_named_after_their_folders() {
    for Package { name, folder, .. } in packages() {
        assert_eq!(name, format!("logweir-{}", folder.rsplit('/').next().expect("a folder")));
    }
}

#[test]
fn aws_is_called_where_it_may_be() {
    for Package { name, folder, needs } in packages() {
        let aws: Vec<_> = needs.iter().filter(|need| need.starts_with("aws-")).collect();
        assert!(
            aws.is_empty() || MAY_USE_AWS.iter().any(|place| folder.starts_with(place)),
            "{name} must not use {aws:?}"
        );
    }
}

#[test]
fn pure_crates_stay_pure() {
    for package in packages().iter().filter(|package| package.folder.starts_with("shared/")) {
        if MAY_DO_THINGS.contains(&package.folder.as_str()) {
            // Through lambda_runtime alone, where calls to AWS are another crate's.
            let itself = package.needs.iter().any(|need| need == "tokio");
            let may_wait = ["shared/aws-support", "shared/search-client"].contains(&package.folder.as_str());
            assert!(!itself || may_wait, "{} must not use tokio itself", package.name);
            continue;
        }
        let asynchronous = ["tokio", "lambda_runtime", "futures-util", "reqwest", "hyper"];
        let all = every_dependency(&package.name);
        let found: Vec<_> = asynchronous.into_iter().filter(|name| all.contains(*name)).collect();
        assert!(found.is_empty(), "{} does no I/O, but depends on {found:?}", package.name);
    }
}

#[test]
fn every_package_obeys_the_lints_and_shares_the_version() {
    for Package { name, folder, .. } in packages() {
        let manifest = crate::read(&format!("{folder}/Cargo.toml"));
        assert!(manifest.contains("\n[lints]\nworkspace = true\n"), "{name} lacks `[lints] workspace = true`");
        for key in ["version", "edition", "license"] {
            assert!(manifest.contains(&format!("\n{key}.workspace = true\n")), "{name} has a {key} of its own");
        }
    }
}

#[test]
fn no_rust_file_is_long() {
    let mut long = Vec::new();
    for top in ["shared", "functions", "cli", "tests", "fuzz"] {
        visit(&root().join(top), &mut |path| {
            let lines = fs::read_to_string(path).expect("a Rust file in UTF-8").lines().count();
            if lines > MAX_LINES {
                long.push(format!("{}: {lines} lines", path.strip_prefix(root()).unwrap_or(path).display()));
            }
        });
    }
    assert!(long.is_empty(), "longer than {MAX_LINES} lines: {}", long.join(", "));
}

/// Calls `each` with every Rust file below a folder, but for what tools made.
fn visit(folder: &Path, each: &mut impl FnMut(&Path)) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.expect("a folder's entry").path();
        if path.is_dir() && !path.ends_with("target") {
            visit(&path, each);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            each(&path);
        }
    }
}

fn packages() -> Vec<Package> {
    let metadata = metadata(&["--no-deps"]);
    let packages = metadata["packages"].as_array().expect("packages").iter();
    let all: Vec<_> = packages.map(package).collect();
    assert!(all.len() >= 8, "cargo metadata shows the workspace");
    all
}

fn package(package: &Value) -> Package {
    let text = |value: &Value| value.as_str().expect("a string").to_owned();
    let manifest = text(&package["manifest_path"]);
    let folder =
        Path::new(&manifest).parent().and_then(|folder| folder.strip_prefix(root()).ok()).expect("in the repository");
    let dependencies = package["dependencies"].as_array().expect("dependencies").iter();
    // `tests` holds nothing but tests: there, theirs count.
    let name = text(&package["name"]);
    let counts = |dependency: &&Value| name == "logweir-tests" || dependency["kind"] != "dev";
    Package {
        needs: dependencies.filter(counts).map(|d| text(&d["name"])).collect(),
        folder: folder.to_string_lossy().into_owned(),
        name,
    }
}

/// The names of all packages that `package` needs, directly or not, other than in tests.
fn every_dependency(package: &str) -> BTreeSet<String> {
    let tree = cargo(&["tree", "--package", package, "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
    tree.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

fn metadata(more: &[&str]) -> Value {
    let arguments = [&["metadata", "--format-version", "1"], more].concat();
    serde_json::from_str(&cargo(&arguments)).expect("cargo metadata prints JSON")
}

fn cargo(arguments: &[&str]) -> String {
    let output =
        Command::new(env!("CARGO")).args(arguments).arg("--offline").current_dir(root()).output().expect("cargo runs");
    assert!(output.status.success(), "cargo {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

//! The rules of the workspace that the compiler does not check (ARCHITECTURE.md).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::root;

/// Where calls to AWS may be made.
const MAY_USE_AWS: [&str; 8] = [
    "functions/",
    "examples/",
    "shared/aws-support",
    "shared/https",
    "shared/rules-source",
    "shared/search-client",
    "cli",
    "tests",
];
/// The shared crates that may do things; the others decide.
const MAY_DO_THINGS: [&str; 5] =
    ["shared/aws-support", "shared/https", "shared/lambda-support", "shared/rules-source", "shared/search-client"];
/// A list of features, of whatever crates: none of the rules about what is used is about it.
const HOLDS_NO_CODE: &str = "shared/features";

/// The packages that are programs.
const PROGRAMS: [&str; 6] =
    ["logweir-transformer", "logweir-archiver", "logweir-indexer", "logweir-alarmer", "logweir-tally", "logweir-cli"];

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
        "logweir-json" | "logweir-features" => 0,
        "logweir-subscription" | "logweir-filter-pattern" => 1,
        "logweir-accounting"
        | "logweir-archive"
        | "logweir-alarms"
        | "logweir-https"
        | "logweir-log-formats"
        | "logweir-dashboards" => 2,
        "logweir-rules" | "logweir-search" => 3,
        "logweir-intake" => 4,
        "logweir-lambda-support" => 5,
        "logweir-aws-support" | "logweir-search-client" => 6,
        "logweir-rules-source" => 7,
        "logweir-transformer" | "logweir-archiver" | "logweir-alarmer" | "logweir-indexer" | "logweir-tally" => 8,
        "logweir-cli" => 9,
        "logweir-tests" => 10,
        other => panic!("{other} is new: give it a level here, and say so in ARCHITECTURE.md"),
    };
    for Package { name, needs, .. } in packages() {
        for need in needs.iter().filter(|need| need.starts_with("logweir-")) {
            assert!(
                level(need) < level(&name),
                "{name} must not use {need}: cli -> functions -> {{aws-support, search-client}} -> lambda-support -> intake -> {{rules, search}} -> {{accounting, alarms, archive, records, https}} -> {{subscription, filter-pattern}} -> json"
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
    for Package { name, folder, needs } in packages().into_iter().filter(|package| package.folder != HOLDS_NO_CODE) {
        let aws: Vec<_> = needs.iter().filter(|need| need.starts_with("aws-")).collect();
        assert!(
            aws.is_empty() || MAY_USE_AWS.iter().any(|place| folder.starts_with(place)),
            "{name} must not use {aws:?}"
        );
    }
}

#[test]
fn pure_crates_stay_pure() {
    let shared = |package: &&Package| package.folder.starts_with("shared/") && package.folder != HOLDS_NO_CODE;
    for package in packages().iter().filter(shared) {
        if MAY_DO_THINGS.contains(&package.folder.as_str()) {
            // Through lambda_runtime alone, where calls to AWS are another crate's.
            let itself = package.needs.iter().any(|need| need == "tokio");
            let may_wait = ["shared/aws-support", "shared/rules-source", "shared/search-client"]
                .contains(&package.folder.as_str());
            assert!(!itself || may_wait, "{} must not use tokio itself", package.name);
            continue;
        }
        let asynchronous = ["tokio", "lambda_runtime", "futures-util", "reqwest", "hyper"];
        let all = every_dependency(&package.name);
        let found: Vec<_> = asynchronous.into_iter().filter(|name| all.contains(*name)).collect();
        assert!(found.is_empty(), "{} does no I/O, but depends on {found:?}", package.name);
    }
}

/// Cargo compiles a crate anew for each set of features: what one program asks for, all ask for (shared/features).
#[test]
fn every_program_is_built_with_the_same_features() {
    let mut seen: BTreeMap<String, (String, &str)> = BTreeMap::new();
    for program in PROGRAMS {
        let tree =
            cargo(&["tree", "--package", program, "--edges", "normal", "--prefix", "none", "--format", "{p};{f}"]);
        for line in tree.lines().map(|line| line.trim_end_matches(" (*)")) {
            let Some((name, features)) = line.split_once(';') else { continue };
            let (of, by) = seen.entry(name.to_owned()).or_insert_with(|| (features.to_owned(), program));
            assert_eq!(
                (name, of.as_str()),
                (name, features),
                "{by} (left) and {program} build {name} with different features: name those of both in shared/features/Cargo.toml"
            );
        }
    }
    let lib = crate::read(&format!("{HOLDS_NO_CODE}/src/lib.rs"));
    assert!(lib.lines().all(|line| line.starts_with("//!")), "{HOLDS_NO_CODE} is a list, not a place for code");
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

//! What holds for the repository as a whole: the example events, the dependency rules, the documented configuration.

mod configuration;
mod cost;
mod envelopes;
mod golden;
mod repository;
mod sources;
mod streams;

use std::fs;
use std::path::{Path, PathBuf};

/// The folder of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the repository").to_owned()
}

/// The text of a file, by its path in the repository.
fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path} cannot be read: {error}"))
}

/// The names, less `extension`, of the files with that extension in a folder, sorted.
fn stems(folder: &Path, extension: &str) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{} cannot be read: {error}", folder.display()));
    let names =
        entries.map(|entry| entry.expect("a folder's entry").file_name().into_string().expect("a name in UTF-8"));
    let mut stems: Vec<_> = names.filter_map(|name| name.strip_suffix(extension).map(str::to_owned)).collect();
    stems.sort();
    stems
}

//! Templates whose bodies changed have a raised version: of two releases with one version and different bodies, each would replace the
//! other's at every cold start.
//!
//! `template_version.txt` has the version and a digest of all bodies. After a change, raise `VERSION` in `src/template.rs` and run
//! `UPDATE_EXPECT=1 cargo test -p logweir-search --test template_version`: it writes the file, if the version is above the one in it.

use std::fmt::Write;
use std::path::Path;

use logweir_search::{FlatField, templates};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The version of all templates, and a digest of their bodies for every kind of server.
fn made() -> (u32, String) {
    let prefix = "cwl".parse().expect("a prefix");
    let mut text = String::new();
    let mut versions = Vec::new();
    for flat in [FlatField::FlatObject, FlatField::Flattened, FlatField::None] {
        for template in templates(&prefix, flat) {
            versions.push(template.version);
            text.push_str(&template.name);
            write_sorted(&without_version(template.body), &mut text);
        }
    }
    assert!(versions.iter().all(|version| *version == versions[0]), "one version for all");
    let digest = Sha256::digest(text.as_bytes());
    (
        versions[0],
        digest.iter().take(16).fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        }),
    )
}

fn without_version(mut body: Value) -> Value {
    body.as_object_mut().map(|body| body.remove("version"));
    body
}

/// JSON with its members in order, whatever the features of `serde_json` are.
fn write_sorted(value: &Value, text: &mut String) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| name.as_str());
            for (name, value) in members {
                let _ = write!(text, "{{{name}:");
                write_sorted(value, text);
                text.push('}');
            }
        }
        Value::Array(values) => values.iter().for_each(|value| {
            text.push('[');
            write_sorted(value, text);
            text.push(']');
        }),
        other => {
            let _ = write!(text, "{other}");
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "whoever runs the test says so there")]
fn is_to_be_written() -> bool {
    std::env::var_os("UPDATE_EXPECT").is_some()
}

#[test]
fn a_template_that_changed_has_a_raised_version() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/template_version.txt");
    let (version, digest) = made();
    let committed = std::fs::read_to_string(&path).unwrap_or_else(|_| "0 none".to_owned());
    let (old_version, old_digest) = committed.trim().split_once(' ').expect("a version and a digest");
    let old_version: u32 = old_version.parse().expect("a version");
    if (version, digest.as_str()) == (old_version, old_digest) {
        return;
    }
    assert!(
        version > old_version,
        "the bodies of the templates changed, and VERSION in shared/search/src/template.rs is still {version}: raise it above {old_version}"
    );
    assert!(
        is_to_be_written(),
        "VERSION was raised to {version}: UPDATE_EXPECT=1 cargo test -p logweir-search --test template_version writes it down"
    );
    std::fs::write(path, format!("{version} {digest}\n")).expect("written");
}

//! Events of `CloudTrail` by the name of what was called: rules that say what Elastic's table of some eighty names says, and more of
//! the same kind.

use logweir_log_formats::cloudtrail::CloudTrailEvent;

use super::category;

/// Members of `event`: kind, categories and types.
pub(super) fn of(event: &CloudTrailEvent<'_>) -> &'static str {
    let name = event.event_name.map(|name| name.decode()).unwrap_or_default();
    let source = event.event_source.map(|source| source.decode()).unwrap_or_default();
    match (source.split('.').next().unwrap_or_default(), name.as_ref()) {
        ("iam", name) => iam(name),
        ("signin", _) => category!("event", "authentication" => "info"),
        ("sts", name) if name.starts_with("AssumeRole") || name.starts_with("GetFederationToken") => {
            category!("event", "authentication" => "info")
        }
        ("ec2", "CreateKeyPair" | "ImportKeyPair") => category!("event", "iam" => "admin" "creation"),
        ("ec2", "DeleteKeyPair") => category!("event", "iam" => "admin" "deletion"),
        ("s3", "CreateBucket") => category!("event", "file" => "creation"),
        ("s3", "DeleteBucket") => category!("event", "file" => "deletion"),
        // What was read has no category in Elastic's integration either; data events are no configuration.
        _ if event.read_only != Some("false") || event.management_event == Some("false") => {
            category!("event", "info")
        }
        (_, name) if begins(name, &["Create", "Run", "Allocate", "Register", "Import"]) => {
            category!("event", "configuration" => "creation")
        }
        (_, name) if begins(name, &["Delete", "Terminate", "Release", "Deregister"]) => {
            category!("event", "configuration" => "deletion")
        }
        _ => category!("event", "configuration" => "change"),
    }
}

/// Calls of Identity and Access Management: whom they are about, and whether he comes, goes or changes.
fn iam(name: &str) -> &'static str {
    let reads = begins(name, &["Get", "List", "Generate", "Simulate"]);
    if name.contains("Group") {
        match name {
            _ if reads => category!("event", "iam" => "group" "info"),
            "CreateGroup" => category!("event", "iam" => "group" "creation"),
            "DeleteGroup" => category!("event", "iam" => "group" "deletion"),
            _ => category!("event", "iam" => "group" "change"),
        }
    } else if is_about_a_user(name) {
        match name {
            _ if reads => category!("event", "iam" => "user" "info"),
            "CreateUser" => category!("event", "iam" => "user" "creation"),
            "DeleteUser" => category!("event", "iam" => "user" "deletion"),
            // A key or a device more or less is a change of the user.
            _ => category!("event", "iam" => "user" "change"),
        }
    } else {
        match name {
            _ if reads => category!("event", "iam" => "admin" "info"),
            _ if begins(name, &["Create"]) && !name.ends_with("Version") => {
                category!("event", "iam" => "admin" "creation")
            }
            _ if begins(name, &["Delete"]) && !name.ends_with("Version") => {
                category!("event", "iam" => "admin" "deletion")
            }
            _ => category!("event", "iam" => "admin" "change"),
        }
    }
}

fn is_about_a_user(name: &str) -> bool {
    let credentials = ["User", "AccessKey", "MFADevice", "SSHPublicKey", "LoginProfile", "SigningCertificate"];
    name == "ChangePassword" || credentials.iter().any(|word| name.contains(word))
}

fn begins(name: &str, verbs: &[&str]) -> bool {
    verbs.iter().any(|verb| name.starts_with(verb))
}

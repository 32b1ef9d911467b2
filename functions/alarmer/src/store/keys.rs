//! Keys of items. DynamoDB takes 2,048 bytes for the first part and 1,024 for the second:
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-partition-sort-keys>.

use sha2::{Digest, Sha256};

const MAX_PK: usize = 2_048;
const MAX_SK: usize = 1_024;

/// First part of the keys of all statuses of an alarm.
pub(crate) fn status_pk(alarm: &str) -> String {
    format!("status/{alarm}")
}

/// Second part of a status' key: the group, or what stands for one that is too long.
pub(crate) fn status_sk(group: &str) -> String {
    within(group, MAX_SK)
}

/// First part of an alarm's own item.
pub(crate) fn alarm_pk(alarm: &str) -> String {
    format!("alarm/{alarm}")
}

/// First part of the keys of the evidence of an alarm and group.
pub(crate) fn evidence_pk(alarm: &str, fingerprint: &str, group: &str) -> String {
    within(&format!("evidence/{alarm}/{fingerprint}/{group}"), MAX_PK)
}

/// The text itself, or if it is too long its beginning and a digest of the whole.
fn within(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let digest = digest(text);
    let end = text.floor_char_boundary(most - digest.len() - 1);
    format!("{}#{digest}", &text[..end])
}

/// 32 hex digits that stand for a text.
pub(crate) fn digest(text: &str) -> String {
    let mut hash = format!("{:x}", Sha256::digest(text.as_bytes()));
    hash.truncate(32);
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_groups_have_keys_of_their_own() {
        let long = |end: char| format!(r#"["{}{end}"]"#, "é".repeat(1_500));
        let (one, two) = (long('a'), long('b'));
        for (one, two, most) in [
            (status_sk(&one), status_sk(&two), MAX_SK),
            (evidence_pk("a", "f", &one), evidence_pk("a", "f", &two), MAX_PK),
        ] {
            assert!(one.len() <= most && two.len() <= most && one.len() > most - 40);
            assert_ne!(one, two);
        }
        assert_eq!(status_sk(r#"["a"]"#), r#"["a"]"#);
        assert_eq!(evidence_pk("a", "f", "[]"), "evidence/a/f/[]");
    }
}

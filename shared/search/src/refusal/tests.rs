use super::*;

fn scope(status: u16, error: &str) -> Scope {
    let problem: Problem = serde_json::from_str(error).expect("JSON");
    Refusal::of(status, Some(&problem)).scope
}

fn of_kind(kind: &str, words: &str) -> String {
    serde_json::json!({ "type": kind, "reason": words }).to_string()
}

/// Whatever the status, and wherever it stands.
#[test]
fn a_known_kind_is_never_the_documents() {
    for (kind, words, expected) in KINDS {
        let own = of_kind(kind, words);
        let below = [
            own.clone(),
            format!(r#"{{"type":"exception","reason":"r","caused_by":{own}}}"#),
            format!(r#"{{"type":"exception","reason":"r","caused_by":{{"type":"wrapped","caused_by":{own}}}}}"#),
            format!(r#"{{"root_cause":[{own}],"type":"exception","reason":"r"}}"#),
        ];
        for error in below {
            for status in [400, 403, 404, 409, 413, 500, 503] {
                assert_eq!(scope(status, &error), expected, "{status} {error}");
            }
            assert_eq!(scope(429, &error), Scope::Moment, "{error}");
        }
    }
}

#[test]
fn other_kinds_go_by_their_status() {
    for (status, expected) in [
        (400, Scope::Document),
        (413, Scope::Document),
        (422, Scope::Document),
        (500, Scope::Document),
        (401, Scope::Caller),
        (403, Scope::Caller),
        (404, Scope::Place),
        (405, Scope::Place),
        (410, Scope::Place),
        (423, Scope::Place),
        (408, Scope::Moment),
        (429, Scope::Moment),
        (501, Scope::Moment),
        (502, Scope::Moment),
        (503, Scope::Moment),
        (599, Scope::Moment),
    ] {
        for error in [of_kind("some_exception", "r"), r#""words""#.to_owned(), "7".to_owned(), "{}".to_owned()] {
            assert_eq!(scope(status, &error), expected, "{status} {error}");
        }
        assert_eq!(Refusal::of(status, None).scope, expected);
    }
}

/// As the servers said them.
#[test]
fn refusals_of_documents_are_theirs() {
    for (kind, words) in [
        ("mapper_parsing_exception", "failed to parse"),
        ("document_parsing_exception", "[1:7] failed to parse field [n] of type [long]"),
        (
            "strict_dynamic_mapping_exception",
            "mapping set to strict, dynamic introduction of [a] within [_doc] is not allowed",
        ),
        ("illegal_argument_exception", "mapper [e] cannot be changed from type [long] to [float]"),
        ("illegal_argument_exception", "Limit of total fields [2] has been exceeded"),
    ] {
        assert_eq!(scope(400, &of_kind(kind, words)), Scope::Document, "{kind}: {words}");
    }
}

#[test]
fn what_holds_up_is_told_whole_and_what_quotes_is_not() {
    let blocked = r#"{"type":"cluster_block_exception","reason":"index [cwl-app-2026.11.21] blocked by: [FORBIDDEN/8/index write (api)];"}"#;
    let body = format!(r#"{{"error":{blocked},"status":403}}"#);
    let obstacle = Obstacle::of_request(403, body.as_bytes()).expect("an error");
    assert_eq!(obstacle.scope, Scope::Place);
    assert_eq!(
        obstacle.words,
        "cluster_block_exception: index [cwl-app-2026.11.21] blocked by: [FORBIDDEN/8/index write (api)];"
    );
    let unknown = br#"{"error":{"type":"parse_exception","reason":"no 'secret'"}}"#;
    assert_eq!(Obstacle::of_request(400, unknown).expect("an error").words, "parse_exception: no");
    assert_eq!(Obstacle::of_request(502, b"<html>"), None);
}

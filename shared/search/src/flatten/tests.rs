use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};

fn flattened(document: &Value, moves: Moves<'_>) -> (Value, Flattened) {
    read(&document.to_string(), moves)
}

fn read(document: &str, moves: Moves<'_>) -> (Value, Flattened) {
    let mut out = Vec::new();
    let done = flatten(document, moves, None, &mut out).expect("JSON");
    (serde_json::from_slice(&out).expect("JSON"), done)
}

#[test]
fn members_move_by_their_path_and_others_stay() {
    let document = json!({"message": "m", "json": {"level": 30, "user": {"id": 7, "tags": ["a", null, 2]}, "list": [{"x": 1, "y": 2}, {"x": {"z": true}}]},
        "aws": {"cloudwatch": {"log_group": "json.level"}, "waf": {"action": "BLOCK"}}});
    for (path, json, flat) in [
        (
            "json.level",
            json!({"user": document["json"]["user"], "list": document["json"]["list"]}),
            json!({"level": 30}),
        ),
        (
            "json.user",
            json!({"level": 30, "list": document["json"]["list"]}),
            json!({"user.id": 7, "user.tags": ["a", 2]}),
        ),
        (
            "json.list.x",
            json!({"level": 30, "user": document["json"]["user"], "list": [{"y": 2}, {}]}),
            json!({"list.x": 1, "list.x.z": true}),
        ),
    ] {
        let (found, done) = flattened(&document, &|at, _| at == path);
        assert_eq!((&found["json"], &found["json_flat"]), (&json, &flat), "{path}");
        assert_eq!((&found["aws"], &found["message"]), (&document["aws"], &document["message"]), "{path}");
        assert!(done.moved.iter().all(|(moved, _)| moved == path));
    }
    let (found, done) = flattened(&document, &|path, _| path == "json" || path == "aws.waf");
    assert_eq!((found.get("json"), &found["aws"]), (None, &json!({"cloudwatch": {"log_group": "json.level"}})));
    assert_eq!(
        found["json_flat"],
        json!({"level": 30, "user.id": 7, "user.tags": ["a", 2], "list.x": 1, "list.y": 2, "list.x.z": true, "aws.waf.action": "BLOCK"})
    );
    assert!(done.is_changed() && !flattened(&document, &|_, _| false).1.is_changed());
}

#[test]
fn kinds_decide_too_and_names_with_dots_stand_within_objects() {
    let document = json!({"json": {"n": "text", "a.b": 1, "a": {"c": 2}}});
    assert!(!flattened(&document, &|path, kinds| path == "json.n" && kinds == Kinds::NUMBER).1.is_changed());
    let (found, _) = flattened(&document, &|path, _| path == "json.a");
    assert_eq!((&found["json"], &found["json_flat"]), (&json!({"n": "text"}), &json!({"a.b": 1, "a.c": 2})));
}

#[test]
fn of_a_name_that_stands_twice_the_last_stays_and_no_value_is_lost() {
    let document = r#"{"json":{"a":1,"a":{"b":2},"a":3,"o":{"x":[{"y":1,"y":2}]}},"json_big":{"n":"1","n":"2"}}"#;
    let (found, done) = read(document, &|_, _| false);
    assert_eq!(found["json"], json!({"a": 3, "o": {"x": [{"y": 2}]}}));
    assert_eq!(found["json_flat"], json!({"a": 1, "a.b": 2, "o.x.y": 1, "n": "1"}));
    assert_eq!((found["json_big"]["n"].as_str(), done.repeated), (Some("2"), 4));
}

#[test]
fn what_moves_later_joins_what_moved_before_and_a_term_holds_it() {
    let document = json!({"json": {"err": {"x": 1}}, "json_flat": {"err.x": "before", "z": [1, 2]}});
    let (found, _) = flattened(&document, &|path, _| path == "json.err");
    assert_eq!(found["json_flat"], json!({"err.x": [1, "before"], "z": [1, 2]}));

    let long = "ä".repeat(40_000);
    let document = json!({"json": {"text": long, "n".repeat(10_000): "v"}});
    let (found, _) = flattened(&document, &|path, _| path == "json");
    let text = found["json_flat"]["text"].as_str().expect("text");
    assert_eq!(text.chars().count(), MAX_KEYWORD_CHARACTERS);
    let terms = found["json_flat"].as_object().expect("an object").iter();
    assert!(terms.map(|(path, value)| path.len() + value.to_string().len() + 64).all(|length| length < 32_766));
    let digits = format!(r#"{{"json":{{"n":{}}}}}"#, "1".repeat(5000));
    assert_eq!(read(&digits, &|path, _| path == "json").0["json_flat"]["n"], "1".repeat(5000));
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Into::into),
        any::<i32>().prop_map(Into::into),
        "[a-c.]{0,3}".prop_map(Into::into)
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            proptest::collection::hash_map("[ab]{1,2}(\\.[ab])?", inner, 0..5)
                .prop_map(|members| members.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

/// All values with their paths.
fn values(path: &str, value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| values(&format!("{path}.{name}"), value, found));
        }
        Value::Array(elements) => elements.iter().for_each(|element| values(path, element, found)),
        Value::Null => {}
        value => found.push((path.to_owned(), value.to_string())),
    }
}

proptest! {
    #[test]
    fn no_value_is_lost_or_changed_and_none_moves_unasked(line in json(), moved in proptest::collection::vec("json(\\.[ab]{1,2}){0,2}", 0..3)) {
        let document = json!({"json": {"a": line}, "aws": {"cloudwatch": {"log_group": "g"}}});
        let (found, _) = flattened(&document, &|path, _| moved.iter().any(|moved| moved == path));
        let (mut before, mut after) = (Vec::new(), Vec::new());
        values("", &document["json"], &mut before);
        for root in ["json", "json_flat"] {
            values("", found.get(root).unwrap_or(&Value::Null), &mut after);
        }
        before.sort();
        after.sort();
        prop_assert_eq!(before, after);
        let is_asked = |path: &str| moved.iter().any(|moved| {
            moved.strip_prefix("json").is_some_and(|moved| moved.is_empty() || path == &moved[1..] || path.starts_with(&format!("{}.", &moved[1..])))
        });
        let flat = found.get("json_flat").and_then(Value::as_object).cloned().unwrap_or_default();
        prop_assert!(flat.keys().all(|path| is_asked(path)), "{flat:?} for {moved:?}");
    }
}

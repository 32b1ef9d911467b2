use logweir_subscription::Message;
use serde_json::{Value, json};

use super::moved::MAX_MOVES;
use super::*;
use crate::kinds::Kinds;
use crate::{DocumentIds, Obstacle, Scope, Settings};

fn payload(events: usize) -> String {
    let events: Vec<_> = (0..events)
        .map(|n| json!({"id": format!("{n}"), "timestamp": 1_795_260_000_123_i64, "message": format!("{{\"n\":{n}}}")}))
        .collect();
    json!({"messageType": "DATA_MESSAGE", "owner": "1", "logGroup": "g", "logStream": "s", "logEvents": events})
        .to_string()
}

fn bodies(settings: &Settings, limits: Limits, events: usize) -> Vec<Body> {
    let payload = payload(events);
    let Ok(Message::Data(data)) = Message::parse(&payload) else { panic!("no data message") };
    let mut writer = DocumentWriter::new(settings, &data);
    let mut builder = BodyBuilder::new(limits);
    let mut bodies: Vec<_> = data
        .log_events
        .iter()
        .enumerate()
        .filter_map(|(event, log_event)| builder.push(&mut writer, log_event, Source { record: 7, event }))
        .collect();
    bodies.extend(builder.finish());
    bodies
}

fn lines(body: &Body) -> Vec<Value> {
    let text = body.bytes().strip_suffix(b"\n").expect("a last line feed");
    text.split(|byte| *byte == b'\n').map(|line| serde_json::from_slice(line).expect("JSON")).collect()
}

fn outcomes(outcomes: &[Outcome]) -> Answer {
    Answer { outcomes: outcomes.to_vec(), ..Answer::default() }
}

fn refused() -> Outcome {
    complaint("why 'x'")
}

fn complaint(detail: &str) -> Outcome {
    Outcome::Refused { status: 400, reason: "why".to_owned(), detail: detail.to_owned() }
}

#[test]
fn bodies_keep_within_both_limits_and_lose_nothing() {
    let settings = Settings::default();
    let one = bodies(&settings, Limits { bytes: 1 << 20, documents: 100 }, 1).remove(0).bytes().len();
    for (limits, sizes) in [
        (Limits { bytes: 1 << 20, documents: 4 }, vec![4, 4, 2]),
        (Limits { bytes: 3 * one, documents: 100 }, vec![3, 3, 3, 1]),
        (Limits { bytes: 3 * one - 1, documents: 100 }, vec![2, 2, 2, 2, 2]),
        (Limits { bytes: 1, documents: 100 }, vec![1; 10]),
    ] {
        let bodies = bodies(&settings, limits, 10);
        assert_eq!(bodies.iter().map(Body::len).collect::<Vec<_>>(), sizes, "{limits:?}");
        assert!(bodies.iter().all(|body| body.len() == 1 || body.bytes().len() <= limits.bytes));
        let ids: Vec<_> =
            bodies.iter().flat_map(lines).filter_map(|line| line["event"]["id"].as_str().map(str::to_owned)).collect();
        assert_eq!(ids, (0..10).map(|n| n.to_string()).collect::<Vec<_>>());
        let sources: Vec<_> = bodies.iter().flat_map(Body::sources).collect();
        assert_eq!(sources, (0..10).map(|event| Source { record: 7, event }).collect::<Vec<_>>());
    }
}

#[test]
fn an_action_names_index_and_id_unless_the_server_makes_ids() {
    let limits = Limits { bytes: 1 << 20, documents: 100 };
    let body = bodies(&Settings::default(), limits, 1).remove(0);
    assert_eq!(lines(&body)[0], json!({"create": {"_index": "cwl-app-2026.11.21", "_id": "aoPDJc000"}}));
    let settings = Settings { ids: DocumentIds::Server, ..Settings::default() };
    let body = bodies(&settings, limits, 1).remove(0);
    assert_eq!(lines(&body)[0], json!({"create": {"_index": "cwl-app-2026.11.21"}}));
}

#[test]
fn each_outcome_leads_to_its_next_step() {
    let body = bodies(&Settings::default(), Limits { bytes: 1 << 20, documents: 100 }, 4).remove(0);
    let settled = body.settle(outcomes(&[Outcome::Created, Outcome::Exists, Outcome::Busy, refused()]));
    assert_eq!((settled.created, settled.existed, settled.moved, settled.is_busy), (1, 1, 1, true));
    assert_eq!((settled.refused.len(), settled.set_aside, settled.conflicts.len()), (0, 0, 0));
    let next = settled.next.expect("two to send again");
    let sent = lines(&next);
    assert_eq!((&sent[0], &sent[1]), (&lines(&body)[4], &lines(&body)[5]));
    assert_eq!(sent[2], lines(&body)[6]);
    assert_eq!((sent[3].get("json"), &sent[3]["json_flat"]), (None, &json!({"n": 3})));

    // Refused in the flat field too, it is set aside; what was busy has its fields in the flat one now.
    let settled = next.settle(outcomes(&[refused(), refused()]));
    assert_eq!((settled.moved, settled.set_aside, settled.is_busy), (1, 1, false));
    let next = settled.next.expect("two to send again");
    let sent = lines(&next);
    assert_eq!((&sent[3]["event"]["original"], &sent[3]["tags"]), (&json!("{\"n\":3}"), &json!(["mapping_conflict"])));
    assert_eq!((&sent[3]["error"]["message"], sent[3].get("json_flat")), (&json!("why 'x'"), None));

    // A refusal of what was set aside is the last.
    let settled = next.settle(outcomes(&[Outcome::Created, refused()]));
    assert_eq!(settled.refused.iter().map(|refused| refused.source.event).collect::<Vec<_>>(), [3]);
    assert!(settled.next.is_none());
}

#[test]
fn the_member_that_a_server_names_moves_and_others_of_its_kind_are_not_sent_there_again() {
    let settings = Settings::default();
    let limits = Limits { bytes: 1 << 20, documents: 100 };
    let body = bodies(&settings, limits, 2).remove(0);
    let named = complaint("x: failed to parse field [json.n] of type [boolean]");
    let settled = body.settle(outcomes(&[named.clone(), named]));
    let sent = lines(&settled.next.expect("two to send again"));
    for document in [&sent[1], &sent[3]] {
        assert_eq!((&document["json"], document.get("tags")), (&json!({}), None));
    }
    assert_eq!((&sent[1]["json_flat"], &sent[3]["json_flat"]), (&json!({"n": 0}), &json!({"n": 1})));
    let conflict = Conflict { index: "cwl-app-2026.11.21".to_owned(), path: "json.n".to_owned(), kinds: Kinds::NUMBER };
    assert!(settled.conflicts.contains(&conflict));

    let payload = payload(1);
    let Ok(Message::Data(data)) = Message::parse(&payload) else { panic!("no data message") };
    for (conflict, moves) in [
        (conflict.clone(), true),
        (Conflict { index: "cwl-app-2026.11.22".to_owned(), ..conflict.clone() }, false),
        (Conflict { kinds: Kinds::TEXT, ..conflict }, false),
    ] {
        let mut builder = BodyBuilder::new(limits);
        builder.avoid([conflict]);
        builder.push(&mut DocumentWriter::new(&settings, &data), &data.log_events[0], Source { record: 0, event: 0 });
        let sent = lines(&builder.finish().expect("a body"));
        assert_eq!(sent[1].get("json_flat").is_some(), moves);
    }
}

#[test]
fn over_the_limit_of_fields_a_line_keeps_those_that_every_index_has() {
    let line = r#"{"level":"info","pid":7,"labels":{"a":"b"},"new":{"er":1}}"#;
    let payload = json!({"messageType": "DATA_MESSAGE", "owner": "1", "logGroup": "g", "logStream": "s",
        "logEvents": [{"id": "1", "timestamp": 0, "message": line}]})
    .to_string();
    let Ok(Message::Data(data)) = Message::parse(&payload) else { panic!("no data message") };
    let (settings, mut builder) = (Settings::default(), BodyBuilder::new(Limits { bytes: 1 << 20, documents: 9 }));
    builder.push(&mut DocumentWriter::new(&settings, &data), &data.log_events[0], Source { record: 0, event: 0 });
    let limit = || outcomes(&[complaint("x: Limit of total fields [2000] has been exceeded")]);
    let next = builder.finish().expect("a body").settle(limit()).next.expect("one to send again");
    let sent = &lines(&next)[1];
    assert_eq!(sent["json"], json!({"level": "info", "pid": 7, "labels": {"a": "b"}}));
    assert_eq!(sent["json_flat"], json!({"new.er": 1}));
    let next = next.settle(limit()).next.expect("one to send again");
    assert_eq!(lines(&next)[1]["json_flat"], json!({"new.er": 1, "level": "info", "pid": 7, "labels.a": "b"}));
}

#[test]
fn a_document_that_is_refused_for_one_member_after_the_other_ends() {
    let mut body = bodies(&Settings::default(), Limits { bytes: 1 << 20, documents: 100 }, 1).remove(0);
    let mut requests = 0;
    loop {
        requests += 1;
        let words = ["x [json.n] y", "Duplicate field 'd'", "x [json.none] y"][requests % 3];
        let settled = body.settle(outcomes(&[complaint(words)]));
        match settled.next {
            Some(next) => body = next,
            None => break assert_eq!(settled.refused.len(), 1),
        }
    }
    assert!(requests <= usize::from(MAX_MOVES) + 3, "{requests}");
}

#[test]
fn what_is_not_the_documents_fault_is_held_up_and_others_go_on() {
    let body = bodies(&Settings::default(), Limits { bytes: 1 << 20, documents: 100 }, 3).remove(0);
    let obstacle = |words: &str| Obstacle { scope: Scope::Place, words: words.to_owned() };
    let answer = [Outcome::HeldUp(obstacle("first")), Outcome::Created, Outcome::HeldUp(obstacle("second"))];
    let settled = body.settle(outcomes(&answer));
    assert_eq!((settled.refused.len(), settled.set_aside, settled.next.is_none()), (0, 0, true));
    let source = |event| Source { record: 7, event };
    let indices = std::collections::BTreeSet::from(["cwl-app-2026.11.21".to_owned()]);
    assert_eq!(
        settled.held_up,
        HeldUp { sources: vec![source(0), source(2)], indices: indices.clone(), obstacle: Some(obstacle("first")) }
    );
    // What is known to be held up is not sent.
    let (rest, held) = body.clone().without(&indices);
    assert_eq!((rest.is_empty(), held), (true, vec![source(0), source(1), source(2)]));
    let (rest, held) = body.clone().without(&std::collections::BTreeSet::from(["cwl-app-2026.11.2".to_owned()]));
    assert_eq!((rest.bytes(), held), (body.bytes(), Vec::new()));
}

#[test]
fn a_server_that_always_fails_over_a_document_gets_it_as_text_and_then_never_again() {
    let failed = || outcomes(&[Outcome::Failed { reason: "e".to_owned(), detail: "e".to_owned() }]);
    let mut body = bodies(&Settings::default(), Limits { bytes: 1 << 20, documents: 100 }, 1).remove(0);
    let (mut requests, mut set_aside) = (0, 0);
    let refused = loop {
        requests += 1;
        let settled = body.settle(failed());
        set_aside += settled.set_aside;
        match settled.next {
            Some(next) => body = next,
            None => break settled.refused,
        }
    };
    assert_eq!((requests, set_aside, refused.len()), (2 * (usize::from(MAX_FAILURES) + 1), 1, 1));
}

#[test]
fn a_server_that_fails_over_a_whole_index_is_at_fault_itself() {
    let failed = || Outcome::Failed { reason: "e".to_owned(), detail: "e".to_owned() };
    let body = || bodies(&Settings::default(), Limits { bytes: 1 << 20, documents: 100 }, 3).remove(0);
    // However often: they stay as they are, and are sent again.
    let mut whole = body();
    for _ in 0..20 {
        let settled = whole.settle(outcomes(&[failed(), failed(), failed()]));
        assert_eq!((settled.set_aside, settled.refused.len(), settled.is_busy), (0, 0, true));
        whole = settled.next.expect("all");
    }
    assert_eq!(whole.bytes(), body().bytes());
    // While others of the index are taken, those two are suspect, and stay so when they are sent alone.
    let mut rest = body().settle(outcomes(&[failed(), Outcome::Created, failed()])).next.expect("two");
    let (mut set_aside, mut refused) = (0, 0);
    for _ in 0..=2 * usize::from(MAX_FAILURES) {
        let settled = rest.settle(outcomes(&[failed(), failed()]));
        set_aside += settled.set_aside;
        refused += settled.refused.len();
        rest = settled.next.unwrap_or_default();
    }
    assert_eq!((set_aside, refused), (2, 2));
}

#[test]
fn halves_hold_all_and_one_document_has_none() {
    let body = bodies(&Settings::default(), Limits { bytes: 1 << 20, documents: 100 }, 5).remove(0);
    let [first, second] = body.halves().expect("halves");
    assert_eq!((first.len(), second.len()), (2, 3));
    assert_eq!([first.bytes(), second.bytes()].concat(), body.bytes());
    let settled = second.settle(outcomes(&[refused(), Outcome::Created, Outcome::Created]));
    assert_eq!(settled.next.expect("one").sources().collect::<Vec<_>>(), [Source { record: 7, event: 2 }]);
    assert!(bodies(&Settings::default(), Limits { bytes: 1, documents: 1 }, 1)[0].halves().is_none());
}

//! Every file of `events/` through the pure parts of the functions, against `expected/`.
//!
//! `UPDATE_EXPECT=1` writes the expectations anew: read what changed before you commit it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::PathBuf;

use logweir_accounting::{Amount, Balance};
use logweir_archive::EventWriter;
use logweir_intake::{Batch, Incoming, Letter};
use logweir_lambda_support::Environment;
use logweir_subscription::{Decoder, Event, Message, gzip};
use logweir_transformer::{MAX_ANSWER_BYTES, Transform};
use serde_json::{Map, Value, json};

use crate::{read, root, stems};

/// As in events/template.yaml, so that what is expected here is expected of `sam local invoke` too.
const ENVIRONMENT: [(&str, &str); 4] = [
    ("ARCHIVE_BUCKET", "logweir-archive"),
    ("DEAD_LETTER_BUCKET", "logweir-dead-letters"),
    ("FORWARD_STREAM", "logweir-forward"),
    ("MAX_DECOMPRESSED_BYTES", "1048576"),
];
const MAX_DECOMPRESSED_BYTES: usize = 1 << 20;
const FUNCTIONS: [&str; 2] = ["ArchiverFunction", "TransformerFunction"];

#[test]
fn every_event_becomes_what_is_expected() {
    let mut differing = Vec::new();
    for name in stems(&root().join("events"), ".json") {
        let actual = outcome(&name);
        let path = expectation(&name);
        if update() {
            let text = serde_json::to_string_pretty(&actual).expect("a value serializes");
            fs::write(&path, text + "\n").expect("the expectation can be written");
            continue;
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        if serde_json::from_str::<Value>(&expected).ok().as_ref() != Some(&actual) {
            differing.push(format!("{name}: {actual:#}\nis not what {} says", path.display()));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n\n"));
}

#[test]
fn every_expectation_has_its_event() {
    if update() {
        return;
    }
    let (events, expected) = (root().join("events"), root().join("tests/it/expected"));
    assert_eq!(
        stems(&events, ".json"),
        stems(&expected, ".json"),
        "events/ and tests/it/expected/ hold the same names"
    );
}

#[test]
fn the_readme_lists_every_event_and_what_becomes_of_it() {
    let readme = read("events/README.md");
    let mut listed = BTreeSet::new();
    for row in readme.lines().filter(|line| line.starts_with("| [`")) {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let [_, link, what, command, stated, _] = cells[..] else { panic!("a row of five cells was expected: {row}") };
        let name = link.strip_prefix("[`").and_then(|link| link.split_once(".json`](")).expect("a link to a file").0;
        assert_eq!(link, format!("[`{name}.json`]({name}.json)"));
        let function = FUNCTIONS.into_iter().find(|function| command.contains(function)).expect("a function");
        assert_eq!(command, format!("`sam local invoke {function} --event {name}.json`"));
        assert!(what.ends_with('.') && what.len() > 12, "{name}: {what:?} is no sentence");
        assert_eq!(stated, summary(&outcome(name), function), "the outcome stated for {name}, {function}");
        listed.insert(name.to_owned());
    }
    let files: BTreeSet<_> = stems(&root().join("events"), ".json").into_iter().collect();
    assert_eq!(listed, files, "events/README.md lists the files that there are (run events/generate)");
}

/// A payload decodes to the same records wherever it comes from, and `logweir decode` prints those.
#[test]
fn functions_write_the_records_that_decoding_gives() {
    for name in stems(&root().join("events"), ".json") {
        let bytes = fs::read(root().join(format!("events/{name}.json"))).expect("the event can be read");
        let Ok(event) = Event::parse(&bytes) else { continue };
        let outcome = outcome(&name);
        let written = outcome["archiver"]["objects"].as_array().into_iter().flatten().chain(records(&outcome));
        let mut written: Vec<_> =
            written.flat_map(|part| part["lines"].as_array().into_iter().flatten()).map(text).collect();
        let mut decoded: Vec<_> = payloads(&event).iter().flat_map(|payload| lines_of(payload)).collect();
        written.sort();
        decoded.sort();
        assert_eq!(written, decoded, "{name}");
    }
}

fn records(outcome: &Value) -> impl Iterator<Item = &Value> {
    outcome["transformer"]["records"].as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().expect("a string").to_owned()
}

#[expect(clippy::disallowed_methods, reason = "whoever runs the test says so, as with any snapshot test")]
fn update() -> bool {
    std::env::var_os("UPDATE_EXPECT").is_some()
}

fn expectation(name: &str) -> PathBuf {
    root().join(format!("tests/it/expected/{name}.json"))
}

/// What the functions' pure parts make of an event, as the expectations show it.
fn outcome(name: &str) -> Value {
    let bytes = fs::read(root().join(format!("events/{name}.json"))).expect("the event can be read");
    match Event::parse(&bytes) {
        Err(error) => json!({"refused": {"errorType": "UnknownEvent", "errorMessage": error.to_string()}}),
        Ok(Event::Firehose(event)) => {
            json!({"envelope": "firehose", "from_kinesis": event.from_kinesis,
                "delivery_stream_arn": event.delivery_stream_arn, "transformer": transformed(&Batch::from(&event).records)})
        }
        Ok(event) => {
            let envelope = if matches!(event, Event::Logs { .. }) { "awslogs" } else { "kinesis" };
            let batch = Batch::of(&event).expect("no transform");
            let archived = archived(&batch.records);
            assert_forwarded(&batch.records, &archived);
            json!({"envelope": envelope, "archiver": archived})
        }
    }
}

fn payloads(event: &Event<'_>) -> Vec<String> {
    match event {
        Event::Logs { data } => vec![data.to_string()],
        Event::Kinesis(records) => records.iter().map(|record| record.data.to_string()).collect(),
        Event::Firehose(event) => event.records.iter().map(|record| record.data.to_string()).collect(),
    }
}

/// The records of one payload; none if it cannot be decoded.
fn lines_of(payload: &str) -> Vec<String> {
    let mut decoder = Decoder::new(MAX_DECOMPRESSED_BYTES);
    let Ok(Message::Data(data)) = decoder.decode_base64(payload) else { return Vec::new() };
    let mut out = Vec::new();
    let writer = EventWriter::new(&data);
    data.log_events.iter().for_each(|event| writer.write(event, &mut out));
    lines(&out)
}

fn archived(payloads: &[Incoming<'_>]) -> Value {
    let config = logweir_archiver::Config::read(Environment::from_pairs(ENVIRONMENT)).expect("a valid configuration");
    let plan = logweir_archiver::plan(&config, &config.intake, payloads);
    let object = |object: &logweir_archive::Object| {
        let lines = lines(&gunzip(&object.body));
        assert_eq!(lines.len(), object.events);
        json!({"key": object.key, "lines": lines})
    };
    let letter = |letter: &Letter| json!({"record": payloads[letter.record].name, "code": letter.code, "message": letter.message, "bytes": letter.bytes.len()});
    json!({
        "objects": plan.objects.iter().map(object).collect::<Vec<_>>(),
        "letters": plan.letters.iter().map(letter).collect::<Vec<_>>(),
        "balance": balance(&plan.ledger.balance(None)),
    })
}

fn transformer_config() -> logweir_transformer::Config {
    logweir_transformer::Config::read(Environment::from_pairs(ENVIRONMENT)).expect("a valid configuration")
}

/// Of a stream, the transformer forwards what the archiver stores, byte by byte as it came, and sets aside and drops the same.
fn assert_forwarded(payloads: &[Incoming<'_>], archived: &Value) {
    let config = transformer_config();
    let destination = config.forward.clone().expect("it forwards").destination;
    let plan = logweir_transformer::plan(&config, &config.intake, &destination, payloads);
    assert_eq!(balance(&plan.ledger.balance(None)), archived["balance"]);
    let codes: Vec<_> = plan.letters.iter().map(|letter| json!(letter.code)).collect();
    let expected: Vec<_> =
        archived["letters"].as_array().expect("letters").iter().map(|letter| letter["code"].clone()).collect();
    assert_eq!(codes, expected);
    for record in &plan.outgoing {
        let mut decoder = Decoder::new(MAX_DECOMPRESSED_BYTES);
        assert!(decoder.decode_base64(payloads[record.record].data).is_ok());
        assert!(decoder.payload() == record.payload || !decoder.payload().starts_with(&[0x1f, 0x8b]));
    }
}

fn transformed(records: &[Incoming<'_>]) -> Value {
    let config = transformer_config();
    let done = Transform::new(&config, &config.intake).transform(records, MAX_ANSWER_BYTES, true);
    assert!(done.surplus.is_empty(), "small events leave no surplus");
    let answer: Value = serde_json::from_slice(&done.answer.finish()).expect("the answer is JSON");
    let mut answers = answer["records"].as_array().expect("records").clone();
    for (answer, record) in answers.iter_mut().zip(records) {
        assert_eq!(answer["recordId"], record.name);
        let answer = answer.as_object_mut().expect("an object");
        if let Some(data) = answer.remove("data") {
            let data = base64_simd::STANDARD.decode_to_vec(text(&data)).expect("base64");
            answer.insert("lines".to_owned(), json!(lines(&gunzip(&data))));
        }
    }
    json!({"records": answers, "balance": balance(&done.ledger.balance(None))})
}

fn gunzip(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    gzip::reader(bytes).read_to_end(&mut text).expect("whole gzip");
    text
}

/// The lines of a text, each of which ends in a line feed, which is left out.
fn lines(text: &[u8]) -> Vec<String> {
    let text = std::str::from_utf8(text).expect("UTF-8");
    assert!(text.is_empty() || text.ends_with('\n'));
    // Not `lines`, which would take a carriage return away as well.
    text.split_terminator('\n').map(str::to_owned).collect()
}

/// What is not zero: `[records, events, bytes]`.
fn balance(balance: &Balance) -> Value {
    assert_eq!(balance.check(), Ok(()));
    let amount = |amount: Amount| json!([amount.records, amount.events, amount.bytes]);
    let mut shown = Map::new();
    for (name, part) in [
        ("received", balance.received),
        ("delivered", balance.delivered),
        ("dead_lettered", balance.dead_lettered),
        ("returned", balance.returned),
        ("repeated", balance.repeated),
    ] {
        if part != Amount::default() {
            shown.insert(name.to_owned(), amount(part));
        }
    }
    if !balance.dropped.is_empty() {
        let dropped: BTreeMap<_, _> =
            balance.dropped.iter().map(|(reason, part)| (reason.clone(), amount(*part))).collect();
        shown.insert("dropped".to_owned(), json!(dropped));
    }
    if balance.lone_surrogates > 0 {
        shown.insert("lone_surrogates".to_owned(), json!(balance.lone_surrogates));
    }
    Value::Object(shown)
}

/// An outcome in the few words that events/README.md has for it.
fn summary(outcome: &Value, function: &str) -> String {
    let foreign = if function == "ArchiverFunction" { "firehose" } else { "awslogs" };
    if outcome.get("refused").is_some() || outcome["envelope"] == foreign {
        return "refused: UnknownEvent".to_owned();
    }
    if outcome["envelope"] == "firehose" {
        return records(outcome).map(|record| text(&record["result"])).collect::<Vec<_>>().join(", ");
    }
    let archiver = &outcome["archiver"];
    let mut parts = Vec::new();
    let events = archiver["balance"]["delivered"][1].as_u64().unwrap_or(0);
    if events > 0 && function == "TransformerFunction" {
        parts.push(format!("forwards {events} events in {} records", archiver["balance"]["delivered"][0]));
    } else if events > 0 {
        let objects = archiver["objects"].as_array().expect("objects").len();
        parts.push(format!("stores {events} events in {objects} object{}", if objects == 1 { "" } else { "s" }));
    }
    let dropped = archiver["balance"]["dropped"].as_object().into_iter().flatten();
    let dropped: Vec<_> = dropped.map(|(reason, amount)| format!("{} ({reason})", amount[0])).collect();
    if !dropped.is_empty() {
        parts.push(format!("drops {}", dropped.join(", ")));
    }
    let codes: Vec<_> = archiver["letters"].as_array().expect("letters").iter().map(|l| text(&l["code"])).collect();
    if !codes.is_empty() {
        parts.push(format!("dead letter{} {}", if codes.len() == 1 { "" } else { "s" }, codes.join(", ")));
    }
    parts.join("; ")
}

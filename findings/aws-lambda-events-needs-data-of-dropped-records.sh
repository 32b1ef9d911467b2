#!/usr/bin/env bash
# aws_lambda_events 1.2.1 (crates.io), cargo 1.95, 2026-11-30
#
# Guess: the crate that gives Rust the types of Lambda's events reads what a Firehose transform may answer: a record that is dropped or failed is an
# id and a result, as AWS's own blueprint answers it, and a delivered one needs no metadata.
# Seen: KinesisFirehoseResponse demands `data` and `metadata` of every record, whatever its result; an answer that Firehose takes is no answer of
# that type. The type also reads any text as a result: "Okay" is as good as "Ok".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "answers"
version = "0.1.0"
edition = "2024"
[workspace]
[dependencies]
aws_lambda_events = { version = "=1.2.1", default-features = false, features = ["firehose"] }
serde_json = "1"
TOML
cat >src/main.rs <<'RUST'
use aws_lambda_events::event::firehose::KinesisFirehoseResponse;

fn main() {
    for record in [
        r#"{"recordId":"1","result":"Dropped"}"#,
        r#"{"recordId":"1","result":"Ok","data":"aGk="}"#,
        r#"{"recordId":"1","result":"Okay","data":"aGk=","metadata":{"partitionKeys":{}}}"#,
    ] {
        let answer = format!(r#"{{"records":[{record}]}}"#);
        match serde_json::from_str::<KinesisFirehoseResponse>(&answer) {
            Ok(_) => println!("read"),
            Err(error) => println!("{}", error.to_string().split(" at ").next().unwrap_or_default()),
        }
    }
}
RUST
said=$(cargo run --quiet)
echo "$said"
[[ $said == "missing field \`data\`"$'\n'"missing field \`metadata\`"$'\n'"read" ]] || { echo "changed" >&2; exit 1; }

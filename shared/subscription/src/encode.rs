//! The way back: payloads and envelopes as AWS makes them, for tests, the command-line tool, the demo and replay.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::gzip::Compressor;
use crate::message::{DataMessage, LogEvent};
use logweir_json::Text;

/// A data message in owned form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payload {
    /// Account that owns the log group.
    pub owner: String,
    /// Name of the log group.
    pub log_group: String,
    /// Name of the log stream.
    pub log_stream: String,
    /// Names of the subscription filters that matched.
    pub subscription_filters: Vec<String>,
    /// `ACCOUNT_LEVEL_POLICY`, or nothing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub policy_level: Option<String>,
    /// The events.
    pub log_events: Vec<Event>,
}

/// A log event in owned form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// CloudWatch Logs' id of the event.
    pub id: String,
    /// Milliseconds since 1970.
    pub timestamp: i64,
    /// The log line.
    pub message: String,
    /// What a filter pattern or an enriched subscription extracted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub extracted_fields: Option<Map<String, Value>>,
}

impl Payload {
    /// The JSON text of the message.
    pub fn to_json(&self) -> Vec<u8> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Typed<'a> {
            message_type: &'static str,
            #[serde(flatten)]
            payload: &'a Payload,
        }
        let typed = Typed { message_type: "DATA_MESSAGE", payload: self };
        // Strings, integers and maps with string keys always serialize.
        serde_json::to_vec(&typed).unwrap_or_default()
    }

    /// The payload as CloudWatch Logs sends it: gzip of the JSON text.
    pub fn to_gzip(&self) -> Vec<u8> {
        gzip(&self.to_json())
    }
}

/// The control message by which CloudWatch Logs checks that a destination can be reached, as JSON text.
pub fn control_message() -> Vec<u8> {
    json!({
        "messageType": "CONTROL_MESSAGE", "owner": "CloudwatchLogs", "logGroup": "", "logStream": "",
        "subscriptionFilters": [],
        "logEvents": [{"id": "", "timestamp": 1_795_260_000_000_i64,
            "message": "CWL CONTROL MESSAGE: Checking health of destination Firehose."}],
    })
    .to_string()
    .into_bytes()
}

/// One gzip member of `json` at level 6, as CloudWatch Logs compresses.
pub fn gzip(json: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    Compressor::new(6).member(json, &mut out);
    out
}

/// The event of a direct subscription that carries `payload`.
pub fn awslogs_event(payload: &[u8]) -> Value {
    json!({"awslogs": {"data": base64(payload)}})
}

/// A Kinesis event whose records carry `payloads`; sequence numbers count from 0.
pub fn kinesis_event(payloads: &[impl AsRef<[u8]>]) -> Value {
    let record = |(index, payload): (usize, &_)| {
        let sequence_number = format!("{:056}", 49_590_338_271_490_256_608_u128 + index as u128);
        json!({
            "kinesis": {
                "kinesisSchemaVersion": "1.0", "partitionKey": format!("{index}"),
                "sequenceNumber": sequence_number, "data": base64(AsRef::<[u8]>::as_ref(payload)),
                "approximateArrivalTimestamp": 1_795_260_000.123,
            },
            "eventSource": "aws:kinesis", "eventVersion": "1.0",
            "eventID": format!("shardId-000000000000:{sequence_number}"),
            "eventName": "aws:kinesis:record", "awsRegion": "eu-west-1",
            "invokeIdentityArn": "arn:aws:iam::123456789012:role/logweir",
            "eventSourceARN": "arn:aws:kinesis:eu-west-1:123456789012:stream/logweir",
        })
    };
    json!({"Records": payloads.iter().enumerate().map(record).collect::<Vec<_>>()})
}

/// A Firehose transform event of a direct-put delivery stream; record ids count from 0.
pub fn firehose_event(payloads: &[impl AsRef<[u8]>]) -> Value {
    let record = |(index, payload): (usize, &_)| {
        json!({
            "recordId": format!("{:056}", 49_546_986_683_135_544_286_u128 + index as u128),
            "approximateArrivalTimestamp": 1_795_260_000_123_i64,
            "data": base64(AsRef::<[u8]>::as_ref(payload)),
        })
    };
    json!({
        "invocationId": "2d6f4b1a-6b1f-4a52-8d59-3f1c9d6f0a11",
        "deliveryStreamArn": "arn:aws:firehose:eu-west-1:123456789012:deliverystream/logweir",
        "region": "eu-west-1",
        "records": payloads.iter().enumerate().map(record).collect::<Vec<_>>(),
    })
}

/// Base64 with padding.
pub fn base64(bytes: &[u8]) -> String {
    base64_simd::STANDARD.encode_to_string(bytes)
}

impl DataMessage<'_> {
    /// Appends the JSON text of a message that holds `events` of this one and is otherwise the same.
    pub fn write_payload(&self, events: &[LogEvent<'_>], out: &mut Vec<u8>) {
        let string = |name: &str, text: &Text<'_>, out: &mut Vec<u8>| {
            out.extend_from_slice(name.as_bytes());
            text.write_literal(out);
            out.push(b'"');
        };
        out.extend_from_slice(br#"{"messageType":"DATA_MESSAGE""#);
        string(r#","owner":""#, &self.owner, out);
        string(r#","logGroup":""#, &self.log_group, out);
        string(r#","logStream":""#, &self.log_stream, out);
        out.extend_from_slice(br#","subscriptionFilters":["#);
        for (index, filter) in self.subscription_filters.iter().enumerate() {
            string(if index == 0 { "\"" } else { ",\"" }, filter, out);
        }
        out.push(b']');
        if let Some(policy_level) = &self.policy_level {
            string(r#","policyLevel":""#, policy_level, out);
        }
        out.extend_from_slice(br#","logEvents":["#);
        for (index, event) in events.iter().enumerate() {
            string(if index == 0 { r#"{"id":""# } else { r#",{"id":""# }, &event.id, out);
            out.extend_from_slice(br#","timestamp":"#);
            out.extend_from_slice(event.timestamp.to_string().as_bytes());
            string(r#","message":""#, &event.message, out);
            if let Some(fields) = &event.extracted_fields {
                out.extend_from_slice(br#","extractedFields":"#);
                fields.write_compact(out);
            }
            out.push(b'}');
        }
        out.extend_from_slice(b"]}");
    }
}

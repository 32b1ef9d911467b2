//! Events of `CloudTrail`.

use logweir_log_formats::cloudtrail::CloudTrailEvent;

use super::decoded;
use crate::field::Field;
use crate::values::Values;

/// Keys of an event below which the keys are those of the service that was called.
pub(super) const FREE_FORM: [&str; 8] = [
    "requestParameters",
    "responseElements",
    "additionalEventData",
    "serviceEventDetails",
    "insightDetails",
    "addendum",
    "edgeDeviceDetails",
    "webIdFederationData",
];

/// Fills the fields of an event.
pub(super) fn fill<'m>(event: &CloudTrailEvent<'m>, values: &mut Values<'m>) {
    let (identity, insight) = (&event.user_identity, &event.insight_details);
    values.literal(Field::EventAction, event.event_name.or(insight.event_name));
    values.literal(Field::EventProvider, event.event_source.or(insight.event_source));
    let failed = event.error_code.is_some() || event.error_message.is_some();
    // Nobody called anything where Insights found something.
    if event.event_source.is_some() {
        values.text(Field::EventOutcome, Some(if failed { "failure" } else { "success" }));
    }
    values.literal(Field::EventReason, event.error_message.or(event.error_code).or(insight.insight_type));
    values.literal(Field::ErrorType, event.error_code.or(insight.error_code));
    values.literal(Field::ErrorMessage, event.error_message);
    values.literal(Field::CloudRegion, event.aws_region);
    values.literal(Field::UserName, identity.user_name.or(identity.session_context.session_issuer.user_name));
    values.literal(Field::UserId, identity.principal_id);
    values.literal(Field::UserAgentOriginal, event.user_agent);
    values.address(Field::SourceAddress, Field::SourceIp, decoded(event.source_ip_address));
}

#[cfg(test)]
mod tests {
    use logweir_subscription::Message;
    use serde_json::{Value, json};

    use crate::{DocumentWriter, Settings};

    fn document(event: &Value) -> Value {
        let payload = json!({"messageType": "DATA_MESSAGE", "owner": "1", "logGroup": "/any", "logStream": "s",
            "logEvents": [{"id": "1", "timestamp": 0, "message": event.to_string()}]});
        let payload = payload.to_string();
        let Ok(Message::Data(data)) = Message::parse(&payload) else { panic!("no data message") };
        let settings = Settings::default();
        let mut out = Vec::new();
        DocumentWriter::new(&settings, &data).write(&data.log_events[0], &mut out);
        serde_json::from_slice(&out).expect("JSON")
    }

    /// An event of a type, with what is its own.
    fn event(kind: &str, more: Value) -> Value {
        let mut event = json!({"eventVersion": "1.11", "eventTime": "2026-11-21T11:20:00Z", "awsRegion": "eu-west-1", "eventType": kind});
        let (Value::Object(members), Value::Object(more)) = (&mut event, more) else { panic!("objects") };
        members.extend(more);
        event
    }

    #[test]
    fn events_of_every_type_and_in_every_envelope() {
        let root = json!({"type": "Root", "principalId": "111122223333"});
        let insight = json!({"state": "Start", "eventSource": "ssm.amazonaws.com", "eventName": "GetParameters", "insightType": "ApiErrorRateInsight", "errorCode": "AccessDenied"});
        let call = event(
            "AwsApiCall",
            json!({"eventSource": "s3.amazonaws.com", "eventName": "GetObject", "userIdentity": root}),
        );
        let bridge = |detail: &Value| json!({"version": "0", "detail-type": "AWS API Call via CloudTrail", "source": "aws.s3", "detail": detail});
        for (line, action, provider, outcome) in [
            (call.clone(), "GetObject", "s3.amazonaws.com", Some("success")),
            (bridge(&call), "GetObject", "s3.amazonaws.com", Some("success")),
            (json!({"Records": [call]}), "GetObject", "s3.amazonaws.com", Some("success")),
            (
                event("AwsCloudTrailInsight", json!({"insightDetails": insight})),
                "GetParameters",
                "ssm.amazonaws.com",
                None,
            ),
            (
                event(
                    "AwsVpceEvent",
                    json!({"eventSource": "kms.amazonaws.com", "eventName": "Decrypt", "eventCategory": "NetworkActivity", "errorCode": "VpceAccessDenied"}),
                ),
                "Decrypt",
                "kms.amazonaws.com",
                Some("failure"),
            ),
            (
                event(
                    "AwsServiceEvent",
                    json!({"eventSource": "kms.amazonaws.com", "eventName": "RotateKey", "serviceEventDetails": {"keyId": "k"}}),
                ),
                "RotateKey",
                "kms.amazonaws.com",
                Some("success"),
            ),
            (
                event(
                    "AwsConsoleSignIn",
                    json!({"eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin", "errorMessage": "Failed authentication"}),
                ),
                "ConsoleLogin",
                "signin.amazonaws.com",
                Some("failure"),
            ),
        ] {
            let document = document(&line);
            let event = &document["event"];
            assert_eq!(
                (&event["dataset"], &event["action"], &event["provider"]),
                (&json!("aws.cloudtrail"), &json!(action), &json!(provider)),
                "{line}"
            );
            assert_eq!(event["outcome"], json!(outcome), "{line}");
            assert_eq!(
                (&document["cloud"]["region"], document["aws"]["cloudtrail"].is_object()),
                (&json!("eu-west-1"), true),
                "{line}"
            );
        }
        let found = document(&event("AwsCloudTrailInsight", json!({"insightDetails": insight})));
        assert_eq!(
            (&found["event"]["reason"], &found["error"]["type"]),
            (&json!("ApiErrorRateInsight"), &json!("AccessDenied"))
        );
    }
}

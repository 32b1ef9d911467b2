//! Events of AWS `CloudTrail`: one JSON object each.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>,
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>, those of Insights:
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-insights-fields-trails.html>, in an envelope of `EventBridge`:
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html>

use logweir_json::{Kind, Scanner, Text};

use crate::object::{Value, json_record, members_of};

json_record! {
    /// An event, with what ECS has fields for and alarms ask for. What is not here, or of another kind than the page says, is in
    /// [`CloudTrail::json`].
    pub struct CloudTrailEvent {
        event_version: text = "eventVersion",
        event_time: text = "eventTime",
        event_source: text = "eventSource",
        event_name: text = "eventName",
        event_type: text = "eventType",
        event_category: text = "eventCategory",
        event_id: text = "eventID",
        aws_region: text = "awsRegion",
        source_ip_address: text = "sourceIPAddress",
        user_agent: text = "userAgent",
        error_code: text = "errorCode",
        error_message: text = "errorMessage",
        request_id: text = "requestID",
        shared_event_id: text = "sharedEventID",
        recipient_account_id: text = "recipientAccountId",
        vpc_endpoint_id: text = "vpcEndpointId",
        vpc_endpoint_account_id: text = "vpcEndpointAccountId",
        api_version: text = "apiVersion",
        read_only: raw = "readOnly",
        management_event: raw = "managementEvent",
        session_credential_from_console: text = "sessionCredentialFromConsole",
        request_parameters: raw = "requestParameters",
        response_elements: raw = "responseElements",
        additional_event_data: raw = "additionalEventData",
        service_event_details: raw = "serviceEventDetails",
        resources: raw = "resources",
        addendum: raw = "addendum",
        edge_device_details: raw = "edgeDeviceDetails",
        @ user_identity: UserIdentity = "userIdentity",
        @ tls_details: TlsDetails = "tlsDetails",
        @ insight_details: InsightDetails = "insightDetails",
    }
}

json_record! {
    /// Who made a request.
    pub struct UserIdentity {
        identity_type: text = "type",
        principal_id: text = "principalId",
        arn: text = "arn",
        account_id: text = "accountId",
        access_key_id: text = "accessKeyId",
        user_name: text = "userName",
        invoked_by: text = "invokedBy",
        identity_provider: text = "identityProvider",
        credential_id: text = "credentialId",
        @ session_context: SessionContext = "sessionContext",
    }
}

json_record! {
    /// The session that temporary credentials belong to.
    pub struct SessionContext {
        source_identity: text = "sourceIdentity",
        web_id_federation_data: raw = "webIdFederationData",
        @ session_issuer: SessionIssuer = "sessionIssuer",
        @ attributes: SessionAttributes = "attributes",
    }
}

json_record! {
    /// Who the credentials of a session were given to.
    pub struct SessionIssuer {
        issuer_type: text = "type",
        principal_id: text = "principalId",
        arn: text = "arn",
        account_id: text = "accountId",
        user_name: text = "userName",
    }
}

json_record! {
    /// What is known of a session.
    pub struct SessionAttributes {
        creation_date: text = "creationDate",
        mfa_authenticated: text = "mfaAuthenticated",
    }
}

json_record! {
    /// The connection of a request.
    pub struct TlsDetails {
        tls_version: text = "tlsVersion",
        cipher_suite: text = "cipherSuite",
        client_provided_host_header: text = "clientProvidedHostHeader",
    }
}

json_record! {
    /// What of an account is unusual: the calls of a name, or their errors.
    pub struct InsightDetails {
        state: text = "state",
        event_source: text = "eventSource",
        event_name: text = "eventName",
        insight_type: text = "insightType",
        error_code: text = "errorCode",
        insight_context: raw = "insightContext",
    }
}

/// What the types of events end with that `EventBridge` has of `CloudTrail`.
const VIA: &str = " via CloudTrail";

/// An event, and the JSON that it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CloudTrail<'m> {
    /// The whole event, without an envelope around it.
    pub json: &'m str,
    /// What is read of it.
    pub event: CloudTrailEvent<'m>,
}

impl<'m> CloudTrail<'m> {
    /// A JSON object that has the keys which every event has.
    pub(crate) fn of_members(json: &'m str, members: &[(Text<'m>, Value<'m>)]) -> Option<Self> {
        let of_name = |name: &str| members.iter().find(|(key, _)| key.is(name)).map(|(_, value)| *value);
        let is_text = |name: &str| of_name(name).is_some_and(|value| value.text().is_some());
        // Of Insights the source is in the details.
        let has_source =
            is_text("eventSource") || of_name("insightDetails").is_some_and(|value| value.kind == Kind::Object);
        if !has_source || !["eventVersion", "eventTime", "awsRegion"].into_iter().all(is_text) {
            return None;
        }
        let mut event = CloudTrailEvent::default();
        for (key, value) in members {
            event.take(*key, *value);
        }
        Some(Self { json, event })
    }

    /// An envelope with one event: that of `EventBridge`, or `Records` as a trail's files have them. Several records in one line are
    /// not taken apart, as a line is one document.
    pub(crate) fn of_envelope(members: &[(Text<'m>, Value<'m>)]) -> Option<Self> {
        let of_name = |name: &str| members.iter().find(|(key, _)| key.is(name)).map(|(_, value)| *value);
        let event = if let Some(records) = of_name("Records") {
            only_item(records.raw)?
        } else {
            of_name("detail-type")?.text().filter(|kind| kind.decode().ends_with(VIA))?;
            of_name("detail")?.raw
        };
        let mut members = Vec::new();
        members_of(event, |key, value| members.push((key, value)));
        Self::of_members(event, &members)
    }
}

/// The item of an array that has one.
fn only_item(array: &str) -> Option<&str> {
    let mut scanner = Scanner::new(array);
    scanner.open(b'[').ok()?;
    let item = scanner.next(true, b']').ok()?.then(|| scanner.value().ok())??;
    (!scanner.next(false, b']').ok()?).then_some(item)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Hints, LogLine};

    /// An example of AWS's documentation, shortened
    /// (<https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html>).
    const EVENT: &str = r#"{"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","principalId":"AIDA6ON6E4XEGITEXAMPLE","arn":"arn:aws:sts::888888888888:assumed-role/Mary","accountId":"888888888888","accessKeyId":"ASIAIOSFODNN7EXAMPLE","sessionContext":{"sessionIssuer":{"type":"Role","userName":"Mary"},"webIdFederationData":{},"attributes":{"creationDate":"2023-07-19T21:11:57Z","mfaAuthenticated":"false"}}},"eventTime":"2023-07-19T21:25:09Z","eventSource":"ec2.amazonaws.com","eventName":"StopInstances","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.0","userAgent":"aws-cli/2.13.5 \"x\"","errorCode":"Client.UnauthorizedOperation","requestParameters":{"instancesSet":{"items":[{"instanceId":"i-EXAMPLE56126103cb"}]},"force":false},"responseElements":null,"requestID":"c308a950-e43e-444e-afc1-EXAMPLE73e49","eventID":"a12345678-1234-1234-1234-EXAMPLE73e49","readOnly":false,"managementEvent":true,"recipientAccountId":"888888888888","eventCategory":"Management","tlsDetails":{"tlsVersion":"TLSv1.2"}}"#;

    #[test]
    fn an_event() {
        let hints = Hints::default();
        let record = LogLine::parse(EVENT, &hints);
        let LogLine::CloudTrail(found) = &record else { panic!("{record:?}") };
        let CloudTrail { json, event } = **found;
        assert_eq!(json, EVENT);
        let text = |text: Option<Text<'_>>| text.map(|text| text.decode().into_owned());
        assert_eq!(text(event.event_name).as_deref(), Some("StopInstances"));
        assert_eq!(text(event.user_agent).as_deref(), Some("aws-cli/2.13.5 \"x\""));
        assert_eq!(text(event.user_identity.account_id).as_deref(), Some("888888888888"));
        assert_eq!(text(event.user_identity.session_context.session_issuer.user_name).as_deref(), Some("Mary"));
        assert_eq!(text(event.user_identity.session_context.attributes.mfa_authenticated).as_deref(), Some("false"));
        assert_eq!(text(event.tls_details.tls_version).as_deref(), Some("TLSv1.2"));
        assert_eq!(
            (event.read_only, event.management_event, event.response_elements),
            (Some("false"), Some("true"), None)
        );
        assert!(event.request_parameters.is_some_and(|json| json.ends_with(r#""force":false}"#)));
        assert_eq!(record.traces(EVENT).request_id, Some("c308a950-e43e-444e-afc1-EXAMPLE73e49"));
    }

    #[test]
    fn events_of_insights_have_their_source_in_the_details() {
        let event = r#"{"eventVersion":"1.09","eventTime":"2026-11-21T11:20:00Z","awsRegion":"us-east-1","eventID":"5b1c2d3e","eventType":"AwsCloudTrailInsight","recipientAccountId":"111122223333","sharedEventID":"6f1b7a0e","insightDetails":{"state":"Start","eventSource":"ssm.amazonaws.com","eventName":"UpdateInstanceInformation","insightType":"ApiCallRateInsight","insightContext":{"statistics":{"baseline":{"average":85.4}}}},"eventCategory":"Insight"}"#;
        let hints = Hints::default();
        let LogLine::CloudTrail(found) = LogLine::parse(event, &hints) else { panic!("an event") };
        assert!(found.event.insight_details.event_name.is_some_and(|name| name.is("UpdateInstanceInformation")));
    }

    #[test]
    fn envelopes_with_one_event() {
        let bridge = |kind: &str, detail: &str| {
            format!(
                r#"{{"version":"0","id":"1","detail-type":"{kind}","source":"aws.ec2","account":"888888888888","time":"2026-11-21T11:20:00Z","region":"us-east-1","resources":[],"detail":{detail}}}"#
            )
        };
        let hints = Hints::default();
        for (message, is_event) in [
            (bridge("AWS API Call via CloudTrail", EVENT), true),
            (bridge("AWS Console Sign In via CloudTrail", EVENT), true),
            (bridge("EC2 Instance State-change Notification", EVENT), false),
            (bridge("AWS API Call via CloudTrail", "[]"), false),
            (bridge("AWS API Call via CloudTrail", "{}"), false),
            (format!(r#"{{"Records": [ {EVENT} ]}}"#), true),
            (format!(r#"{{"Records":[{EVENT},{EVENT}]}}"#), false),
            (r#"{"Records":[]}"#.to_owned(), false),
            (r#"{"Records":{}}"#.to_owned(), false),
        ] {
            let record = LogLine::parse(&message, &hints);
            assert_eq!(matches!(&record, LogLine::CloudTrail(found) if found.json == EVENT), is_event, "{message}");
        }
    }

    #[test]
    fn other_objects_are_not() {
        let hints = Hints::default();
        let source = r#""eventVersion":"1.0","eventTime":"2026-11-21T11:20:00Z","eventSource":"orders""#;
        for message in [
            format!("{{{source}}}"),
            format!(r#"{{{source},"awsRegion":1}}"#),
            format!(r#"{{"e":{{{source},"awsRegion":"x"}}}}"#),
        ] {
            assert!(matches!(LogLine::parse(&message, &hints), LogLine::Json(_)), "{message}");
        }
    }
}

//! Events of AWS `CloudTrail`: one JSON object each.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>,
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>

use logweir_json::Text;

use crate::object::{Value, json_record};

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
        insight_details: raw = "insightDetails",
        addendum: raw = "addendum",
        edge_device_details: raw = "edgeDeviceDetails",
        @ user_identity: UserIdentity = "userIdentity",
        @ tls_details: TlsDetails = "tlsDetails",
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

/// An event, and the JSON that it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CloudTrail<'m> {
    /// The whole object.
    pub json: &'m str,
    /// What is read of it.
    pub event: CloudTrailEvent<'m>,
}

impl<'m> CloudTrail<'m> {
    /// A JSON object that has the keys which every event has.
    pub(crate) fn of_members(json: &'m str, members: &[(Text<'m>, Value<'m>)]) -> Option<Self> {
        let required = ["eventVersion", "eventTime", "eventSource", "awsRegion"];
        let has = |name: &str| members.iter().any(|(key, value)| key.is(name) && value.text().is_some());
        if !required.into_iter().all(has) {
            return None;
        }
        let mut event = CloudTrailEvent::default();
        for (key, value) in members {
            event.take(*key, *value);
        }
        Some(Self { json, event })
    }
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

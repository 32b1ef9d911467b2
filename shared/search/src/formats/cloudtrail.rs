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
    let identity = &event.user_identity;
    values.literal(Field::EventAction, event.event_name);
    values.literal(Field::EventProvider, event.event_source);
    let failed = event.error_code.is_some() || event.error_message.is_some();
    values.text(Field::EventOutcome, Some(if failed { "failure" } else { "success" }));
    values.literal(Field::EventReason, event.error_message.or(event.error_code));
    values.literal(Field::ErrorType, event.error_code);
    values.literal(Field::ErrorMessage, event.error_message);
    values.literal(Field::CloudRegion, event.aws_region);
    values.literal(Field::UserName, identity.user_name.or(identity.session_context.session_issuer.user_name));
    values.literal(Field::UserId, identity.principal_id);
    values.literal(Field::UserAgentOriginal, event.user_agent);
    values.address(Field::SourceAddress, Field::SourceIp, decoded(event.source_ip_address));
}

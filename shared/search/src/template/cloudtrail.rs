//! The mapping of events of `CloudTrail`: what AWS names has a field before the first event comes, what services name has none of its
//! own. So a new day costs the cluster nothing, and a parameter that is text in one service and an object in another fits.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>,
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>

use serde_json::Value;

use super::mapping;
use crate::field::Type;
use crate::flat::FlatField;

const FIELDS: &[(&str, Type)] = &[
    ("event_version", Type::Keyword),
    ("event_time", Type::Date),
    ("event_source", Type::Keyword),
    ("event_name", Type::Keyword),
    ("event_type", Type::Keyword),
    ("event_category", Type::Keyword),
    ("event_id", Type::Keyword),
    ("aws_region", Type::Keyword),
    ("source_ip_address", Type::Keyword),
    ("user_agent", Type::Keyword),
    ("error_code", Type::Keyword),
    ("error_message", Type::Keyword),
    ("request_id", Type::Keyword),
    ("shared_event_id", Type::Keyword),
    ("recipient_account_id", Type::Keyword),
    ("vpc_endpoint_id", Type::Keyword),
    ("vpc_endpoint_account_id", Type::Keyword),
    ("api_version", Type::Keyword),
    ("read_only", Type::Boolean),
    ("management_event", Type::Boolean),
    ("session_credential_from_console", Type::Keyword),
    ("resources.arn", Type::Keyword),
    ("resources.arn_prefix", Type::Keyword),
    ("resources.account_id", Type::Keyword),
    ("resources.type", Type::Keyword),
    ("tls_details.tls_version", Type::Keyword),
    ("tls_details.cipher_suite", Type::Keyword),
    ("tls_details.client_provided_host_header", Type::Keyword),
    ("tls_details.key_exchange", Type::Keyword),
    ("user_identity.type", Type::Keyword),
    ("user_identity.principal_id", Type::Keyword),
    ("user_identity.arn", Type::Keyword),
    ("user_identity.account_id", Type::Keyword),
    ("user_identity.access_key_id", Type::Keyword),
    ("user_identity.user_name", Type::Keyword),
    ("user_identity.invoked_by", Type::Keyword),
    ("user_identity.identity_provider", Type::Keyword),
    ("user_identity.credential_id", Type::Keyword),
    ("user_identity.on_behalf_of.user_id", Type::Keyword),
    ("user_identity.on_behalf_of.identity_store_arn", Type::Keyword),
    ("user_identity.in_scope_of.source_arn", Type::Keyword),
    ("user_identity.in_scope_of.source_account", Type::Keyword),
    ("user_identity.in_scope_of.issuer_type", Type::Keyword),
    ("user_identity.in_scope_of.credentials_issued_to", Type::Keyword),
    ("user_identity.session_context.source_identity", Type::Keyword),
    ("user_identity.session_context.ec2_role_delivery", Type::Keyword),
    ("user_identity.session_context.assumed_root", Type::Keyword),
    ("user_identity.session_context.session_issuer.type", Type::Keyword),
    ("user_identity.session_context.session_issuer.principal_id", Type::Keyword),
    ("user_identity.session_context.session_issuer.arn", Type::Keyword),
    ("user_identity.session_context.session_issuer.account_id", Type::Keyword),
    ("user_identity.session_context.session_issuer.user_name", Type::Keyword),
    ("user_identity.session_context.attributes.creation_date", Type::Date),
    ("user_identity.session_context.attributes.mfa_authenticated", Type::Keyword),
];

/// Objects whose members are those of the service that was called.
const FREE_FORM: &[&str] = &[
    "request_parameters",
    "response_elements",
    "additional_event_data",
    "service_event_details",
    "insight_details",
    "addendum",
    "edge_device_details",
    "event_context",
    "user_identity.session_context.web_id_federation_data",
];

pub(super) fn properties(flat: FlatField) -> Vec<(String, Value)> {
    let fields = FIELDS.iter().map(|(path, field_type)| (*path, mapping(*field_type)));
    let free_form = FREE_FORM.iter().filter(|_| flat != FlatField::None).map(|path| (*path, flat.mapping()));
    fields.chain(free_form).map(|(path, mapping)| (format!("aws.cloudtrail.{path}"), mapping)).collect()
}

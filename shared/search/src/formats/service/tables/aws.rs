//! Services of AWS, and databases and programs that log lines of text.

use super::super::How;
use super::Rule;
use crate::field::Field;

pub(super) const EKS_AUDIT: &[Rule] = table! {
    "verb" EventAction;
    "requestURI" UrlOriginal Target;
    "user.uid" UserId;
    "user.username" UserName;
    "userAgent" UserAgentOriginal;
    "sourceIPs" SourceAddress Address;
    "auditID" HttpRequestId;
    "objectRef.namespace" OrchestratorNamespace;
    "objectRef.resource" OrchestratorResourceType;
    "objectRef.name" OrchestratorResourceName;
    "responseStatus.code" HttpResponseStatusCode Status;
    "responseStatus.reason" EventReason;
    "responseStatus.message" ErrorMessage;
};
pub(super) const EKS_AUTHENTICATOR: &[Rule] = table! {
    "msg" EventOutcome SucceedsIf("access granted");
    "msg" EventAction;
    "arn" UserId;
    "username" UserName;
    "client" SourceAddress Endpoint;
    "method" HttpRequestMethod;
    "path" UrlOriginal Target;
};
pub(super) const CONTAINER_INSIGHTS: &[Rule] = table! {
    "ClusterName" OrchestratorClusterName;
    "Namespace" OrchestratorNamespace;
    "PodName" OrchestratorResourceName;
    "Service" ServiceName;
    "ServiceName" ServiceName;
    "EC2InstanceId" HostName;
    "NodeName" HostName;
};
pub(super) const BEDROCK: &[Rule] = table! {
    "operation" EventAction;
    "region" CloudRegion;
    "identity.arn" UserId;
    "requestId" HttpRequestId;
    "errorCode" ErrorType;
};
pub(super) const APP_SYNC: &[Rule] = table! {
    "logType" EventAction;
    "latency" EventDuration;
    "duration" EventDuration;
    "statusCode" HttpResponseStatusCode Status;
    "errors" ErrorMessage;
};
pub(super) const STEP_FUNCTIONS: &[Rule] = table! {
    "type" EventOutcome ByEnding;
    "execution_arn" ServiceName StateMachine;
    "details.error" ErrorType;
    "details.cause" ErrorMessage;
};
pub(super) const NETWORK_FIREWALL: &[Rule] = table! {
    "event.event_type" EventAction;
    "event.alert.action" EventAction Lower;
    "event.alert.action" EventOutcome SucceedsIf("allowed");
    "event.alert.signature_id" RuleId;
    "event.alert.signature" RuleName;
    "event.src_ip" SourceAddress Address;
    "event.src_port" SourcePort;
    "event.dest_ip" DestinationAddress Address;
    "event.dest_port" DestinationPort;
    "event.proto" NetworkTransport Lower;
    "event.netflow.bytes" NetworkBytes;
    "event.netflow.pkts" NetworkPackets;
    "event.tls.sni" UrlDomain;
    "event.http.hostname" UrlDomain;
    "event.http.http_method" HttpRequestMethod;
    "event.http.url" UrlOriginal Target;
    "event.http.http_user_agent" UserAgentOriginal;
    "event.http.status" HttpResponseStatusCode;
};
pub(super) const VPC_LATTICE: &[Rule] = table! {
    "requestMethod" HttpRequestMethod;
    "requestPath" UrlOriginal Target;
    "hostHeader" UrlDomain;
    "protocol" HttpVersion Version;
    "responseCode" HttpResponseStatusCode Status;
    "bytesSent" HttpResponseBodyBytes;
    "duration" EventDuration Milliseconds;
    "userAgent" UserAgentOriginal;
    "sourceIpPort" SourceAddress Endpoint;
    "targetIpPort" DestinationAddress Endpoint;
    "resolvedUser" UserName;
    "callerPrincipal" UserId;
    "failureReason" EventReason;
    "authDeniedReason" EventReason;
};
pub(super) const CLOUD_FRONT: &[Rule] = table! {
    "c-ip" SourceAddress Address;
    "c-port" SourcePort;
    "c-country" SourceGeoCountry;
    "cs-method" HttpRequestMethod;
    "cs(Host)" UrlDomain;
    "x-host-header" UrlDomain;
    "cs-uri-stem" UrlOriginal Target;
    "cs-uri-query" UrlQuery;
    "cs-protocol" UrlScheme;
    "cs-protocol-version" HttpVersion Version;
    "sc-status" HttpResponseStatusCode Status;
    "sc-bytes" HttpResponseBodyBytes;
    "cs(Referer)" HttpRequestReferrer Percent;
    "cs(User-Agent)" UserAgentOriginal Percent;
    "x-edge-request-id" HttpRequestId;
    "x-edge-result-type" EventAction;
    "time-taken" EventDuration Seconds;
};
pub(super) const APPLICATION_LOAD_BALANCER: &[Rule] = table! {
    "client" SourceAddress Endpoint;
    "target" DestinationAddress Endpoint;
    "target_processing_time" EventDuration Seconds;
    "elb_status_code" HttpResponseStatusCode Status;
    "sent_bytes" HttpResponseBodyBytes;
    "request" UrlOriginal RequestLine;
    "user_agent" UserAgentOriginal;
    "domain_name" UrlDomain;
    "error_reason" EventReason;
};
pub(super) const NETWORK_LOAD_BALANCER: &[Rule] = table! {
    "client" SourceAddress Endpoint;
    "destination" DestinationAddress Endpoint;
    "connection_time" EventDuration Milliseconds;
    "received_bytes" SourceBytes;
    "domain_name" UrlDomain;
};
pub(super) const ROUTE53_PUBLIC: &[Rule] = table! {
    "query_name" DnsQuestionName;
    "query_type" DnsQuestionType;
    "rcode" DnsResponseCode;
    "rcode" EventOutcome SucceedsIf("NOERROR");
    "transport" NetworkTransport Lower;
    "srcaddr" SourceAddress Address;
};
pub(super) const MYSQL_AUDIT: &[Rule] = table! {
    "serverhost" HostName;
    "username" UserName;
    "host" SourceAddress Address;
    "operation" EventAction Lower;
    "retcode" EventOutcome SucceedsIf("0");
};
pub(super) const POSTGRESQL: &[Rule] = table! {
    "address" SourceAddress Address;
    "port" SourcePort;
    "user" UserName;
    "pid" ProcessPid;
    "sqlstate" ErrorType;
    "text" ErrorMessage;
};
pub(super) const SYSLOG: &[Rule] = table! {
    "host" HostName;
    "process" ProcessName;
    "pid" ProcessPid;
};

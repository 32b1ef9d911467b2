//! The fields that every document may have, each with its type: the documents, the mapping and the documentation are made of
//! this one table.

/// What a field holds, as the mapping says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// A string that is found whole.
    Keyword,
    /// A string that is found by its words.
    Text,
    /// A time: ISO 8601 in UTC, or milliseconds since 1970.
    Date,
    /// An IPv4 or IPv6 address.
    Ip,
    /// An integer of 64 bits.
    Long,
    /// A number with a fraction.
    Double,
    /// True or false.
    Boolean,
}

impl Type {
    /// The name that a mapping has for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keyword => "keyword",
            Self::Text => "text",
            Self::Date => "date",
            Self::Ip => "ip",
            Self::Long => "long",
            Self::Double => "double",
            Self::Boolean => "boolean",
        }
    }
}

/// Where a field stands: the object around it, and its name in there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) parent: &'static str,
    pub(crate) name: &'static str,
}

impl Place {
    const fn of(path: &'static str) -> Self {
        let bytes = path.as_bytes();
        let mut dot = bytes.len();
        while dot > 0 {
            dot -= 1;
            if bytes[dot] == b'.' {
                let (parent, rest) = path.split_at(dot);
                return Self { parent, name: rest.split_at(1).1 };
            }
        }
        Self { parent: "", name: path }
    }
}

/// Declares the fields in the order in which they stand in a document; those of one object are neighbours.
macro_rules! fields {
    ($($field:ident $path:literal $kind:ident;)*) => {
        /// A field whose name and type are fixed: of the Elastic Common Schema
        /// (<https://www.elastic.co/docs/reference/ecs/ecs-field-reference>) wherever it has one.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Field {
            $(
                #[doc = concat!("`", $path, "`")]
                $field,
            )*
        }

        impl Field {
            /// All fields, in the order in which they stand in a document.
            pub const ALL: &[Self] = &[$(Self::$field),*];

            const PLACES: &[Place] = &[$(const { Place::of($path) }),*];

            /// The name with those of the objects around it, dots between.
            pub fn path(self) -> &'static str {
                match self { $(Self::$field => $path,)* }
            }

            /// What it holds.
            pub fn field_type(self) -> Type {
                match self { $(Self::$field => Type::$kind,)* }
            }

            /// Where it stands.
            pub(crate) fn place(self) -> Place {
                Self::PLACES[self as usize]
            }
        }
    };
}

fields! {
    Timestamp "@timestamp" Date;
    Message "message" Text;
    LogLevel "log.level" Keyword;
    TraceId "trace.id" Keyword;
    SpanId "span.id" Keyword;
    ServiceName "service.name" Keyword;
    HostName "host.name" Keyword;
    ProcessName "process.name" Keyword;
    ProcessPid "process.pid" Long;
    HttpVersion "http.version" Keyword;
    HttpRequestId "http.request.id" Keyword;
    HttpRequestMethod "http.request.method" Keyword;
    HttpRequestReferrer "http.request.referrer" Keyword;
    HttpResponseStatusCode "http.response.status_code" Long;
    HttpResponseBodyBytes "http.response.body.bytes" Long;
    UrlDomain "url.domain" Keyword;
    UrlOriginal "url.original" Keyword;
    UrlPath "url.path" Keyword;
    UrlQuery "url.query" Keyword;
    UrlScheme "url.scheme" Keyword;
    UserId "user.id" Keyword;
    UserName "user.name" Keyword;
    UserAgentOriginal "user_agent.original" Keyword;
    SourceAddress "source.address" Keyword;
    SourceIp "source.ip" Ip;
    SourcePort "source.port" Long;
    SourceBytes "source.bytes" Long;
    SourcePackets "source.packets" Long;
    SourceGeoCountry "source.geo.country_iso_code" Keyword;
    DestinationAddress "destination.address" Keyword;
    DestinationIp "destination.ip" Ip;
    DestinationPort "destination.port" Long;
    NetworkProtocol "network.protocol" Keyword;
    NetworkTransport "network.transport" Keyword;
    NetworkType "network.type" Keyword;
    NetworkIanaNumber "network.iana_number" Keyword;
    NetworkDirection "network.direction" Keyword;
    NetworkBytes "network.bytes" Long;
    NetworkPackets "network.packets" Long;
    DnsQuestionName "dns.question.name" Keyword;
    DnsQuestionType "dns.question.type" Keyword;
    DnsQuestionClass "dns.question.class" Keyword;
    DnsResponseCode "dns.response_code" Keyword;
    DnsResolvedIp "dns.resolved_ip" Ip;
    RuleId "rule.id" Keyword;
    RuleName "rule.name" Keyword;
    OrchestratorClusterName "orchestrator.cluster.name" Keyword;
    OrchestratorNamespace "orchestrator.namespace" Keyword;
    OrchestratorResourceType "orchestrator.resource.type" Keyword;
    OrchestratorResourceName "orchestrator.resource.name" Keyword;
    FaasName "faas.name" Keyword;
    FaasVersion "faas.version" Keyword;
    FaasExecution "faas.execution" Keyword;
    FaasColdstart "faas.coldstart" Boolean;
    RelatedHosts "related.hosts" Keyword;
    RelatedIp "related.ip" Ip;
    RelatedUser "related.user" Keyword;
    CloudProvider "cloud.provider" Keyword;
    CloudRegion "cloud.region" Keyword;
    CloudAccountId "cloud.account.id" Keyword;
    CloudInstanceId "cloud.instance.id" Keyword;
    EcsVersion "ecs.version" Keyword;
    // What follows from the format alone is written as one: see `category`.
    EventDataset "event.dataset" Keyword;
    EventModule "event.module" Keyword;
    EventKind "event.kind" Keyword;
    EventCategory "event.category" Keyword;
    EventType "event.type" Keyword;
    EventAction "event.action" Keyword;
    EventProvider "event.provider" Keyword;
    EventOutcome "event.outcome" Keyword;
    EventReason "event.reason" Keyword;
    EventStart "event.start" Date;
    EventEnd "event.end" Date;
    EventDuration "event.duration" Long;
    // The last of `event`: what is set aside goes on behind it.
    EventId "event.id" Keyword;
    CentralAccount "aws.cloudwatch.central_account" Keyword;
    CentralLogGroup "aws.cloudwatch.central_log_group" Keyword;
    LogGroup "aws.cloudwatch.log_group" Keyword;
    // The last that every document has: all behind it is what its format makes of the line.
    LogStream "aws.cloudwatch.log_stream" Keyword;
    XrayTraceId "aws.xray.trace_id" Keyword;
    LambdaEvent "aws.lambda.event" Keyword;
    LambdaFunctionArn "aws.lambda.function_arn" Keyword;
    LambdaRuntimeVersion "aws.lambda.runtime_version" Keyword;
    LambdaRuntimeVersionArn "aws.lambda.runtime_version_arn" Keyword;
    LambdaInitializationType "aws.lambda.initialization_type" Keyword;
    LambdaPhase "aws.lambda.phase" Keyword;
    LambdaStatus "aws.lambda.status" Keyword;
    LambdaName "aws.lambda.name" Keyword;
    LambdaState "aws.lambda.state" Keyword;
    LambdaTenantId "aws.lambda.tenant_id" Keyword;
    LambdaExecutionArn "aws.lambda.execution_arn" Keyword;
    LambdaSegmentId "aws.lambda.segment_id" Keyword;
    LambdaSampled "aws.lambda.sampled" Keyword;
    LambdaDuration "aws.lambda.duration_ms" Double;
    LambdaBilledDuration "aws.lambda.billed_duration_ms" Double;
    LambdaInitDuration "aws.lambda.init_duration_ms" Double;
    LambdaRestoreDuration "aws.lambda.restore_duration_ms" Double;
    LambdaBilledRestoreDuration "aws.lambda.billed_restore_duration_ms" Double;
    LambdaTimeout "aws.lambda.timeout_s" Double;
    LambdaMemorySize "aws.lambda.memory_size_mb" Long;
    LambdaMaxMemoryUsed "aws.lambda.max_memory_used_mb" Long;
    LambdaProducedBytes "aws.lambda.produced_bytes" Long;
    LambdaTimedOut "aws.lambda.timed_out" Boolean;
    LambdaOutOfMemory "aws.lambda.out_of_memory" Boolean;
    ErrorType "error.type" Keyword;
    ErrorStackTrace "error.stack_trace" Text;
    ErrorMessage "error.message" Text;
    Tags "tags" Keyword;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_fields_of_an_object_are_neighbours() {
        let mut closed = BTreeSet::new();
        let mut open: Vec<&str> = Vec::new();
        for field in Field::ALL {
            let segments: Vec<_> = field.place().parent.split('.').filter(|segment| !segment.is_empty()).collect();
            let common = open.iter().zip(&segments).take_while(|(a, b)| a == b).count();
            for end in common..open.len() {
                closed.insert(open[..=end].join("."));
            }
            for end in common..segments.len() {
                // `aws` goes on with what the format makes of the line.
                assert!(!closed.contains(&segments[..=end].join(".")), "{}", field.path());
            }
            open = segments;
            let Place { parent, name } = field.place();
            let path = if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") };
            assert_eq!(path, field.path());
        }
    }
}

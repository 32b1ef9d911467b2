//! Every field that AWS documents, in the order of its tables.

use std::net::IpAddr;

/// What the value of a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// An integer from 0 to 2^64 - 1.
    Integer,
    /// An IPv4 or IPv6 address.
    Address,
    /// A word.
    Text,
}

/// What a value must look like: narrower than its type where AWS says so, as detection must be certain.
#[derive(Debug, Clone, Copy)]
enum Shape {
    /// An integer of at most this many bits.
    Bits(u32),
    Address,
    /// Twelve digits or `unknown`.
    Account,
    Prefix(&'static str),
    OneOf(&'static [&'static str]),
    Word,
}

/// Declares the fields in the order of the table, each with the version that brought it.
macro_rules! fields {
    ($($field:ident $name:literal $version:literal $shape:expr;)*) => {
        /// A field of a flow log.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Field {
            $(
                #[doc = concat!("`", $name, "`, since version ", $version, ".")]
                $field,
            )*
        }

        impl Field {
            /// All fields: those of version 2 first, then version by version as AWS lists them.
            pub const ALL: &[Self] = &[$(Self::$field),*];

            /// AWS's name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$field => $name,)* }
            }

            /// The version of flow logs that brought the field.
            pub fn version(self) -> u8 {
                match self { $(Self::$field => $version,)* }
            }

            fn shape(self) -> Shape {
                match self { $(Self::$field => $shape,)* }
            }
        }
    };
}

use Shape::{Account, Address, Bits, OneOf, Prefix, Word};

fields! {
    Version "version" 2 Bits(8);
    AccountId "account-id" 2 Account;
    InterfaceId "interface-id" 2 Prefix("eni-");
    SourceAddress "srcaddr" 2 Address;
    DestinationAddress "dstaddr" 2 Address;
    SourcePort "srcport" 2 Bits(16);
    DestinationPort "dstport" 2 Bits(16);
    Protocol "protocol" 2 Bits(8);
    Packets "packets" 2 Bits(64);
    Bytes "bytes" 2 Bits(64);
    Start "start" 2 Bits(64);
    End "end" 2 Bits(64);
    Action "action" 2 OneOf(&["ACCEPT", "REJECT"]);
    LogStatus "log-status" 2 OneOf(&["OK", "NODATA", "SKIPDATA"]);
    VpcId "vpc-id" 3 Prefix("vpc-");
    SubnetId "subnet-id" 3 Prefix("subnet-");
    InstanceId "instance-id" 3 Prefix("i-");
    TcpFlags "tcp-flags" 3 Bits(16);
    Type "type" 3 OneOf(&["IPv4", "IPv6", "EFA"]);
    PacketSourceAddress "pkt-srcaddr" 3 Address;
    PacketDestinationAddress "pkt-dstaddr" 3 Address;
    Region "region" 4 Word;
    AzId "az-id" 4 Word;
    SublocationType "sublocation-type" 4 Word;
    SublocationId "sublocation-id" 4 Word;
    PacketSourceAwsService "pkt-src-aws-service" 5 Word;
    PacketDestinationAwsService "pkt-dst-aws-service" 5 Word;
    FlowDirection "flow-direction" 5 OneOf(&["ingress", "egress"]);
    TrafficPath "traffic-path" 5 Bits(8);
    EcsClusterArn "ecs-cluster-arn" 7 Prefix("arn:");
    EcsClusterName "ecs-cluster-name" 7 Word;
    EcsContainerInstanceArn "ecs-container-instance-arn" 7 Prefix("arn:");
    EcsContainerInstanceId "ecs-container-instance-id" 7 Word;
    EcsContainerId "ecs-container-id" 7 Word;
    EcsSecondContainerId "ecs-second-container-id" 7 Word;
    EcsServiceName "ecs-service-name" 7 Word;
    EcsTaskDefinitionArn "ecs-task-definition-arn" 7 Prefix("arn:");
    EcsTaskArn "ecs-task-arn" 7 Prefix("arn:");
    EcsTaskId "ecs-task-id" 7 Word;
    RejectReason "reject-reason" 8 Word;
    ResourceId "resource-id" 9 Word;
    EncryptionStatus "encryption-status" 10 Bits(8);
    InstanceTag "instance-tag" 11 Word;
    InstanceTag2 "instance-tag-2" 11 Word;
    InterfaceTag "interface-tag" 11 Word;
    InterfaceTag2 "interface-tag-2" 11 Word;
    AsgTag "asg-tag" 11 Word;
    AsgTag2 "asg-tag-2" 11 Word;
    InterfaceType "interface-type" 11 Word;
    NextHopInterfaceId "next-hop-interface-id" 11 Prefix("eni-");
    NextHopSubnetId "next-hop-subnet-id" 11 Prefix("subnet-");
    NextHopAzId "next-hop-az-id" 11 Word;
    NextHopVpcId "next-hop-vpc-id" 11 Prefix("vpc-");
    NextHopInterfaceType "next-hop-interface-type" 11 Word;
    // Transit gateways only.
    ResourceType "resource-type" 6 OneOf(&["TransitGateway"]);
    TgwId "tgw-id" 6 Prefix("tgw-");
    TgwAttachmentId "tgw-attachment-id" 6 Prefix("tgw-attach-");
    TgwSourceVpcAccountId "tgw-src-vpc-account-id" 6 Account;
    TgwDestinationVpcAccountId "tgw-dst-vpc-account-id" 6 Account;
    TgwSourceVpcId "tgw-src-vpc-id" 6 Prefix("vpc-");
    TgwDestinationVpcId "tgw-dst-vpc-id" 6 Prefix("vpc-");
    TgwSourceSubnetId "tgw-src-subnet-id" 6 Prefix("subnet-");
    TgwDestinationSubnetId "tgw-dst-subnet-id" 6 Prefix("subnet-");
    TgwSourceEni "tgw-src-eni" 6 Prefix("eni-");
    TgwDestinationEni "tgw-dst-eni" 6 Prefix("eni-");
    TgwSourceAzId "tgw-src-az-id" 6 Word;
    TgwDestinationAzId "tgw-dst-az-id" 6 Word;
    TgwPairAttachmentId "tgw-pair-attachment-id" 6 Prefix("tgw-attach-");
    PacketsLostNoRoute "packets-lost-no-route" 6 Bits(64);
    PacketsLostBlackhole "packets-lost-blackhole" 6 Bits(64);
    PacketsLostMtuExceeded "packets-lost-mtu-exceeded" 6 Bits(64);
    PacketsLostTtlExpired "packets-lost-ttl-expired" 6 Bits(64);
}

impl Field {
    /// The field of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.name() == name)
    }

    /// What the field's values are.
    pub fn value_type(self) -> Type {
        match self.shape() {
            Bits(_) => Type::Integer,
            Address => Type::Address,
            Account | Prefix(_) | OneOf(_) | Word => Type::Text,
        }
    }

    /// Whether a value can be this field's.
    pub(super) fn accepts(self, value: &str) -> bool {
        match self.shape() {
            // Leading zeros and signs are not AWS's.
            Bits(bits) => {
                value.bytes().all(|byte| byte.is_ascii_digit())
                    && (value.len() == 1 || !value.starts_with('0'))
                    && value.parse::<u64>().is_ok_and(|value| bits == 64 || value >> bits == 0)
            }
            Address => value.parse::<IpAddr>().is_ok(),
            Account => value == "unknown" || value.len() == 12 && value.bytes().all(|byte| byte.is_ascii_digit()),
            Prefix(prefix) => value.len() > prefix.len() && value.starts_with(prefix),
            OneOf(words) => words.contains(&value),
            Word => !value.is_empty(),
        }
    }
}

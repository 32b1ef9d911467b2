//! What a log group holds, as far as somebody says so.

use std::fmt;
use std::str::FromStr;

use crate::lambda::Origin;
use crate::vpc_flow::Format;

/// What kind of log lines belong together: the middle of an index's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dataset {
    /// VPC Flow Logs, and those of transit gateways.
    VpcFlow,
    /// AWS `CloudTrail`.
    CloudTrail,
    /// AWS Lambda: the platform's lines and the functions' own.
    Lambda,
    /// Access logs of Amazon API Gateway.
    ApiGateway,
    /// Access logs of web servers.
    Access,
    /// Query logs of the Route 53 resolver.
    Route53Resolver,
    /// AWS WAF.
    Waf,
    /// The control plane of a cluster of Amazon EKS.
    Eks,
    /// Anything else.
    App,
}

impl Dataset {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::VpcFlow,
        Self::CloudTrail,
        Self::Lambda,
        Self::ApiGateway,
        Self::Access,
        Self::Route53Resolver,
        Self::Waf,
        Self::Eks,
        Self::App,
    ];

    /// The name, as it stands in names of indices and in configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::VpcFlow => "vpcflow",
            Self::CloudTrail => "cloudtrail",
            Self::Lambda => "lambda",
            Self::ApiGateway => "apigateway",
            Self::Access => "access",
            Self::Route53Resolver => "route53resolver",
            Self::Waf => "waf",
            Self::Eks => "eks",
            Self::App => "app",
        }
    }

    /// The dataset of a log group whose name AWS fixes: that of a function (unless it is configured to write elsewhere),
    /// that of a web ACL, which must begin with `aws-waf-logs-`
    /// (<https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html>), and that of a cluster's control plane,
    /// `/aws/eks/NAME/cluster` (<https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html>).
    pub fn of_log_group(log_group: &str) -> Option<Self> {
        if log_group.strip_prefix("/aws/eks/").is_some_and(|rest| rest.ends_with("/cluster")) {
            return Some(Self::Eks);
        }
        [("/aws/lambda/", Self::Lambda), ("aws-waf-logs-", Self::Waf)]
            .into_iter()
            .find_map(|(prefix, dataset)| log_group.starts_with(prefix).then_some(dataset))
    }
}

impl fmt::Display for Dataset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A name that is none of [`Dataset::ALL`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no dataset of that name: write vpcflow, cloudtrail, lambda, apigateway, access, route53resolver, waf, eks or app"
)]
pub struct UnknownDataset;

impl FromStr for Dataset {
    type Err = UnknownDataset;

    fn from_str(name: &str) -> Result<Self, UnknownDataset> {
        Self::ALL.into_iter().find(|dataset| dataset.as_str() == name).ok_or(UnknownDataset)
    }
}

/// What is known of a log group before its lines are read. The default is nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hints {
    /// What the group holds: only the formats of that dataset are tried, and every line counts to it. Without it each line
    /// is tried for every format.
    pub dataset: Option<Dataset>,
    /// The formats that its VPC Flow Logs were created with. Lines that fit none are tried for the formats that are known without.
    pub vpc_flow: Vec<Format>,
}

impl Hints {
    /// What the name of a log group says alone.
    pub fn of_log_group(log_group: &str) -> Self {
        Self { dataset: Dataset::of_log_group(log_group), vpc_flow: Vec::new() }
    }

    /// The same of one log stream: that of a function says so in any group.
    #[must_use]
    pub fn in_log_stream(mut self, log_stream: &str) -> Self {
        let is_function = || Origin::of("", log_stream).is_function();
        if self.dataset.is_none() && is_function() {
            self.dataset = Some(Dataset::Lambda);
        }
        self
    }

    /// Whether lines are tried for the formats of `dataset`.
    pub(crate) fn allows(&self, dataset: Dataset) -> bool {
        self.dataset.is_none_or(|only| only == dataset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_fit_an_index() {
        for dataset in Dataset::ALL {
            let name = dataset.to_string();
            assert_eq!(name.parse(), Ok(dataset));
            assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()), "{name}");
        }
        assert_eq!("vpc".parse::<Dataset>(), Err(UnknownDataset));
    }

    #[test]
    fn groups_that_aws_names() {
        for (log_group, dataset) in [
            ("/aws/lambda/orders", Some(Dataset::Lambda)),
            ("aws-waf-logs-shop", Some(Dataset::Waf)),
            ("/aws/eks/shop/cluster", Some(Dataset::Eks)),
            ("/aws/eks/cluster", None),
            ("/app/aws/lambda/", None),
            ("", None),
        ] {
            assert_eq!(Hints::of_log_group(log_group).dataset, dataset, "{log_group}");
        }
    }
}

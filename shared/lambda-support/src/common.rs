//! Variables that several functions read, each with one name, one default and one range.

use logweir_intake::{OwnLogGroups, Settings};
use logweir_subscription::DEFAULT_MAX_DECOMPRESSED_BYTES;

use crate::{Environment, Variable};

/// The gzip level's variable.
pub const GZIP_LEVEL: Variable =
    Variable { name: "GZIP_LEVEL", purpose: "gzip level, 1 (fastest) to 9; 8 is smallest" };
/// The decompression cap's variable.
pub const MAX_DECOMPRESSED_BYTES: Variable =
    Variable { name: "MAX_DECOMPRESSED_BYTES", purpose: "what a payload may decompress to, in bytes" };
/// The metrics' variable.
pub const METRICS_NAMESPACE: Variable =
    Variable { name: "METRICS_NAMESPACE", purpose: "CloudWatch namespace of the metrics" };

/// Lambda's own: the log group of the function.
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime>
const FUNCTION_LOG_GROUP: Variable =
    Variable { name: "AWS_LAMBDA_LOG_GROUP_NAME", purpose: "log group of the function, set by Lambda" };
/// The variable that vouches for the event source mapping.
pub const REPORT_BATCH_ITEM_FAILURES: Variable = Variable {
    name: "REPORT_BATCH_ITEM_FAILURES",
    purpose: "true where the event source mapping says ReportBatchItemFailures; otherwise a failure fails the batch",
};

impl Environment {
    /// gzip's level, 1 to 9; 8 unless set.
    pub fn gzip_level(&mut self) -> u32 {
        self.in_range(GZIP_LEVEL, 1, 9, 8)
    }

    /// How records are read: a payload may decompress to 1 MiB to 4 GiB, 128 MiB unless set.
    pub fn intake(&mut self) -> Settings {
        let most = self.in_range(MAX_DECOMPRESSED_BYTES, 1 << 20, 4 << 30, DEFAULT_MAX_DECOMPRESSED_BYTES);
        Settings::new(most, OwnLogGroups::and_of_function(self.optional(FUNCTION_LOG_GROUP)))
    }

    /// Whether Lambda heeds a partial answer; not unless set.
    pub fn reports_batch_item_failures(&mut self) -> bool {
        self.flag(REPORT_BATCH_ITEM_FAILURES)
    }

    /// CloudWatch namespace of the metrics; `Logweir` unless set.
    pub fn metrics_namespace(&self) -> String {
        self.optional(METRICS_NAMESPACE).unwrap_or_else(|| "Logweir".to_owned())
    }
}

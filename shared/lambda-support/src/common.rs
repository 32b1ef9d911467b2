//! Variables that several functions read, each with one name, one default and one range.

use logweir_subscription::DEFAULT_MAX_DECOMPRESSED_BYTES;

use crate::{Environment, Variable};

/// The gzip level's variable.
pub const GZIP_LEVEL: Variable = Variable { name: "GZIP_LEVEL", purpose: "gzip level, 1 (fastest) to 9 (smallest)" };
/// The decompression cap's variable.
pub const MAX_DECOMPRESSED_BYTES: Variable =
    Variable { name: "MAX_DECOMPRESSED_BYTES", purpose: "what a payload may decompress to, in bytes" };
/// The metrics' variable.
pub const METRICS_NAMESPACE: Variable =
    Variable { name: "METRICS_NAMESPACE", purpose: "CloudWatch namespace of the metrics" };

impl Environment {
    /// gzip's level, 1 to 9; 6 unless set.
    pub fn gzip_level(&mut self) -> u32 {
        self.in_range(GZIP_LEVEL, 1, 9, 6)
    }

    /// What a payload may decompress to, 1 MiB to 4 GiB; 128 MiB unless set.
    pub fn max_decompressed_bytes(&mut self) -> usize {
        self.in_range(MAX_DECOMPRESSED_BYTES, 1 << 20, 4 << 30, DEFAULT_MAX_DECOMPRESSED_BYTES)
    }

    /// CloudWatch namespace of the metrics; `Logweir` unless set.
    pub fn metrics_namespace(&self) -> String {
        self.optional(METRICS_NAMESPACE).unwrap_or_else(|| "Logweir".to_owned())
    }
}

//! What a TB of archived text costs: the time to make objects of it, the requests to put them, a year of keeping them.

/// Prices in US dollars, and what they apply to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Prices {
    /// A GB-second of the function: <https://aws.amazon.com/lambda/pricing/>.
    pub(crate) gigabyte_second: f64,
    /// Memory in GB that comes with one vCPU; time is counted at a whole one.
    pub(crate) gigabytes_of_a_cpu: f64,
    /// A thousand PUT requests, S3 Standard: <https://aws.amazon.com/s3/pricing/>.
    pub(crate) thousand_puts: f64,
    /// A thousand transitions to the colder class.
    pub(crate) thousand_transitions: f64,
    /// A GB-month of S3 Standard.
    pub(crate) standard: f64,
    /// A GB-month of the colder class.
    pub(crate) cold: f64,
    /// How many of the year's months are in S3 Standard, and the rest in the colder class.
    pub(crate) months_in_standard: f64,
    /// Text of an object in bytes.
    pub(crate) object_text: f64,
}

impl Prices {
    /// US East (N. Virginia), arm64, the archive's defaults: a month of S3 Standard, then Glacier Instant Retrieval; objects
    /// of a busy shard.
    pub(crate) const DEFAULT: Self = Self {
        gigabyte_second: 0.000_013_333_4,
        gigabytes_of_a_cpu: 1.769,
        thousand_puts: 0.005,
        thousand_transitions: 0.02,
        standard: 0.023,
        cold: 0.004,
        months_in_standard: 1.0,
        object_text: 23e6,
    };

    /// The same, all year in S3 Standard.
    pub(crate) const STANDARD: Self = Self { months_in_standard: 12.0, thousand_transitions: 0.0, ..Self::DEFAULT };

    /// What a TB of text costs that is archived at `speed` bytes of text a second to `ratio` of its size.
    pub(crate) fn of_a_terabyte(&self, speed: f64, ratio: f64) -> f64 {
        let compute = 1e12 / speed * self.gigabytes_of_a_cpu * self.gigabyte_second;
        let requests = 1e12 / self.object_text / 1e3 * (self.thousand_puts + self.thousand_transitions);
        let a_gigabyte = self.standard * self.months_in_standard + self.cold * (12.0 - self.months_in_standard);
        compute + requests + 1000.0 * ratio * a_gigabyte
    }
}

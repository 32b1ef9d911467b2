//! How many threads the function has a processor for.

use std::thread;

use crate::{Environment, Variable};

/// Lambda's own: the function's memory in MB, by which it gives CPU.
const MEMORY_SIZE: Variable =
    Variable { name: "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", purpose: "memory of the function in MB, set by Lambda" };
/// "At 1,769 MB, a function has the equivalent of one vCPU":
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html>.
const MEMORY_OF_A_CPU: usize = 1769;

impl Environment {
    /// How many threads work for an invocation: one for each vCPU, of which Lambda gives more than one above 1,769 MB.
    /// With less memory the machine has two all the same, but lends the time of one at most: a second thread would only
    /// wait. Outside of Lambda it is one.
    pub fn threads(&self) -> usize {
        let memory = self.optional(MEMORY_SIZE).and_then(|memory| memory.parse().ok()).unwrap_or(0_usize);
        let cpus = thread::available_parallelism().map_or(1, usize::from);
        memory.div_ceil(MEMORY_OF_A_CPU).clamp(1, cpus)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thread_up_to_the_memory_of_one_cpu_and_never_more_than_there_are() {
        let threads = |memory: &str| Environment::from_pairs([("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", memory)]).threads();
        let cpus = thread::available_parallelism().map_or(1, usize::from);
        assert_eq!(["", "nonsense", "128", "1769"].map(threads), [1; 4]);
        assert_eq!([threads("1770"), threads("3538"), threads("10240")], [2.min(cpus), 2.min(cpus), 6.min(cpus)]);
        assert_eq!(Environment::default().threads(), 1);
    }
}

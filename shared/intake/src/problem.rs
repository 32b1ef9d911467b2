//! Why a record can never succeed.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Why a record can never succeed: a dead letter says it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    /// A stable word.
    pub code: &'static str,
    /// What is wrong, without what may be secret.
    pub message: String,
}

impl From<&logweir_subscription::Error> for Problem {
    fn from(error: &logweir_subscription::Error) -> Self {
        Self { code: error.code(), message: error.to_string() }
    }
}

/// Does `work`, and takes a panic for what is wrong with the record that it is about: one that hits a defect of Logweir would
/// otherwise come again for days and hold up all behind it.
///
/// What `work` changes before it panics stays changed: it must be such that it can be used, or is cleared, before it is used again.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Problem> {
    // What a panic says may quote the line that it is about; where it was is in the function's log.
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| Problem {
        code: "Panicked",
        message: "a defect of Logweir: please report the place that the function's log has of the panic".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_problem_and_quotes_nothing() {
        assert_eq!(caught(|| 7), Ok(7));
        let problem = caught(|| panic!("a secret")).expect_err("a problem");
        assert_eq!(problem.code, "Panicked");
        assert!(!problem.message.contains("secret"), "{problem}");
    }
}

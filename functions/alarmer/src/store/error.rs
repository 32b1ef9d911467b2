//! Why the table did not do what was asked.

use logweir_alarms::CodecError;
use logweir_aws_support::CallError;

/// Why the table did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum StoreError {
    /// A call failed.
    #[error("the table {table}: {operation} failed: {cause}{}", advice(.cause))]
    Call {
        /// The table.
        table: String,
        /// What was to be done.
        operation: &'static str,
        /// Why it was not.
        cause: CallError,
    },
    /// Others kept writing the same status until time was up.
    #[error("the status of {alarm} {group} was written by others each time: it is tried again")]
    Contended {
        /// The alarm.
        alarm: String,
        /// Its group.
        group: String,
    },
    /// There is more evidence than is read: what it says is not known.
    #[error(
        "the evidence {place} has more than {most} bytes: it is not evaluated; let fewer lines match, or make the period shorter"
    )]
    TooMuch {
        /// Alarm, fingerprint and group.
        place: String,
        /// How many bytes are read.
        most: usize,
    },
    /// An item holds something else than this release writes.
    #[error("the table {table}: the item {place} cannot be read: {reason}; delete it, and its alarm begins anew")]
    Unreadable {
        /// The table.
        table: String,
        /// Its keys.
        place: String,
        /// What is wrong with it.
        reason: ItemError,
    },
}

/// What is wrong with an item.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ItemError {
    /// An attribute is missing, or of another type.
    #[error("{attribute} is no {expected}")]
    Attribute {
        /// Its name.
        attribute: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// An attribute is not what was compressed there.
    #[error("{attribute} is no compressed text: {reason}")]
    Compressed {
        /// Its name.
        attribute: &'static str,
        /// What the reader says.
        reason: String,
    },
    /// An attribute holds other JSON than was written there.
    #[error("{attribute}: {reason}")]
    Json {
        /// Its name.
        attribute: &'static str,
        /// What the reader says.
        reason: String,
    },
    /// The elements are none of evidence.
    #[error(transparent)]
    Evidence(#[from] CodecError),
}

impl StoreError {
    /// Whether the call fails for one alarm and group again and again, whatever is done for the table as a whole: an item that cannot be
    /// read, or that has outgrown what an item may hold.
    pub(crate) fn is_of_one_item(&self) -> bool {
        match self {
            Self::Unreadable { .. } | Self::TooMuch { .. } => true,
            Self::Call { cause, .. } => {
                ["ValidationException", "ItemCollectionSizeLimitExceededException"].contains(&cause.code())
            }
            Self::Contended { .. } => false,
        }
    }
}

fn advice(cause: &CallError) -> &'static str {
    match cause.code() {
        "ResourceNotFoundException" => " (STATE_TABLE must name a table of the function's account and region)",
        "AccessDeniedException" => " (the role must be allowed dynamodb:GetItem, PutItem, UpdateItem and Query on it)",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_table_operation_cause_and_what_to_do() {
        let cause = CallError::new("ResourceNotFoundException", "not found".to_owned(), false);
        let error = StoreError::Call { table: "alarms".to_owned(), operation: "saving a status", cause };
        let expected = "the table alarms: saving a status failed: not found (STATE_TABLE must name";
        assert!(error.to_string().starts_with(expected), "{error}");
        assert!(!error.is_of_one_item());
    }
}

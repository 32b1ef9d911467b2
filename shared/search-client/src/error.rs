//! Why there is no answer.

use std::time::Duration;

/// Why there is no answer of a server. No message holds a secret, or a part of an answer's body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// What was configured cannot be used.
    #[error("{reason}")]
    Configuration {
        /// What is wrong, and what to do.
        reason: String,
    },
    /// No connection.
    #[error("no connection to {server}: {reason}")]
    Connect {
        /// Whom.
        server: String,
        /// Why.
        reason: String,
    },
    /// The server is not who it should be, or does not speak TLS.
    #[error("no TLS connection to {server}: {reason}")]
    Tls {
        /// Whom.
        server: String,
        /// Why, and what to do.
        reason: String,
    },
    /// No whole answer in time.
    #[error("{server} gave no whole answer within {} ms", .after.as_millis())]
    Timeout {
        /// Who.
        server: String,
        /// What the caller gave it.
        after: Duration,
    },
    /// The connection ended in the middle.
    #[error("the connection to {server} was cut before its answer was whole: {reason}")]
    Cut {
        /// Who.
        server: String,
        /// What was seen of it.
        reason: String,
    },
    /// It cannot be asked now.
    #[error("{server} does not say what it is: it answered {status}")]
    Busy {
        /// Who.
        server: String,
        /// HTTP status.
        status: u16,
    },
    /// Another address is to be asked.
    #[error(
        "{server} answered {status}, a redirect to {location}: redirects are not followed, since they could carry credentials \
         elsewhere; configure the address that answers itself"
    )]
    Redirect {
        /// Who.
        server: String,
        /// HTTP status.
        status: u16,
        /// Where to, without what may be secret in it.
        location: String,
    },
    /// A body that is longer than the caller takes.
    #[error("the answer of {server} is longer than {limit} bytes")]
    TooLarge {
        /// Who.
        server: String,
        /// What the caller takes.
        limit: usize,
    },
    /// What came back is not HTTP, or not as it was asked for.
    #[error("the answer of {server} cannot be read: {reason}")]
    Protocol {
        /// Who.
        server: String,
        /// Why, and what to do.
        reason: String,
    },
    /// The server does not accept who asks, whatever is asked. Told by what is installed only: a request of the caller's own is
    /// answered with the status 401.
    #[error("{server} does not accept who asks: {reason}")]
    Unauthenticated {
        /// Who.
        server: String,
        /// What it said.
        reason: String,
    },
    /// There are no AWS credentials to sign with.
    #[error("no AWS credentials to sign with: {reason}")]
    Credentials {
        /// Why, and what to do.
        reason: String,
        /// Whether they may be there later.
        retryable: bool,
    },
    /// The secret could not be had, or is of no use.
    #[error("the secret {arn}: {reason}")]
    Secret {
        /// Which one.
        arn: String,
        /// Why, and what to do.
        reason: String,
        /// Whether it may be there later.
        retryable: bool,
    },
    /// A parameter of Systems Manager could not be had.
    #[error("the parameter {name}: {reason}")]
    Parameter {
        /// Which one.
        name: String,
        /// Why, and what to do.
        reason: String,
        /// Whether it may be there later.
        retryable: bool,
    },
}

impl ClientError {
    /// Whether the same request may succeed later. It may have taken effect already, but for a failed connection.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Connect { .. } | Self::Timeout { .. } | Self::Cut { .. } | Self::Busy { .. } => true,
            Self::Credentials { retryable, .. }
            | Self::Secret { retryable, .. }
            | Self::Parameter { retryable, .. } => *retryable,
            Self::Configuration { .. }
            | Self::Tls { .. }
            | Self::Redirect { .. }
            | Self::TooLarge { .. }
            | Self::Protocol { .. }
            | Self::Unauthenticated { .. } => false,
        }
    }

    /// A stable word for metrics and alarms.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Configuration { .. } => "SearchConfiguration",
            Self::Connect { .. } => "SearchConnection",
            Self::Tls { .. } => "SearchTls",
            Self::Timeout { .. } => "SearchTimeout",
            Self::Cut { .. } => "SearchConnectionCut",
            Self::Busy { .. } => "SearchBusy",
            Self::Redirect { .. } => "SearchRedirect",
            Self::TooLarge { .. } => "SearchAnswerTooLarge",
            Self::Protocol { .. } => "SearchProtocol",
            Self::Unauthenticated { .. } => "SearchUnauthenticated",
            Self::Credentials { .. } => "SearchCredentials",
            Self::Secret { .. } => "SearchSecret",
            Self::Parameter { .. } => "Parameter",
        }
    }

    /// Of a call that was made to have the secret `arn`.
    pub(crate) fn of_secret(self, arn: &str) -> Self {
        Self::Secret { arn: arn.to_owned(), reason: self.to_string(), retryable: self.is_retryable() }
    }
}

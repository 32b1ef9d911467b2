//! Whom Logweir believes over HTTPS: the authorities that this machine trusts, read once a process and only when the
//! first connection needs them ([`trusted_roots`]); and the HTTP client of the AWS SDK's clients, which believes the same
//! ([`sdk_http_client`]).

mod roots;
mod sdk;

pub use roots::{TrustedRoots, trusted_roots};
pub use sdk::sdk_http_client;

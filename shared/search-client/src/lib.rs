//! How Logweir reaches a search server (Elasticsearch, OpenSearch): over HTTP, authenticated, within the time that its
//! caller gives.
//!
//! A [`Client`] sends one request and answers with what came back, or with a [`ClientError`] that says whether the same
//! request may succeed later. It repeats nothing by itself, for only its caller knows how much time is left; but for one
//! case: a secret that was rotated is fetched again, and the request sent once more.
//!
//! [`install_templates`] and its kin put there what Logweir needs, [`expire`](fn@expire) deletes what is old.
//!
//! Proxies of the environment (`HTTPS_PROXY`) are not asked, redirects not followed, certificates always checked.

mod about;
mod authentication;
mod authorizer;
mod aws;
mod call;
mod certificates;
mod client;
mod endpoint;
mod error;
mod expire;
mod failure;
mod install;
mod message;
mod parameter;
mod secret;
mod secret_arn;
mod secret_store;
mod sign;
mod transport;

pub use about::{about, first_taken};
pub use authentication::{Authentication, Scheme, SigningService, SigningServiceError};
pub use certificates::{CertificateError, Certificates};
pub use client::{Client, ClientConfig};
pub use endpoint::{Amazon, Endpoint, EndpointError};
pub use error::ClientError;
pub use expire::{ExpireOptions, Expired, expire, expired};
pub use install::{
    DashboardsPlace, DashboardsProduct, Effect, InstallOptions, InvalidSavedObjects, Lifecycle, Outcome, Retention,
    SavedObjects, Template, Thing, dashboards_product, install_index_settings, install_lifecycle,
    install_saved_objects, install_templates,
};
pub use message::{Method, Request, Response};
pub use parameter::Parameters;
pub use secret::Secret;
pub use secret_arn::{SecretArn, SecretArnError};

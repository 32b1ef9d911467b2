//! AWS Signature Version 4, by the AWS SDK's signer.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, SignableBody, SignableRequest, SigningError, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use http::header::{AUTHORIZATION, InvalidHeaderName, InvalidHeaderValue};
use http::{HeaderName, HeaderValue};

/// What a signature is for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) service: &'a str,
    pub(crate) region: &'a str,
    /// Whether the body's digest is sent too, in `x-amz-content-sha256`. OpenSearch Serverless wants it:
    /// <https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-clients.html>.
    pub(crate) body_digest: bool,
}

/// Why a request cannot be signed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SignError {
    /// Something that every signature needs is missing.
    #[error(transparent)]
    Parameters(#[from] v4::signing_params::BuildError),
    /// A header cannot be signed.
    #[error("the header {0} is not plain text")]
    Header(HeaderName),
    /// The signer refuses the request.
    #[error(transparent)]
    Signer(#[from] SigningError),
    /// The name of a header that the signer adds is none.
    #[error(transparent)]
    AddedName(#[from] InvalidHeaderName),
    /// A header that the signer adds cannot be carried, as of a token with line feeds.
    #[error(transparent)]
    AddedValue(#[from] InvalidHeaderValue),
}

/// Signs a request: adds the date, the session's token if there is one, and `Authorization`. All headers that are there
/// already are signed with it, `host` among them.
pub(crate) fn sign_request(
    request: &mut http::Request<impl AsRef<[u8]>>,
    credentials: &Credentials,
    scope: Scope,
    time: SystemTime,
) -> Result<(), SignError> {
    let mut settings = SigningSettings::default();
    if scope.body_digest {
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    }
    let identity = credentials.clone().into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(scope.region)
        .name(scope.service)
        .time(time)
        .settings(settings)
        .build()?;
    let mut headers = Vec::with_capacity(request.headers().len());
    for (name, value) in request.headers() {
        let text = value.to_str().map_err(|_| SignError::Header(name.clone()))?;
        headers.push((name.as_str(), text));
    }
    let (method, url) = (request.method().as_str().to_owned(), request.uri().to_string());
    let body = SignableBody::Bytes(request.body().as_ref());
    let signable = SignableRequest::new(&method, &url, headers.into_iter(), body)?;
    let (instructions, _signature) = sign(signable, &parameters.into())?.into_parts();
    let (added, _query) = instructions.into_parts();
    for header in added {
        let mut value = HeaderValue::from_str(header.value())?;
        // The signature too: nobody needs it in a log.
        value.set_sensitive(header.sensitive() || header.name() == AUTHORIZATION);
        let name = HeaderName::from_bytes(header.name().as_bytes())?;
        request.headers_mut().insert(name, value);
    }
    Ok(())
}

#[cfg(test)]
mod tests;

//! AWS Signature Version 4, by the AWS SDK's signer.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{PayloadChecksumKind, SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use http::header::AUTHORIZATION;
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

/// Signs a request: adds the date, the session's token if there is one, and `Authorization`. All headers that are there
/// already are signed with it, `host` among them.
pub(crate) fn sign_request(
    request: &mut http::Request<impl AsRef<[u8]>>,
    credentials: &Credentials,
    scope: Scope,
    time: SystemTime,
) -> Result<(), String> {
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
        .build()
        .map_err(|error| error.to_string())?;
    let mut headers = Vec::with_capacity(request.headers().len());
    for (name, value) in request.headers() {
        let text = value.to_str().map_err(|_| format!("the header {name} is not plain text"))?;
        headers.push((name.as_str(), text));
    }
    let (method, url) = (request.method().as_str().to_owned(), request.uri().to_string());
    let body = SignableBody::Bytes(request.body().as_ref());
    let signable = SignableRequest::new(&method, &url, headers.into_iter(), body).map_err(|error| error.to_string())?;
    let (instructions, _signature) =
        sign(signable, &parameters.into()).map_err(|error| error.to_string())?.into_parts();
    let (added, _query) = instructions.into_parts();
    for header in added {
        let mut value = HeaderValue::from_str(header.value()).map_err(|error| error.to_string())?;
        // The signature too: nobody needs it in a log.
        value.set_sensitive(header.sensitive() || header.name() == AUTHORIZATION);
        let name = HeaderName::from_bytes(header.name().as_bytes()).map_err(|error| error.to_string())?;
        request.headers_mut().insert(name, value);
    }
    Ok(())
}

#[cfg(test)]
mod tests;

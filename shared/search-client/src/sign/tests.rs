//! `vectors.json` is AWS's signing test suite (<https://github.com/awslabs/aws-c-auth>, `tests/aws-signing-test-suite/v4`,
//! Apache-2.0), as version 1.6.4 of the crate aws-sigv4 ships it. Left out are the cases of a path that is sent with bare
//! spaces or other than ASCII, of a header over several lines, of a session's token that is added after signing, and those
//! for services that do not normalise paths: none of them is sent here.

use bytes::Bytes;
use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Vector {
    name: String,
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: String,
    body_digest: bool,
    token: Option<String>,
    authorization: String,
}

/// The time of all the vectors.
fn time() -> SystemTime {
    "2015-08-30T12:36:00Z".parse::<jiff::Timestamp>().expect("a time").into()
}

fn credentials(token: Option<String>) -> Credentials {
    Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token, None, "test")
}

#[test]
fn signatures_are_those_of_the_published_vectors() {
    let vectors: Vec<Vector> = serde_json::from_str(include_str!("vectors.json")).unwrap();
    assert!(vectors.len() >= 20);
    for vector in vectors {
        let host = "example.amazonaws.com";
        let uri = format!("https://{host}{}", vector.target);
        let mut request = http::Request::builder().method(vector.method.as_str()).uri(uri);
        for (name, value) in &vector.headers {
            request = request.header(name, value);
        }
        let mut request = request.body(Bytes::from(vector.body)).unwrap();
        let scope = Scope { service: "service", region: "us-east-1", body_digest: vector.body_digest };
        sign_request(&mut request, &credentials(vector.token), scope, time()).unwrap();
        assert_eq!(request.headers()["authorization"], vector.authorization, "{}", vector.name);
    }
}

#[test]
fn a_bulk_request_is_signed_as_it_is_sent() {
    let endpoint: crate::Endpoint = "https://search-x.eu-west-1.es.amazonaws.com".parse().unwrap();
    let query = [("filter_path".to_owned(), "errors,items.*.status".to_owned())];
    let mut request = http::Request::post(endpoint.url("/cwl-*/_bulk", &query))
        .header("host", endpoint.authority())
        .body(Bytes::from_static(b"{}\n"))
        .unwrap();
    let scope = Scope { service: "es", region: "eu-west-1", body_digest: true };
    sign_request(&mut request, &credentials(None), scope, time()).unwrap();

    // <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>: the path is encoded
    // once more than it is sent, the query as often.
    let digest = "ca3d163bab055381827226140568f3bef7eaac187cebd76878e0b63e9e442356";
    let canonical = format!(
        "POST\n/cwl-%252A/_bulk\nfilter_path=errors%2Citems.%2A.status\nhost:search-x.eu-west-1.es.amazonaws.com\n\
         x-amz-content-sha256:{digest}\nx-amz-date:20150830T123600Z\n\nhost;x-amz-content-sha256;x-amz-date\n{digest}"
    );
    let hash = sha256(canonical.as_bytes());
    let text = format!("AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/eu-west-1/es/aws4_request\n{hash}");
    let key = v4::generate_signing_key("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", time(), "eu-west-1", "es");
    let signature = v4::calculate_signature(key, text.as_bytes());
    assert_eq!(request.headers()["x-amz-content-sha256"], digest);
    assert!(request.headers()["authorization"].to_str().unwrap().ends_with(&format!("Signature={signature}")));
    assert!(!format!("{request:?}").contains(&signature));
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    use std::fmt::Write;
    sha2::Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

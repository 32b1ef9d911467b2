//! Secrets of AWS. The server that answers for Secrets Manager and Systems Manager is a stand-in: it knows the two calls.

use std::sync::{Arc, Mutex};

use aws_config::{Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use logweir_search_client::{Authentication, Client, ClientConfig, Parameters, Scheme};
use serde_json::{Value, json};

use crate::get;
use crate::server::{Reply, Server, answer};

const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:search-AbCdEf";
const PARAMETER: &str = "arn:aws:ssm:eu-west-1:123456789012:parameter/search/key";

/// AWS as `server` answers for it.
fn aws(server: &Server) -> SdkConfig {
    let credentials = Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI", Some("token".to_owned()), None, "test");
    SdkConfig::builder()
        .endpoint_url(server.url())
        .region(Region::new("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build()
}

fn client(search: &Server, aws_server: &Server, authentication: Authentication) -> Client {
    let endpoint = search.url().parse().expect("a URL");
    Client::new(ClientConfig { authentication, aws: Some(aws(aws_server)), ..ClientConfig::new(endpoint) })
        .expect("a client")
}

fn stored(scheme: Scheme, arn: &str) -> Authentication {
    Authentication::Stored { scheme, secret: arn.parse().expect("an ARN") }
}

/// AWS with a secret that can be changed.
async fn keeper(secret: &Arc<Mutex<String>>) -> Server {
    let secret = Arc::clone(secret);
    Server::start(None, move |seen| {
        let text = secret.lock().expect("no panic").clone();
        let body: Value = serde_json::from_str(seen.body()).expect("JSON");
        let found = match seen.header("x-amz-target") {
            "secretsmanager.GetSecretValue" if body["SecretId"] == SECRET => json!({ "SecretString": text }),
            "AmazonSSM.GetParameter" if body["Name"] == PARAMETER && body["WithDecryption"] == true => {
                json!({ "Parameter": { "Value": text } })
            }
            other => panic!("{other}"),
        };
        answer(200, "", &found.to_string())
    })
    .await
}

/// A search server that takes one key.
async fn search(key: &'static str) -> Server {
    Server::start(None, move |seen| answer(if seen.header("authorization") == key { 200 } else { 401 }, "", "{}")).await
}

#[tokio::test]
async fn a_secret_is_fetched_once() {
    for (arn, service) in [(SECRET, "secretsmanager"), (PARAMETER, "ssm")] {
        let keeper =
            keeper(&Arc::new(Mutex::new(r#"{"username":"Aladdin","password":"open sesame"}"#.to_owned()))).await;
        let search = search("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==").await;
        let client = client(&search, &keeper, stored(Scheme::Basic, arn));
        let (one, two) = tokio::join!(get(&client), get(&client));
        assert_eq!((one.unwrap().status, two.unwrap().status), (200, 200));
        let seen = keeper.seen();
        assert_eq!(seen.len(), 1);
        // Signed for the region of the ARN, not for that of the configuration.
        let signed = format!(
            "/eu-west-1/{service}/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target"
        );
        assert!(seen[0].header("authorization").contains(&signed), "{}", seen[0].header("authorization"));
        assert_eq!(seen[0].header("content-type"), "application/x-amz-json-1.1");
    }
}

#[tokio::test]
async fn a_rotated_secret_is_fetched_again() {
    let secret = Arc::new(Mutex::new("b2xk".to_owned()));
    let (keeper, search) = (keeper(&secret).await, search("ApiKey bmV3").await);
    let client = client(&search, &keeper, stored(Scheme::ApiKey, SECRET));
    // Not rotated: fetched, fetched again in vain, and then believed for a while.
    for _ in 0..3 {
        assert_eq!(get(&client).await.unwrap().status, 401);
    }
    assert_eq!((keeper.seen().len(), search.seen().len()), (2, 3));

    let client = self::client(&search, &keeper, stored(Scheme::ApiKey, SECRET));
    get(&client).await.unwrap();
    let client = self::client(&search, &keeper, stored(Scheme::ApiKey, SECRET));
    *secret.lock().unwrap() = "bmV3".to_owned();
    assert_eq!(get(&client).await.unwrap().status, 200);
}

#[tokio::test]
async fn requests_in_flight_share_the_new_secret() {
    let secret = Arc::new(Mutex::new("b2xk".to_owned()));
    let rotates = Arc::clone(&secret);
    let search = Server::start(None, move |seen| {
        *rotates.lock().unwrap() = "bmV3".to_owned();
        answer(if seen.header("authorization") == "ApiKey bmV3" { 200 } else { 403 }, "", "{}")
    })
    .await;
    let keeper = keeper(&secret).await;
    let client = client(&search, &keeper, stored(Scheme::ApiKey, SECRET));
    let (one, two, three) = tokio::join!(get(&client), get(&client), get(&client));
    assert_eq!([one.unwrap().status, two.unwrap().status, three.unwrap().status], [200; 3]);
    assert_eq!(keeper.seen().len(), 2, "once at first, once after it was refused");
}

#[tokio::test]
async fn a_secret_that_cannot_be_had_is_told_and_never_shown() {
    let search = search("").await;
    let refused = r#"{"__type":"com.amazonaws.secretsmanager#AccessDeniedException","Message":"not authorized"}"#;
    let throttled = r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#;
    for (status, body, told, retryable) in [
        (400, refused, "AccessDeniedException: not authorized (the role must be allowed", false),
        (400, throttled, "ThrottlingException: Rate exceeded", true),
        (500, "", "AWS answered 500", true),
        (200, "geheim", "not JSON", false),
        (200, r#"{"SecretString":"geheim"}"#, r#"it must be {"username""#, false),
        (302, "geheim", "redirect", false),
    ] {
        let keeper = Server::start(None, move |_| answer(status, "", body)).await;
        let error = get(&client(&search, &keeper, stored(Scheme::Basic, SECRET))).await.unwrap_err();
        assert_eq!(error.code(), "SearchSecret", "{error}");
        assert!(error.to_string().contains(told) && error.to_string().contains(SECRET), "{error}");
        assert_eq!(error.is_retryable(), retryable, "{error}");
        assert!(!format!("{error:?}").contains("geheim"), "{error:?}");
    }
    assert!(search.seen().is_empty());
    let keeper = Server::start(None, |_| Reply::Cut(String::new())).await;
    assert!(get(&client(&search, &keeper, stored(Scheme::Basic, SECRET))).await.unwrap_err().is_retryable());
}

#[tokio::test]
async fn a_request_is_signed_for_the_service_and_region() {
    let search = Server::start(None, |_| answer(200, "", "{}")).await;
    for (service, region, scope) in [("es", Some("eu-west-1"), "/eu-west-1/es/"), ("aoss", None, "/eu-central-1/aoss/")]
    {
        let authentication =
            Authentication::SigV4 { service: Some(service.parse().unwrap()), region: region.map(str::to_owned) };
        get(&client(&search, &search, authentication)).await.unwrap();
        let seen = search.seen().pop().unwrap();
        assert!(seen.header("authorization").contains(scope), "{}", seen.header("authorization"));
        assert_eq!(seen.header("x-amz-security-token"), "token");
        assert_eq!(seen.header("x-amz-content-sha256").is_empty(), service == "es");
    }
    // A host that does not tell, and nobody who says it.
    let silent = Authentication::SigV4 { service: None, region: None };
    let config = ClientConfig { authentication: silent, ..ClientConfig::new(search.url().parse().unwrap()) };
    assert!(Client::new(config).unwrap_err().to_string().contains("say es or aoss"));
}

#[tokio::test]
async fn a_parameter_is_read_by_its_name() {
    let keeper = Server::start(None, |seen| {
        let body: Value = serde_json::from_str(seen.body()).expect("JSON");
        assert_eq!((seen.header("x-amz-target"), &body["WithDecryption"]), ("AmazonSSM.GetParameter", &json!(true)));
        match body["Name"].as_str() {
            Some("/logweir/rules") => answer(200, "", r#"{"Parameter":{"Value":"version: 1\n"}}"#),
            _ => answer(400, "", r#"{"__type":"ParameterNotFound"}"#),
        }
    })
    .await;
    let parameters = Parameters::new(aws(&keeper));
    assert_eq!(parameters.text("/logweir/rules").await.unwrap(), "version: 1\n");
    let signed = keeper.seen().pop().unwrap().header("authorization").to_owned();
    assert!(signed.contains("/eu-central-1/ssm/aws4_request"), "{signed}");
    let error = parameters.text("/other").await.unwrap_err();
    assert!(error.to_string().starts_with("the parameter /other: AWS answered 400 ParameterNotFound"), "{error}");
    assert!(!error.is_retryable());
}

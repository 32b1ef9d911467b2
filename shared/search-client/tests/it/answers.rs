//! What is sent, and what is made of what comes back.

use std::time::Duration;

use logweir_search_client::{Authentication, Client, ClientConfig, ClientError, Method, Request, Secret};

use crate::server::{Reply, Server, answer};
use crate::{PATIENCE, client_of, get};

#[tokio::test]
async fn a_request_is_sent_as_it_was_made() {
    let server = Server::start(None, |_| answer(200, "retry-after: 3\r\n", "{\"errors\":false}")).await;
    let client = client_of(&format!("{}/es/", server.url()));
    let request = Request::new(Method::POST, "_bulk")
        .query("filter_path", "errors,items.*.status")
        .body("application/x-ndjson", "abc")
        .gzipped();
    for _ in 0..2 {
        let response = client.send(&request, PATIENCE).await.unwrap();
        assert!(response.is_success());
        assert_eq!(response.retry_after, Some(Duration::from_secs(3)));
        assert!(!response.json::<serde_json::Value>().unwrap()["errors"].as_bool().unwrap());
    }
    assert_eq!(server.connections(), 1, "a connection is used again");
    let seen = &server.seen()[1];
    assert_eq!(seen.line, "POST /es/_bulk?filter_path=errors%2Citems.%2A.status HTTP/1.1");
    assert_eq!(seen.header("host"), server.address.to_string());
    assert_eq!(seen.header("content-type"), "application/x-ndjson");
    assert_eq!(seen.header("content-encoding"), "gzip");
    assert_eq!(seen.header("accept-encoding"), "");
    assert_eq!(seen.header("authorization"), "");
    assert!(seen.header("user-agent").starts_with("logweir/"));
    assert_eq!(seen.body(), "abc");
}

#[tokio::test]
async fn a_server_learns_who_asks() {
    let server = Server::start(None, |_| answer(200, "", "")).await;
    let endpoint: logweir_search_client::Endpoint = server.url().parse().unwrap();
    for authentication in [
        Authentication::Basic { username: "Aladdin".to_owned(), password: Secret::new("open sesame\n") },
        Authentication::ApiKey(Secret::new("a2V5")),
    ] {
        let client = Client::new(ClientConfig { authentication, ..ClientConfig::new(endpoint.clone()) }).unwrap();
        assert!(!format!("{client:?}").contains("QWxhZGRpbjpvcGVuIHNlc2FtZQ"), "{client:?}");
        get(&client).await.unwrap();
    }
    let shown: Vec<_> = server.seen().iter().map(|seen| seen.header("authorization").to_owned()).collect();
    assert_eq!(shown, ["Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "ApiKey a2V5"]);
}

#[test]
fn credentials_are_not_sent_in_the_clear_to_another_machine() {
    let config = |url: &str, allow_http| {
        let authentication = Authentication::ApiKey(Secret::new("a2V5"));
        Client::new(ClientConfig { authentication, allow_http, ..ClientConfig::new(url.parse().unwrap()) })
    };
    let refused = config("http://es.example.com:9200", false).unwrap_err();
    assert_eq!(refused.code(), "SearchConfiguration");
    assert!(refused.to_string().contains("in the clear"), "{refused}");
    assert!(config("http://es.example.com:9200", true).is_ok());
    assert!(config("http://127.0.0.1:9200", false).is_ok());
    assert!(config("https://es.example.com:9200", false).is_ok());
}

#[tokio::test]
async fn redirects_are_refused_and_told_without_their_secrets() {
    let to = "location: https://user:password@elsewhere.example/login?token=geheim\r\n";
    let server = Server::start(None, move |_| answer(302, to, "")).await;
    let error = get(&client_of(&server.url())).await.unwrap_err();
    assert!(
        matches!(&error, ClientError::Redirect { status: 302, location, .. } if location == "https://elsewhere.example/login")
    );
    assert!(!error.is_retryable());
    assert_eq!(server.seen().len(), 1);

    let server = Server::start(None, |_| answer(307, "location: /login\r\n", "")).await;
    let error = get(&client_of(&server.url())).await.unwrap_err();
    assert!(error.to_string().contains(&format!("redirect to {}/login", server.url())), "{error}");
}

#[tokio::test]
async fn what_breaks_may_be_tried_again() {
    let whole = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{";
    for sent in ["", "HTTP/1.1 200 OK\r\ncont", whole] {
        let server = Server::start(None, move |_| Reply::Cut(sent.to_owned())).await;
        let error = get(&client_of(&server.url())).await.unwrap_err();
        assert!(matches!(error, ClientError::Cut { .. }), "{sent}: {error}");
        assert!(error.is_retryable());
    }
    // A port on which nobody listens.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error = get(&client_of(&format!("http://127.0.0.1:{port}"))).await.unwrap_err();
    assert!(matches!(error, ClientError::Connect { .. }) && error.is_retryable(), "{error}");
}

#[tokio::test]
async fn a_slow_server_is_given_the_time_that_the_caller_has() {
    for reply in ["", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc"] {
        let silence = reply.is_empty();
        let server =
            Server::start(None, move |_| if silence { Reply::Silence } else { Reply::Bytes(reply.to_owned()) });
        let client = client_of(&server.await.url());
        let error = client.send(&Request::new(Method::GET, "/"), Duration::from_millis(150)).await.unwrap_err();
        assert!(matches!(error, ClientError::Timeout { .. }) && error.is_retryable(), "{error}");
    }
}

#[tokio::test]
async fn an_answer_over_the_cap_is_not_kept() {
    let chunks = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n8\r\nabcdefgh\r\n8\r\nabcdefgh\r\n0\r\n\r\n";
    let server = Server::start(None, move |seen| {
        if seen.line.contains("chunks") { Reply::Bytes(chunks.to_owned()) } else { answer(200, "", &"a".repeat(16)) }
    })
    .await;
    let client = client_of(&server.url());
    for path in ["/length", "/chunks"] {
        let send =
            async |limit| client.send(&Request::new(Method::GET, path).max_response_bytes(limit), PATIENCE).await;
        let error = send(15).await.unwrap_err();
        assert!(matches!(error, ClientError::TooLarge { limit: 15, .. }) && !error.is_retryable(), "{error}");
        assert_eq!(send(16).await.unwrap().body.len(), 16);
    }
}

#[tokio::test]
async fn what_is_not_an_answer_is_told() {
    let server = Server::start(None, |_| Reply::Bytes("220 mail.example ESMTP\r\n\r\n".to_owned())).await;
    let error = get(&client_of(&server.url())).await.unwrap_err();
    assert_eq!(error.code(), "SearchProtocol", "{error}");

    let server = Server::start(None, |_| answer(200, "content-encoding: gzip\r\n", "abc")).await;
    let error = get(&client_of(&server.url())).await.unwrap_err();
    assert!(error.to_string().contains("compressed"), "{error}");
}

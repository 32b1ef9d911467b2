//! How S3 is addressed where another server than AWS's is. Endpoints are variables of a process, so each case is one: the test
//! starts itself again.

use std::process::Command;

use logweir_aws_support::s3_client;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const ENDPOINTS: [&str; 2] = ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"];

#[tokio::test]
async fn buckets_are_addressed_by_path_wherever_the_endpoint_is_named() {
    for endpoint in ENDPOINTS {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://localhost:{}", listener.local_addr().expect("its address").port());
        let asked = tokio::spawn(first_line(listener));
        let mut command = Command::new(std::env::current_exe().expect("this test"));
        command.args(["--exact", "an_object_is_put", "--ignored"]);
        for name in ENDPOINTS {
            command.env_remove(name);
        }
        let credentials = [("AWS_ACCESS_KEY_ID", "a"), ("AWS_SECRET_ACCESS_KEY", "b"), ("AWS_REGION", "us-east-1")];
        command.envs(credentials).env(endpoint, url);
        let put = tokio::task::spawn_blocking(move || command.output()).await.expect("it runs").expect("it runs");
        assert!(put.status.success(), "{endpoint}: {}", String::from_utf8_lossy(&put.stdout));
        assert_eq!(asked.await.expect("a request"), "PUT /bucket/key?x-id=PutObject HTTP/1.1", "{endpoint}");
    }
}

#[tokio::test]
#[ignore = "the other runs it, in processes of its own"]
async fn an_object_is_put() {
    s3_client().await.put_object().bucket("bucket").key("key").send().await.unwrap();
}

/// Answers one request that all is well, and returns its first line.
async fn first_line(listener: TcpListener) -> String {
    let (mut stream, _) = listener.accept().await.expect("a connection");
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(stream.read_u8().await.expect("a request"));
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n").await.expect("an answer");
    String::from_utf8_lossy(&request).lines().next().unwrap_or_default().to_owned()
}

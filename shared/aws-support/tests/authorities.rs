//! Whom the SDK's clients believe, and when they learn it. The places of certificates are variables of a process, so
//! each case is one: the test starts itself again.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::Builder;
use logweir_aws_support::configuration;
use logweir_https::sdk_http_client;
use logweir_lambda_support::{Environment, Variable};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// Where the process of its own puts its authority's certificate.
const PLACE: Variable = Variable { name: "TEST_AUTHORITY", purpose: "where the authority's certificate is put" };

type Authority = CertifiedIssuer<'static, KeyPair>;

#[test]
fn an_authority_in_ssl_cert_file_is_believed() {
    let folder = TempDir::new().unwrap();
    let place = folder.path().join("ca.pem");
    in_a_process_of_its_own(&[("SSL_CERT_FILE", &place), (PLACE.name, &place)]);
}

#[test]
fn an_authority_in_ssl_cert_dir_is_believed() {
    let folder = TempDir::new().unwrap();
    in_a_process_of_its_own(&[("SSL_CERT_DIR", folder.path()), (PLACE.name, &folder.path().join("ca.pem"))]);
}

fn in_a_process_of_its_own(variables: &[(&str, &Path)]) {
    let mut command = Command::new(std::env::current_exe().expect("this test"));
    command.args(["--exact", "authorities_are_read_with_the_first_request_and_never_again", "--ignored"]);
    for name in ["SSL_CERT_FILE", "SSL_CERT_DIR", "AWS_ENDPOINT_URL"] {
        command.env_remove(name);
    }
    let credentials = [("AWS_ACCESS_KEY_ID", "a"), ("AWS_SECRET_ACCESS_KEY", "b"), ("AWS_REGION", "us-east-1")];
    let output = command.envs(credentials).envs(variables.iter().copied()).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

#[tokio::test]
#[ignore = "the others run it, each in a process of its own"]
async fn authorities_are_read_with_the_first_request_and_never_again() {
    let place = PathBuf::from(Environment::of_process().optional(PLACE).unwrap());
    let (authority, stranger) = (authority(), authority());
    let server = server(&authority).await;
    // Neither the configuration nor a client reads them.
    let client = Client::from_conf(at(&server).await.build());
    std::fs::write(&place, authority.pem()).unwrap();
    put(&client).await.unwrap();
    std::fs::remove_file(&place).unwrap();
    // Another client of the same connections, and one with connections of its own.
    put(&Client::from_conf(at(&server).await.build())).await.unwrap();
    put(&Client::from_conf(at(&server).await.http_client(sdk_http_client()).build())).await.unwrap();
    // Nobody else is believed.
    let server = self::server(&stranger).await;
    let refused = put(&Client::from_conf(at(&server).await.build())).await.unwrap_err();
    assert!(refused.contains("InvalidCertificate"), "{refused}");
}

async fn at(server: &str) -> Builder {
    Builder::from(configuration().await).endpoint_url(server).force_path_style(true)
}

async fn put(client: &Client) -> Result<(), String> {
    let put = client.put_object().bucket("bucket").key("key").send().await;
    put.map(|_| ()).map_err(|error| format!("{error:?}"))
}

fn authority() -> Authority {
    let mut params = CertificateParams::new([]).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("a certificate")
}

/// A server that `authority` vouches for, and that answers that all is well; its URL.
async fn server(authority: &Authority) -> String {
    let key = KeyPair::generate().expect("a key");
    let certificate = CertificateParams::new(["localhost".to_owned()])
        .expect("a name")
        .signed_by(&key, authority)
        .expect("a certificate");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
        .expect("a certificate with its key");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("https://localhost:{}", listener.local_addr().expect("its address").port());
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.expect("a connection");
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut stream = acceptor.accept(stream).await?;
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n") {
                    request.push(stream.read_u8().await?);
                }
                stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n").await?;
                stream.shutdown().await
            });
        }
    });
    url
}

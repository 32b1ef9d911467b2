//! Whom the client believes.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use logweir_search_client::{Certificates, Client, ClientConfig, ClientError};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::get;
use crate::server::{Server, answer};

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new([]).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("a certificate")
}

/// A server whose certificate for `name` is signed by `authority`.
async fn server(authority: &Authority, name: &str) -> Server {
    let key = KeyPair::generate().expect("a key");
    let certificate =
        CertificateParams::new([name.to_owned()]).expect("a name").signed_by(&key, authority).expect("a certificate");
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .expect("a certificate with its key");
    Server::start(Some(TlsAcceptor::from(Arc::new(config))), |_| answer(200, "", "{}")).await
}

/// A client of the port at `localhost` that believes the authorities of `pem`.
fn client(server: &Server, pem: Option<&str>) -> Client {
    let endpoint = format!("https://localhost:{}", server.address.port()).parse().expect("a URL");
    let certificates = pem.map(|pem| Certificates::from_text_or_file(pem).expect("certificates"));
    Client::new(ClientConfig { certificates, ..ClientConfig::new(endpoint) }).expect("a client")
}

#[tokio::test]
async fn a_certificate_of_ones_own_authority_is_believed() {
    let (authority, other) = (authority(), authority());
    let server = server(&authority, "localhost").await;
    assert_eq!(get(&client(&server, Some(&authority.pem()))).await.unwrap().status, 200);
    // Several in one text, and from a file.
    let both = format!("{}{}", other.pem(), authority.pem());
    assert_eq!(get(&client(&server, Some(&both))).await.unwrap().status, 200);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), both).unwrap();
    assert_eq!(get(&client(&server, file.path().to_str())).await.unwrap().status, 200);
}

/// The place of certificates is a variable of a process, so the test starts itself again.
#[test]
fn an_authority_in_ssl_cert_file_is_believed_too() {
    let folder = tempfile::TempDir::new().unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tls::authorities_of_the_machine_are_read_once", "--ignored"])
        .env("SSL_CERT_FILE", folder.path().join("ca.pem"))
        .env_remove("SSL_CERT_DIR")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

#[tokio::test]
#[ignore = "another runs it, in a process of its own"]
#[expect(clippy::disallowed_methods, reason = "the place that the process was given")]
async fn authorities_of_the_machine_are_read_once() {
    let place = PathBuf::from(std::env::var_os("SSL_CERT_FILE").unwrap());
    let (machine, own) = (authority(), authority());
    std::fs::write(&place, machine.pem()).unwrap();
    let (known, owned) = (server(&machine, "localhost").await, server(&own, "localhost").await);
    assert_eq!(get(&client(&known, None)).await.unwrap().status, 200);
    std::fs::remove_file(&place).unwrap();
    // The client's own come besides, for that client.
    for server in [&known, &owned] {
        assert_eq!(get(&client(server, Some(&own.pem()))).await.unwrap().status, 200);
    }
    assert_eq!(get(&client(&known, None)).await.unwrap().status, 200);
    assert!(matches!(get(&client(&owned, None)).await.unwrap_err(), ClientError::Tls { .. }));
}

#[tokio::test]
async fn any_other_certificate_is_refused_with_advice() {
    let (authority, other) = (authority(), authority());
    for (name, pem, advice) in [
        ("localhost", None, "give the CA's certificate"),
        ("localhost", Some(other.pem()), "give the CA's certificate"),
        ("elsewhere.example", Some(authority.pem()), "its certificate is not for localhost"),
    ] {
        let server = server(&authority, name).await;
        let error = get(&client(&server, pem.as_deref())).await.unwrap_err();
        assert!(matches!(error, ClientError::Tls { .. }) && !error.is_retryable(), "{error}");
        assert!(error.to_string().contains(advice), "{error}");
        assert!(server.seen().is_empty());
    }
}

#[tokio::test]
async fn the_wrong_scheme_is_told() {
    // A server without TLS that says so in HTTP, and one that hangs up.
    for said in ["HTTP/1.1 400 Bad Request\r\n\r\n", ""] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await?;
            stream.read_exact(&mut [0; 16]).await?;
            stream.write_all(said.as_bytes()).await
        });
        let error = get(&crate::client_of(&format!("https://localhost:{port}"))).await.unwrap_err();
        assert!(error.to_string().contains("is it http://?") || error.to_string().contains("reset"), "{error}");
    }

    let secure = server(&authority(), "localhost").await;
    let error = get(&crate::client_of(&secure.url())).await.unwrap_err();
    assert_eq!(error.code(), "SearchProtocol", "{error}");
    assert!(error.to_string().contains("https://"), "{error}");
}

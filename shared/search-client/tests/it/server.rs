//! A server that answers as it is told, and keeps what it was asked. It stands in for a search server and for AWS.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// A request as it came.
#[derive(Debug, Clone, Default)]
pub(crate) struct Received {
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Received {
    /// A header; nothing if there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }

    pub(crate) fn body(&self) -> &str {
        std::str::from_utf8(&self.body).expect("UTF-8")
    }
}

/// What is done with a request.
pub(crate) enum Reply {
    /// Bytes as they are; the connection is kept.
    Bytes(String),
    /// Bytes as they are, and the end.
    Cut(String),
    /// Nothing, and the connection is kept.
    Silence,
}

/// An answer of a body, with more headers (each with its line's end).
pub(crate) fn answer(status: u16, headers: &str, body: &str) -> Reply {
    Reply::Bytes(format!("HTTP/1.1 {status} Said\r\n{headers}content-length: {}\r\n\r\n{body}", body.len()))
}

type Answers = dyn Fn(&Received) -> Reply + Send + Sync;

/// The server. It ends with the test's runtime.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Received>>>,
    connections: Arc<AtomicUsize>,
}

impl Server {
    pub(crate) async fn start(
        tls: Option<TlsAcceptor>,
        answers: impl Fn(&Received) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let (seen, connections) = (Arc::default(), Arc::new(AtomicUsize::new(0)));
        let server = Self { address, seen: Arc::clone(&seen), connections: Arc::clone(&connections) };
        let answers: Arc<Answers> = Arc::new(answers);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.expect("a connection");
                connections.fetch_add(1, Ordering::SeqCst);
                let (answers, seen, tls) = (Arc::clone(&answers), Arc::clone(&seen), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serve(stream, &*answers, &seen).await,
                        Some(tls) => serve(tls.accept(stream).await?, &*answers, &seen).await,
                    }
                });
            }
        });
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it was asked so far.
    pub(crate) fn seen(&self) -> Vec<Received> {
        self.seen.lock().expect("no panic").clone()
    }

    /// How many connections were made to it.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    answers: &Answers,
    seen: &Mutex<Vec<Received>>,
) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    while let Some(received) = receive(&mut stream).await? {
        let reply = answers(&received);
        seen.lock().expect("no panic").push(received);
        match reply {
            Reply::Bytes(bytes) => stream.write_all(bytes.as_bytes()).await?,
            Reply::Cut(bytes) => {
                stream.write_all(bytes.as_bytes()).await?;
                return stream.shutdown().await;
            }
            Reply::Silence => std::future::pending().await,
        }
        stream.flush().await?;
    }
    Ok(())
}

async fn receive(stream: &mut (impl AsyncBufReadExt + Unpin)) -> io::Result<Option<Received>> {
    let mut received = Received::default();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        match line.trim_end() {
            "" => break,
            line if received.line.is_empty() => line.clone_into(&mut received.line),
            line => {
                let (name, value) = line.split_once(": ").expect("a header");
                received.headers.push((name.to_owned(), value.to_owned()));
            }
        }
    }
    let length = received.header("content-length").parse().unwrap_or(0);
    received.body.resize(length, 0);
    stream.read_exact(&mut received.body).await?;
    Ok(Some(received))
}

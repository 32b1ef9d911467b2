//! Bodies on their way to the server: each is sent until all of its documents are settled, or until time is up.

use std::sync::Arc;
use std::time::Duration;

use logweir_lambda_support::{Backoff, Deadline, cause_chain};
use logweir_search::{Answer, Body, Conflict, Obstacle, Scope, Settled};
use logweir_search_client::{Client, ClientError, Method, Request, Response};
use logweir_subscription::gzip::Compressor;
use tokio::task::{JoinError, JoinSet};

use crate::blocked::{Blocked, advice};
use crate::outcome::Report;
use crate::server::Server;

/// The fastest; requests go to a server nearby.
const GZIP_LEVEL: u32 = 1;
/// Longest time that one request may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest pause that a server can ask for.
const MAX_RETRY_AFTER: Duration = Duration::from_mins(1);
/// An attempt that begins so shortly before the deadline tells nothing of the server.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// Bytes of a server's words that are kept.
const MAX_WORDS: usize = 300;
const BACKOFF: Backoff = Backoff { base: Duration::from_millis(100), cap: Duration::from_secs(10) };

/// Sends bodies, several at a time.
#[derive(Debug)]
pub(crate) struct Sender<'s> {
    server: &'s Server,
    deadline: Deadline,
    concurrency: usize,
    tasks: JoinSet<Report>,
    blocked: Arc<Blocked>,
    report: Report,
}

/// What the server said to a request.
enum Reply {
    Answer(Answer),
    /// The request is too large.
    TooLarge,
    /// Not now.
    Later {
        wait: Option<Duration>,
        problem: String,
    },
    /// Not without somebody's help.
    Never {
        problem: String,
    },
}

impl<'s> Sender<'s> {
    pub(crate) fn new(server: &'s Server, concurrency: usize, deadline: Deadline) -> Self {
        let tasks = JoinSet::new();
        Self { server, deadline, concurrency, tasks, blocked: Arc::default(), report: Report::default() }
    }

    /// Sends a body while others are on their way; waits while they are too many.
    pub(crate) async fn submit(&mut self, body: Body) {
        if self.is_over() {
            self.report.undelivered.extend(body.sources());
            return;
        }
        while self.tasks.len() >= self.concurrency {
            self.join_next().await;
        }
        let client = match self.server.client(self.deadline).await {
            Ok(client) => client,
            Err(failure) => {
                self.blocked.close();
                self.report.undelivered.extend(body.sources());
                self.report.problem = Some(failure.message);
                return;
            }
        };
        let delivery =
            Delivery { client, deadline: self.deadline, blocked: Arc::clone(&self.blocked), report: Report::default() };
        self.tasks.spawn(delivery.run(body));
        // So that it is on its way before the next body is made.
        tokio::task::yield_now().await;
    }

    /// Whether nothing more can be sent: time is up, or the server refuses all that comes.
    pub(crate) fn is_over(&self) -> bool {
        self.deadline.remaining().is_zero() || self.blocked.is_closed()
    }

    /// What the server did not take, as far as it is known, to be told once.
    pub(crate) fn take_conflicts(&mut self) -> Vec<Conflict> {
        while let Some(joined) = self.tasks.try_join_next() {
            self.take_over(joined);
        }
        std::mem::take(&mut self.report.conflicts)
    }

    /// Waits for all bodies.
    pub(crate) async fn finish(mut self) -> Report {
        while !self.tasks.is_empty() {
            self.join_next().await;
        }
        self.report
    }

    async fn join_next(&mut self) {
        if let Some(joined) = self.tasks.join_next().await {
            self.take_over(joined);
        }
    }

    fn take_over(&mut self, joined: Result<Report, JoinError>) {
        match joined {
            Ok(report) => self.report.add(report),
            // A task that panicked: what it had is unknown, so the invocation must not succeed.
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
}

struct Delivery {
    client: Arc<Client>,
    deadline: Deadline,
    blocked: Arc<Blocked>,
    report: Report,
}

impl Delivery {
    async fn run(mut self, body: Body) -> Report {
        let mut pending = vec![body];
        let mut attempt = 0;
        while let Some(body) = pending.pop() {
            if self.deadline.remaining().is_zero() || self.blocked.is_closed() {
                self.give_up(&body);
                continue;
            }
            let (body, held) = self.blocked.sift(body);
            self.report.undelivered.extend(held);
            if body.is_empty() {
                continue;
            }
            let wait = match self.send(&body).await {
                Reply::Answer(answer) => {
                    if !self.settle(&body, answer, &mut pending) {
                        attempt = 0;
                        continue;
                    }
                    None
                }
                Reply::TooLarge => {
                    if let Some(halves) = body.halves() {
                        pending.extend(halves);
                    } else {
                        let answer = Answer::refused(body.len(), 413, "the document is too large for the server");
                        self.settle(&body, answer, &mut pending);
                    }
                    continue;
                }
                Reply::Later { wait, problem } => {
                    tracing::debug!(problem, "a bulk request is sent again");
                    // The last attempt is often cut short by the deadline: what was said before tells more.
                    if attempt == 0 || self.deadline.remaining() > LAST_WORDS {
                        self.report.problem = Some(problem);
                    }
                    pending.push(body);
                    wait
                }
                Reply::Never { problem } => {
                    self.report.problem = Some(problem);
                    self.blocked.close();
                    self.give_up(&body);
                    continue;
                }
            };
            // What the server asks for, and never less than the pause that grows: it may ask for none.
            let pause = BACKOFF.random_delay(attempt);
            let wait = wait.map_or(pause, |wait| wait.min(MAX_RETRY_AFTER) + pause);
            attempt += 1;
            if self.deadline.allows(wait) {
                tokio::time::sleep(wait).await;
            } else {
                pending.drain(..).for_each(|body| self.give_up(&body));
            }
        }
        self.report
    }

    /// Takes over what came of a body's documents; the answer is whether the server wants to be left alone for a while.
    fn settle(&mut self, body: &Body, answer: Answer, pending: &mut Vec<Body>) -> bool {
        let busy = answer.busy().map(|words| format!("the server could not take some documents: {words}"));
        let Settled { created, existed, moved, set_aside, conflicts, refused, held_up, next, is_busy } =
            body.settle(answer);
        self.blocked.note(&held_up);
        let problem = held_up.obstacle.as_ref().map(advice);
        let undelivered = held_up.sources;
        self.report.add(Report { created, existed, moved, conflicts, set_aside, refused, undelivered, problem });
        if is_busy {
            self.report.hold(busy.unwrap_or_else(|| "the server could not take some documents".to_owned()));
        }
        pending.extend(next);
        is_busy
    }

    fn give_up(&mut self, body: &Body) {
        self.report.undelivered.extend(body.sources());
    }

    async fn send(&self, body: &Body) -> Reply {
        let mut compressed = Vec::new();
        Compressor::new(GZIP_LEVEL).member(body.bytes(), &mut compressed);
        let request = Request::new(Method::POST, "_bulk")
            // Not what each document's shards and versions are.
            .query("filter_path", "errors,items.*.status,items.*.error")
            .body("application/x-ndjson", compressed)
            .gzipped();
        let timeout = self.deadline.remaining().min(REQUEST_TIMEOUT);
        match self.client.send(&request, timeout).await {
            Ok(response) => reply(&response, body.len()),
            // An answer too large to be read is one to too many documents.
            Err(ClientError::TooLarge { .. }) => Reply::TooLarge,
            Err(error) if error.is_retryable() => Reply::Later { wait: None, problem: cause_chain(&error) },
            Err(error) => Reply::Never { problem: cause_chain(&error) },
        }
    }
}

/// The words of a proxy's page, or of what else is no error of a search server: its beginning.
fn beginning(body: &[u8]) -> String {
    String::from_utf8_lossy(body).trim().chars().take(MAX_WORDS).collect()
}

fn reply(response: &Response, documents: usize) -> Reply {
    let obstacle = Obstacle::of_request(response.status, &response.body);
    let words = obstacle.as_ref().map_or_else(|| beginning(&response.body), |obstacle| obstacle.words.clone());
    let problem = |what: &str| format!("{what} (status {}): {words}", response.status);
    match response.status {
        200..=299 => match Answer::parse(&response.body, documents) {
            Ok(answer) => Reply::Answer(answer),
            // A proxy's page, or an answer that was cut short.
            Err(error) => Reply::Later { wait: None, problem: error.to_string() },
        },
        413 => Reply::TooLarge,
        408 | 429 | 500.. => Reply::Later { wait: response.retry_after, problem: problem("the server is busy") },
        // A cluster that is read-only answers 403, as if it were for who asks.
        403 if obstacle.as_ref().is_some_and(|obstacle| obstacle.scope == Scope::Place) => Reply::Never {
            problem: problem("the cluster takes no documents: look at its blocks (full disks, read-only)"),
        },
        401 | 403 => Reply::Never {
            problem: problem(
                "the server does not let the function index: look at its credentials and their permissions",
            ),
        },
        _ => Reply::Never { problem: problem("the server does not take bulk requests: look at SEARCH_ENDPOINT") },
    }
}

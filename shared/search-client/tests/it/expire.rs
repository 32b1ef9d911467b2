//! What is deleted, by which requests. The server is a stand-in; the real ones are asked in tests/cloud.

use logweir_search_client::ExpireOptions;

use crate::server::{Server, answer};
use crate::{PATIENCE, client_of};

async fn lines(server: &Server, dry_run: bool) -> Vec<String> {
    let today = "2026-11-21".parse().expect("a date");
    let options = ExpireOptions { prefix: "cwl".to_owned(), days: 30, today, dry_run, timeout: PATIENCE };
    let mut lines = Vec::new();
    let report = |outcome: logweir_search_client::Outcome| lines.push(outcome.to_string());
    logweir_search_client::expire(&client_of(&server.url()), &options, report).await.expect("answers");
    lines
}

#[tokio::test]
async fn old_indices_are_deleted_by_their_exact_names() {
    let server = Server::start(None, |seen| {
        let listing = r#"[{"index":"cwl-app-2026.11.01","docs.count":"1","store.size":"1"},
            {"index":"cwl-waf-2026.10.02","docs.count":"1","store.size":"208"},
            {"index":"cwl-app-2026.10.01","docs.count":"10","store.size":"2100000"}]"#;
        match seen.line.split(' ').next() {
            Some("GET") => answer(200, "", listing),
            _ if seen.line.contains("waf") => answer(403, "", r#"{"error":{"reason":"no permissions for [delete]"}}"#),
            _ => answer(200, "", r#"{"acknowledged":true}"#),
        }
    })
    .await;
    let dry = lines(&server, true).await;
    assert_eq!(dry[0], "would be deleted: index cwl-app-2026.10.01 (10 documents, 2.1 MB)");
    let done = lines(&server, false).await;
    assert_eq!(done[0], "deleted: index cwl-app-2026.10.01 (10 documents, 2.1 MB)");
    assert!(
        done[1].starts_with("failed: index cwl-waf-2026.10.02: the server answered 403: no permissions"),
        "{}",
        done[1]
    );
    let asked: Vec<_> = server.seen().into_iter().map(|seen| seen.line).collect();
    let list = "GET /_cat/indices/cwl-%2A?format=json&h=index%2Cdocs.count%2Cstore.size&bytes=b&expand_wildcards=open%2Cclosed HTTP/1.1";
    let (first, second) = ("DELETE /cwl-app-2026.10.01 HTTP/1.1", "DELETE /cwl-waf-2026.10.02 HTTP/1.1");
    assert_eq!(asked, [list, list, first, second]);
}

#[tokio::test]
async fn a_list_that_cannot_be_had_is_told() {
    for (status, body, told) in [(403, r#"{"message":"no"}"#, "403: no"), (200, "{}", "cannot be read")] {
        let server = Server::start(None, move |_| answer(status, "", body)).await;
        let lines = lines(&server, false).await;
        assert!(
            lines.len() == 1 && lines[0].starts_with("failed: index cwl-*") && lines[0].contains(told),
            "{lines:?}"
        );
    }
}

//! What is to be published: it stays until it is, and one publishes it.

use futures_util::future::join_all;
use logweir_alarms::Line;

use super::*;
use crate::testing::{notification, status};

fn pending(number: u64) -> Pending {
    Pending { notification: notification("a", number), lease: 100, not_before: 0 }
}

fn id(number: u64) -> String {
    notification("a", number).notification_id
}

async fn saved(store: &Store, seen: &Stored, add: &[Pending]) -> Stored {
    match store.save("a", seen, &status(), add, &[], EXPIRES).await.expect("an answer") {
        Saved::Done(stored) => stored,
        Saved::Conflict => panic!("nobody else writes"),
    }
}

/// A status with an outbox of one.
async fn with_one(store: &Store) -> Stored {
    let Ok(Created::New(first)) = store.create("a", "[]", &status(), 1, EXPIRES).await else { panic!("new") };
    saved(store, &first, &[pending(1)]).await
}

fn numbers(stored: &Stored) -> Vec<u64> {
    let mut numbers: Vec<_> = stored.outbox.iter().map(|entry| entry.notification.transition.number).collect();
    numbers.sort_unstable();
    numbers
}

#[tokio::test]
#[ignore = "needs DynamoDB Local"]
async fn what_is_pending_survives_until_it_is_published() {
    let store = fresh().await;
    let stored = with_one(&store).await;
    assert_eq!(stored.outbox, [pending(1)]);
    let stored = saved(&store, &stored, &[]).await;
    let stored = saved(&store, &stored, &[pending(2), pending(3)]).await;
    assert_eq!(numbers(&stored), [1, 2, 3]);

    store.published("a", "[]", &id(2)).await.unwrap();
    let after = store.status("a", "[]").await.unwrap().expect("there");
    assert_eq!((numbers(&after), after.version), (vec![1, 3], stored.version), "who is at the status is not disturbed");
    // Who saves on what was read before does not bring it back.
    assert_eq!(numbers(&saved(&store, &stored, &[pending(4)]).await), [1, 3, 4]);
    store.published("a", "[]", &id(2)).await.expect("one that is gone is fine");
    store.published("a", r#"["gone"]"#, &id(2)).await.expect("as is a status that is gone");
    assert_eq!(store.raw("status/a", r#"["gone"]"#).await, None, "which does not come again");
}

#[tokio::test]
#[ignore = "needs DynamoDB Local"]
async fn of_those_who_claim_at_once_one_has_it() {
    let store = fresh().await;
    with_one(&store).await;
    for (claimers, seen) in [(2, 100), (20, 200)] {
        // Even with the same lease.
        let id = id(1);
        let claims = join_all((0..claimers).map(|_| store.claim("a", "[]", &id, seen, seen + 100))).await;
        let won = claims.iter().filter(|claim| **claim == Ok(true)).count();
        let lost = claims.iter().filter(|claim| **claim == Ok(false)).count();
        assert_eq!((won, lost), (1, claimers - 1), "{claims:?}");
        let stored = store.status("a", "[]").await.unwrap().expect("there");
        assert_eq!((stored.outbox[0].lease, stored.version), (seen + 100, 2));
    }
}

#[tokio::test]
#[ignore = "needs DynamoDB Local"]
async fn what_was_published_is_not_claimed() {
    let store = fresh().await;
    with_one(&store).await;
    store.published("a", "[]", &id(1)).await.unwrap();
    assert_eq!(store.claim("a", "[]", &id(1), 100, 200).await, Ok(false));
    assert_eq!(store.claim("a", r#"["gone"]"#, &id(1), 100, 200).await, Ok(false));
    assert_eq!(store.raw("status/a", r#"["gone"]"#).await, None);
}

#[tokio::test]
#[ignore = "needs DynamoDB Local"]
async fn an_outbox_that_nobody_empties_keeps_every_notification() {
    let store = fresh().await;
    let mut stored = with_one(&store).await;
    let line = || Line {
        timestamp: 0,
        id: "0".repeat(56),
        owner: "123456789012".to_owned(),
        log_group: "/app/web".to_owned(),
        log_stream: "i".to_owned(),
        // By chance, so that it does not compress.
        message: (0..1_000).map(|_| fastrand::alphanumeric()).collect(),
    };
    for number in 2..60 {
        let mut entry = pending(number);
        entry.notification.lines = (0..20).map(|_| line()).collect();
        stored = saved(&store, &stored, &[entry]).await;
    }
    assert_eq!(numbers(&stored).len(), 59);
    let with_lines = stored.outbox.iter().filter(|entry| !entry.notification.lines.is_empty()).count();
    assert!((10..40).contains(&with_lines), "{with_lines}");
}

//! Counts of messages, the last good rules, and what requests cost.

use futures_util::future::join_all;

use super::*;

#[tokio::test]
#[ignore = "needs DynamoDB Local"]
async fn messages_are_counted_by_topic_and_minute() {
    let store = fresh().await;
    let counts = join_all((0..10).map(|_| store.topic_count("high", 7, 2))).await;
    let mut counts: Vec<_> = counts.into_iter().map(|count| count.expect("an answer")).collect();
    counts.sort_unstable();
    assert_eq!(counts, (1..=10).map(|number| number * 2).collect::<Vec<_>>());
    assert_eq!((store.topic_count("high", 8, 1).await, store.topic_count("low", 7, 1).await), (Ok(1), Ok(1)));
    assert_eq!(store.raw("topic/high", "7").await.expect("there")["expires"].as_n().unwrap(), "4020");
}

#[tokio::test]
#[ignore = "needs DynamoDB Local"]
async fn an_alarm_is_known_since_it_was_first_seen() {
    let store = fresh().await;
    let firsts = join_all((100..110).map(|now| store.known_since("a", "f", now))).await;
    let since = store.known_since("a", "f", 200).await.unwrap();
    assert!((100..110).contains(&since) && firsts.iter().all(|first| *first == Ok(since)), "{firsts:?}");
    assert_eq!(store.known_since("a", "g", 300).await, Ok(300), "another fingerprint is another alarm");
}

#[tokio::test]
#[ignore = "needs DynamoDB Local"]
async fn the_last_good_rules_are_kept_and_written_only_when_they_change() {
    let store = fresh().await;
    assert_eq!(store.last_good().await, Ok(None));
    let rules = "version: 1\n".repeat(20_000);
    store.keep_last_good(&rules).await.unwrap();
    assert_eq!(store.last_good().await, Ok(Some(rules.clone())));
    let (_, writes) = store.consumed();
    store.keep_last_good(&rules).await.unwrap();
    assert_eq!(store.consumed().1.to_bits(), writes.to_bits());
    store.keep_last_good("version: 1\n").await.unwrap();
    assert_eq!(store.last_good().await.unwrap().as_deref(), Some("version: 1\n"));
}

#[tokio::test]
#[ignore = "needs DynamoDB Local"]
async fn what_requests_cost_is_counted() {
    let store = fresh().await;
    let cost = |store: &Store| (store.requests(), store.consumed());
    assert_eq!(cost(&store), (0, (0.0, 0.0)));
    let place = Place { pk: "evidence/a".to_owned(), sk: "0#0".to_owned() };
    store.put(&place, &bytes([1]), EXPIRES).await.unwrap();
    assert_eq!(cost(&store), (1, (0.0, 1.0)));
    store.evidence("evidence/a", "0").await.unwrap();
    assert_eq!(cost(&store), (2, (1.0, 1.0)));
    let Ok(Created::New(_)) = store.create("a", "[]", &crate::testing::status(), 1, EXPIRES).await else {
        panic!("new")
    };
    // A transaction costs double, for each of its two items; DynamoDB Local says half of it.
    let (requests, (reads, writes)) = cost(&store);
    assert!(requests == 3 && reads.to_bits() == 1.0_f64.to_bits() && writes >= 3.0, "{writes}");
}

#[tokio::test]
#[ignore = "needs DynamoDB Local"]
async fn a_table_that_is_not_there_is_told_and_a_deadline_that_passed_ends_all() {
    let store = fresh().await;
    let missing = of_client("not-there", store.client().await.clone()).store(deadline());
    let error = missing.status("a", "[]").await.unwrap_err();
    assert!(error.to_string().contains("STATE_TABLE"), "{error}");
    let late = of_client(&store.table, store.client().await.clone()).store(until(0));
    let error = late.statuses("a").await.unwrap_err();
    assert!(error.to_string().contains("deadline"), "{error}");
}

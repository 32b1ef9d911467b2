//! Statuses: who is first, and how many there may be.

use futures_util::future::join_all;
use logweir_alarms::AlarmState;

use super::*;
use crate::testing::status;

async fn begun(store: &Store, group: &str) -> Stored {
    match store.create("a", group, &status(), 100_000, EXPIRES).await.expect("an answer") {
        Created::New(stored) => stored,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
#[ignore = "needs DynamoDB Local"]
async fn a_status_is_read_as_it_was_saved() {
    let store = fresh().await;
    assert_eq!(store.status("a", "[]").await, Ok(None));
    let first = begun(&store, "[]").await;
    assert_eq!(first, Stored { group: "[]".to_owned(), version: 1, status: status(), outbox: Vec::new() });
    let alarm = Status { state: AlarmState::Alarm, number: 1, ..status() };
    let saved = store.save("a", &first, &alarm, &[], &[], EXPIRES + 1).await.unwrap();
    let expected = Stored { version: 2, status: alarm, ..first };
    assert_eq!(saved, Saved::Done(expected.clone()));
    assert_eq!(store.status("a", "[]").await, Ok(Some(expected)));
    let raw = store.raw("status/a", "[]").await.expect("there");
    assert_eq!(raw["expires"].as_n().map(String::as_str), Ok("4000000001"));
}

#[tokio::test]
#[ignore = "needs DynamoDB Local"]
async fn of_those_who_save_at_once_one_is_done() {
    let store = fresh().await;
    let first = begun(&store, "[]").await;
    for writers in [2, 20] {
        let seen = store.status("a", "[]").await.unwrap().expect("there");
        let statuses: Vec<_> = (0..writers).map(|number| Status { number, ..status() }).collect();
        let saves = join_all(statuses.iter().map(|status| store.save("a", &seen, status, &[], &[], EXPIRES))).await;
        let done = saves.into_iter().filter_map(|saved| match saved.expect("an answer") {
            Saved::Done(stored) => Some(stored),
            Saved::Conflict => None,
        });
        let done: Vec<_> = done.collect();
        assert_eq!(done.len(), 1);
        assert_eq!(store.status("a", "[]").await.unwrap(), done.first().cloned());
    }
    assert_eq!(
        store.save("a", &first, &status(), &[], &[], EXPIRES).await,
        Ok(Saved::Conflict),
        "it was read too long ago"
    );
}

#[tokio::test]
#[ignore = "needs DynamoDB Local"]
async fn what_is_gone_is_not_saved() {
    let store = fresh().await;
    let gone = Stored { group: "[]".to_owned(), version: 1, status: status(), outbox: Vec::new() };
    assert_eq!(store.save("a", &gone, &status(), &[], &[], EXPIRES).await, Ok(Saved::Conflict));
    assert_eq!(store.raw("status/a", "[]").await, None);
}

#[tokio::test]
#[ignore = "needs DynamoDB Local"]
async fn of_those_who_begin_a_status_at_once_one_is_first() {
    let store = fresh().await;
    let status = status();
    let answers = join_all((0..12).map(|_| store.create("a", "[]", &status, 5, EXPIRES))).await;
    let new = answers.iter().filter(|answer| matches!(answer, Ok(Created::New(_)))).count();
    let exists =
        answers.iter().filter(|answer| matches!(answer, Ok(Created::Exists(stored)) if stored.version == 1)).count();
    assert_eq!((new, exists), (1, 11), "{answers:?}");
    assert_eq!(store.groups("a").await, Ok(1), "it is counted once");
}

#[tokio::test]
#[ignore = "needs DynamoDB Local"]
async fn an_alarm_has_no_more_groups_than_it_may() {
    let store = fresh().await;
    let status = status();
    let groups: Vec<_> = (0..40).map(|number| format!(r#"["{number}"]"#)).collect();
    let answers = join_all(groups.iter().map(|group| store.create("a", group, &status, 7, EXPIRES))).await;
    let new = answers.iter().filter(|answer| matches!(answer, Ok(Created::New(_)))).count();
    let full = answers.iter().filter(|answer| matches!(answer, Ok(Created::Full))).count();
    assert_eq!((new, full), (7, 33), "{answers:?}");
    assert_eq!((store.groups("a").await, store.statuses("a").await.map(|all| all.len())), (Ok(7), Ok(7)));
    // One that is there is found, full or not; another alarm has room of its own.
    let there = store.statuses("a").await.unwrap().pop().expect("one");
    assert_eq!(store.create("a", &there.group, &status, 7, EXPIRES).await, Ok(Created::Exists(there)));
    assert!(matches!(store.create("b", "[]", &status, 7, EXPIRES).await, Ok(Created::New(_))));
}

#[tokio::test]
#[ignore = "needs DynamoDB Local"]
async fn the_number_of_groups_is_corrected_unless_one_comes_in_between() {
    let store = fresh().await;
    assert_eq!((store.groups("a").await, store.count_groups("a", 0, 0).await), (Ok(0), Ok(true)));
    begun(&store, "[]").await;
    let seen = store.groups("a").await.unwrap();
    begun(&store, r#"["x"]"#).await;
    assert_eq!(store.count_groups("a", seen, 1).await, Ok(false));
    assert_eq!((store.count_groups("a", 2, 1).await, store.groups("a").await), (Ok(true), Ok(1)));
    // The counter alone: another alarm's is not touched.
    assert_eq!(store.groups("b").await, Ok(0));
}

#[tokio::test]
#[ignore = "needs DynamoDB Local"]
async fn all_statuses_come_over_many_pages_and_one_that_is_broken_holds_up_none() {
    let store = fresh().await;
    // Some 2.4 MB: a page of DynamoDB has one.
    let groups: Vec<_> = (0..1_200).map(|number| format!(r#"["{number}{}"]"#, "x".repeat(900))).collect();
    let status = status();
    for chunk in groups.chunks(100) {
        for answer in join_all(chunk.iter().map(|group| store.create("a", group, &status, 2_000, EXPIRES))).await {
            assert!(matches!(answer, Ok(Created::New(_))), "{answer:?}");
        }
    }
    begun(&store, r#"["broken"]"#).await;
    let broken = store.update(key("status/a", r#"["broken"]"#)).await.update_expression("SET version = sk");
    broken.send().await.expect("written");

    let requests = store.requests();
    let found = store.statuses("a").await.unwrap();
    assert!(store.requests() >= requests + 3, "it takes pages");
    let mut names: Vec<_> = found.iter().map(|stored| stored.group.clone()).collect();
    let mut expected = groups.clone();
    names.sort_unstable();
    expected.sort_unstable();
    assert_eq!(names, expected);
    let error = store.status("a", r#"["broken"]"#).await.unwrap_err();
    assert!(error.is_of_one_item() && error.to_string().contains("version"), "{error}");
}

#[tokio::test]
#[ignore = "needs DynamoDB Local"]
async fn groups_longer_than_a_key_are_told_apart() {
    let store = fresh().await;
    let long = |end: char| format!(r#"["{}{end}"]"#, "é".repeat(1_500));
    let (one, two) = (begun(&store, &long('1')).await, begun(&store, &long('2')).await);
    assert_eq!(store.status("a", &one.group).await, Ok(Some(one)));
    assert_eq!(store.status("a", &two.group).await, Ok(Some(two)));
    let place = Place { pk: evidence_pk("a", "f", &long('1')), sk: "0#0".to_owned() };
    assert_eq!(store.add(&place, &bytes([1]), EXPIRES).await, Ok(bytes([1])));
}

//! Answers that are lost: what was done is done, and is made again.

use std::sync::atomic::{AtomicU32, Ordering};

use aws_sdk_dynamodb::config::interceptors::BeforeDeserializationInterceptorContextMut;
use aws_sdk_dynamodb::config::{ConfigBag, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;

use super::*;
use crate::testing::{notification, status};

/// Loses the first so many answers.
#[derive(Debug)]
struct Loses(AtomicU32);

impl Loses {
    fn first(answers: u32) -> Self {
        Self(AtomicU32::new(answers))
    }
}

impl Intercept for Loses {
    fn name(&self) -> &'static str {
        "loses"
    }

    fn modify_before_deserialization(
        &self,
        _context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let lost = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if lost.is_ok() { Err("the answer was lost".into()) } else { Ok(()) }
    }
}

/// The table, whose next two answers are lost.
fn losing(store: &Store) -> Store {
    with(store, Loses::first(2))
}

#[tokio::test]
#[ignore = "needs DynamoDB Local"]
async fn a_status_is_begun_and_counted_once() {
    let store = fresh().await;
    let losing = losing(&store);
    let created = losing.create("a", "[]", &status(), 1, EXPIRES).await;
    assert!(matches!(created, Ok(Created::New(_))), "{created:?}");
    assert_eq!((losing.requests(), store.groups("a").await), (3, Ok(1)));
}

#[tokio::test]
#[ignore = "needs DynamoDB Local"]
async fn a_save_knows_its_own_write() {
    let store = fresh().await;
    let Ok(Created::New(first)) = store.create("a", "[]", &status(), 1, EXPIRES).await else { panic!("new") };
    let entry = Pending { notification: notification("a", 1), lease: 5, not_before: 0 };
    let saved = losing(&store).save("a", &first, &status(), std::slice::from_ref(&entry), &[], EXPIRES).await;
    let expected = Stored { version: 2, outbox: vec![entry], ..first.clone() };
    assert_eq!(saved, Ok(Saved::Done(expected.clone())), "who wrote it publishes it");
    assert_eq!(store.status("a", "[]").await, Ok(Some(expected)));
    // Another's write of the same is a conflict all the same.
    assert_eq!(losing(&store).save("a", &first, &status(), &[], &[], EXPIRES).await, Ok(Saved::Conflict));
}

#[tokio::test]
#[ignore = "needs DynamoDB Local"]
async fn a_claim_knows_its_own_and_no_other() {
    let store = fresh().await;
    let Ok(Created::New(first)) = store.create("a", "[]", &status(), 1, EXPIRES).await else { panic!("new") };
    let entry = Pending { notification: notification("a", 1), lease: 100, not_before: 0 };
    store.save("a", &first, &status(), std::slice::from_ref(&entry), &[], EXPIRES).await.unwrap();
    let id = entry.notification.notification_id;
    let (one, two) = (losing(&store), losing(&store));
    let (one, two) = tokio::join!(one.claim("a", "[]", &id, 100, 200), two.claim("a", "[]", &id, 100, 200));
    assert_eq!(u8::from(one.unwrap()) + u8::from(two.unwrap()), 1);
    losing(&store).published("a", "[]", &id).await.unwrap();
    assert_eq!(store.status("a", "[]").await.unwrap().map(|stored| stored.outbox.len()), Some(0));
}

#[tokio::test]
#[ignore = "needs DynamoDB Local"]
async fn evidence_is_the_same_however_often_it_comes() {
    let store = fresh().await;
    let place = Place { pk: "evidence/a".to_owned(), sk: "0#0".to_owned() };
    assert_eq!(losing(&store).add(&place, &bytes(0..3), EXPIRES).await.map(sorted), Ok(bytes(0..3)));
    losing(&store).remove(&place, &bytes([1])).await.unwrap();
    losing(&store).put(&Place { sk: "1#0".to_owned(), ..place.clone() }, &bytes([9]), EXPIRES).await.unwrap();
    assert_eq!(losing(&store).evidence(&place.pk, "0").await.map(sorted), Ok(bytes([0, 2, 9])));
}

//! Evidence: unions, whoever comes first and how often.

use futures_util::future::join_all;

use super::*;

fn place(sk: &str) -> Place {
    Place { pk: evidence_pk("a", "f", "[]"), sk: sk.to_owned() }
}

#[tokio::test]
#[ignore = "needs DynamoDB Local"]
async fn what_many_add_at_once_is_the_union() {
    let store = fresh().await;
    let place = place("000000000060000#0");
    // Each overlaps with the next, and all come twice.
    let sets: Vec<_> = (0..20).map(|number| bytes(number * 5..number * 5 + 10)).collect();
    let answers = join_all(sets.iter().chain(&sets).map(|set| store.add(&place, set, EXPIRES))).await;
    for (set, answer) in sets.iter().chain(&sets).zip(&answers) {
        let answer = answer.as_ref().expect("an answer");
        assert!(set.iter().all(|element| answer.contains(element)), "who adds sees its own");
    }
    let union = bytes(0..105);
    assert_eq!(answers.into_iter().flatten().map(|answer| answer.len()).max(), Some(union.len()), "the last sees all");
    assert_eq!(store.evidence(&place.pk, "0").await.map(sorted), Ok(union));
    assert_eq!(store.raw(&place.pk, &place.sk).await.expect("there")["expires"].as_n().unwrap(), "4000000000");
}

#[tokio::test]
#[ignore = "needs DynamoDB Local"]
async fn what_is_removed_is_gone_and_nothing_comes_of_it() {
    let store = fresh().await;
    let place = place("000000000060000#0");
    store.remove(&place, &bytes([1])).await.expect("nothing there is fine");
    assert_eq!(store.raw(&place.pk, &place.sk).await, None);
    store.add(&place, &bytes(0..10), EXPIRES).await.unwrap();
    let (one, two) = (bytes(0..4), bytes(2..6));
    let (one, two, three) =
        tokio::join!(store.remove(&place, &one), store.remove(&place, &two), store.remove(&place, &[]));
    assert_eq!((one, two, three), (Ok(()), Ok(()), Ok(())));
    assert_eq!(store.evidence(&place.pk, "0").await.map(sorted), Ok(bytes(6..10)));
    // The last ones take the set with them; adding begins it anew.
    store.remove(&place, &bytes(6..10)).await.unwrap();
    store.remove(&place, &bytes(6..10)).await.unwrap();
    assert_eq!(store.evidence(&place.pk, "0").await, Ok(Vec::new()));
    assert_eq!(store.add(&place, &bytes([7, 7]), EXPIRES).await, Ok(bytes([7])), "an element twice is one");
    assert_eq!(store.add(&place, &[], EXPIRES).await, Ok(bytes([7])), "adding nothing tells what is there");
}

#[tokio::test]
#[ignore = "needs DynamoDB Local"]
async fn what_is_put_twice_is_there_once() {
    let store = fresh().await;
    let place = place("000000000060000#digest");
    for _ in 0..2 {
        store.put(&place, &bytes(0..3), EXPIRES).await.unwrap();
    }
    store.put(&self::place("000000000120000#digest"), &bytes([9]), EXPIRES).await.unwrap();
    assert_eq!(store.evidence(&place.pk, "0").await.map(sorted), Ok(bytes([0, 1, 2, 9])));
    assert_eq!(store.evidence(&place.pk, "000000000060001").await, Ok(bytes([9])), "older buckets are left out");
    assert_eq!(
        store.evidence(&evidence_pk("a", "g", "[]"), "0").await,
        Ok(Vec::new()),
        "another fingerprint is another place"
    );
}

#[tokio::test]
#[ignore = "needs DynamoDB Local"]
async fn evidence_comes_over_many_pages_and_too_much_of_it_is_an_error() {
    let store = fresh().await;
    let element = |number: u32| {
        let mut element = number.to_be_bytes().to_vec();
        element.resize(300_000, 0);
        element
    };
    let put = |number: u32| {
        let place = place(&format!("{:015}#0", u64::from(number) * 60_000));
        let (store, elements) = (store.clone(), vec![element(number)]);
        async move { store.put(&place, &elements, EXPIRES).await }
    };
    let pk = place("").pk;
    join_all((0..10).map(put)).await.into_iter().for_each(|put| put.unwrap());
    let requests = store.requests();
    assert_eq!(store.evidence(&pk, "0").await.map(sorted), Ok((0..10).map(element).collect()));
    assert!(store.requests() >= requests + 3, "it takes pages");

    for chunk in (10..80).collect::<Vec<u32>>().chunks(10) {
        join_all(chunk.iter().copied().map(put)).await.into_iter().for_each(|put| put.unwrap());
    }
    let requests = store.requests();
    let error = store.evidence(&pk, "0").await.unwrap_err();
    assert!(error.is_of_one_item() && error.to_string().contains("make the period shorter"), "{error}");
    assert!(store.requests() <= requests + 20, "no more is read than it takes to know");
}

//! The last good rules, kept in DynamoDB Local: how they get there and who falls back on them. `store::local` says how these run.

use super::*;
use crate::store::local::fresh;

const GOOD: &str = "version: 1\nlibrary: [lambda-errors]\n";
const BETTER: &str = "version: 1\nlibrary: [\"lambda-*\"]\n";
const BAD: &str = "version: 2\nalarm: []\n";

/// A function that just started.
struct Sandbox {
    source: RulesSource,
    store: Store,
    known: Known,
}

impl Sandbox {
    fn new(store: &Store) -> Self {
        let location = RulesLocation::S3 { bucket: "b".to_owned(), key: "rules.yaml".to_owned() };
        let topics = Topics::parse("high=arn:aws:sns:eu-west-1:123456789012:high").expect("topics");
        let (refresh, fetcher, known) = (Duration::from_mins(1), Fetcher::default(), Mutex::default());
        let source = RulesSource { location, refresh, topics, fetcher, known };
        Self { source, store: store.clone(), known: Known::default() }
    }

    async fn get(&mut self, text: &str) -> Result<(Arc<Rules>, u64), RulesError> {
        let answer = Answer::unversioned(text.to_owned());
        self.source.take(&mut self.known, answer, &self.store).await
    }

    /// How many alarms are in force, and how often rules were refused.
    async fn alarms(&mut self, text: &str) -> (usize, u64) {
        let (rules, rejected) = self.get(text).await.expect("rules");
        (rules.alarms.len(), rejected)
    }
}

#[tokio::test]
#[ignore = "needs DynamoDB Local"]
async fn bad_rules_leave_the_last_good_ones_in_force_here_and_where_the_function_starts() {
    let store = fresh().await;
    let mut sandbox = Sandbox::new(&store);
    assert_eq!(sandbox.alarms(GOOD).await, (1, 0));
    assert_eq!([sandbox.alarms(BAD).await, sandbox.alarms(BAD).await], [(1, 1), (1, 1)], "counted each time");

    let mut other = Sandbox::new(&store);
    assert_eq!([other.alarms(BAD).await, other.alarms(BAD).await], [(1, 1), (1, 1)]);
    assert_eq!([other.alarms(BETTER).await, sandbox.alarms(BETTER).await], [(3, 0), (3, 0)]);
    assert_eq!(store.last_good().await.unwrap().as_deref(), Some(BETTER));
    assert_eq!(sandbox.alarms(GOOD).await, (1, 0), "also back to those before");
    assert_eq!(Sandbox::new(&store).alarms(BAD).await, (1, 1));
}

#[tokio::test]
#[ignore = "needs DynamoDB Local"]
async fn rules_that_did_not_change_are_the_same() {
    let mut sandbox = Sandbox::new(&fresh().await);
    let (first, _) = sandbox.get(GOOD).await.expect("rules");
    for text in [GOOD, BAD, BAD] {
        let (again, _) = sandbox.get(text).await.expect("rules");
        assert!(Arc::ptr_eq(&first, &again));
    }
}

#[tokio::test]
#[ignore = "needs DynamoDB Local"]
async fn without_any_good_rules_there_are_none_and_every_problem_is_told() {
    let store = fresh().await;
    let mut sandbox = Sandbox::new(&store);
    let error = sandbox.get(BAD).await.expect_err("refused").to_string();
    assert!(error.contains("s3://b/rules.yaml: line 1") && error.contains("line 2"), "{error}");
    // Those that were good before, to another release.
    store.keep_last_good(BAD).await.expect("kept");
    let error = sandbox.get(BAD).await.expect_err("refused").to_string();
    assert!(error.contains("those that were good before are not: line 1"), "{error}");
    assert_eq!(sandbox.alarms(GOOD).await, (1, 0), "it goes on as soon as they are good");
}

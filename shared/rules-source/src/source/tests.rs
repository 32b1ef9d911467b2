//! How the last good rules are kept and who falls back on them. That a table keeps them is tested with the table.

use std::sync::Mutex as StdMutex;

use logweir_log_formats::LogGroups;

use super::*;

/// What a table would hold.
#[derive(Debug, Clone, Default)]
struct Kept(Arc<StdMutex<Option<String>>>);

impl Kept {
    fn text(&self) -> Option<String> {
        self.0.lock().expect("no panic").clone()
    }
}

impl LastGood for Kept {
    async fn load(&self) -> Result<Option<String>, BoxError> {
        Ok(self.text())
    }

    async fn keep(&self, rules: &str) -> Result<(), BoxError> {
        *self.0.lock().expect("no panic") = Some(rules.to_owned());
        Ok(())
    }
}

const GOOD: &str = "version: 1\nlibrary: [lambda-errors]\n";
const BETTER: &str = "version: 1\nlibrary: [\"lambda-*\"]\n";
const BAD: &str = "version: 2\nalarm: []\n";

/// A function that just started.
struct Sandbox {
    source: RulesSource,
    store: Kept,
    known: Known,
}

impl Sandbox {
    fn new(store: &Kept) -> Self {
        let location = RulesLocation::S3 { bucket: "b".to_owned(), key: "rules.yaml".to_owned() };
        let config =
            RulesConfig { location, refresh_seconds: 60, key_parameter: None, log_groups: LogGroups::default() };
        let source = RulesSource::new(&config, &Settings::default(), None);
        Self { source, store: store.clone(), known: Known::default() }
    }

    async fn get(&mut self, text: &str) -> Result<(Arc<InForce>, u64), RulesError> {
        let answer = Answer::unversioned(text.to_owned());
        self.source.take(&mut self.known, answer, &self.store).await
    }

    /// How many alarms are in force, and how often rules were refused.
    async fn alarms(&mut self, text: &str) -> (usize, u64) {
        let (rules, rejected) = self.get(text).await.expect("rules");
        (rules.rules.alarms.len(), rejected)
    }
}

#[tokio::test]
async fn bad_rules_leave_the_last_good_ones_in_force_here_and_where_the_function_starts() {
    let store = Kept::default();
    let mut sandbox = Sandbox::new(&store);
    assert_eq!(sandbox.alarms(GOOD).await, (1, 0));
    assert_eq!([sandbox.alarms(BAD).await, sandbox.alarms(BAD).await], [(1, 1), (1, 1)], "counted each time");

    let mut other = Sandbox::new(&store);
    assert_eq!([other.alarms(BAD).await, other.alarms(BAD).await], [(1, 1), (1, 1)]);
    assert_eq!([other.alarms(BETTER).await, sandbox.alarms(BETTER).await], [(3, 0), (3, 0)]);
    assert_eq!(store.text().as_deref(), Some(BETTER));
    assert_eq!(sandbox.alarms(GOOD).await, (1, 0), "also back to those before");
    assert_eq!(Sandbox::new(&store).alarms(BAD).await, (1, 1));
}

#[tokio::test]
async fn rules_that_did_not_change_are_the_same() {
    let mut sandbox = Sandbox::new(&Kept::default());
    let (first, _) = sandbox.get(GOOD).await.expect("rules");
    for text in [GOOD, BAD, BAD] {
        let (again, _) = sandbox.get(text).await.expect("rules");
        assert!(Arc::ptr_eq(&first, &again));
    }
}

#[tokio::test]
async fn without_any_good_rules_there_are_none_and_every_problem_is_told() {
    let store = Kept::default();
    let mut sandbox = Sandbox::new(&store);
    let error = sandbox.get(BAD).await.expect_err("refused").to_string();
    assert!(error.contains("s3://b/rules.yaml: line 1") && error.contains("line 2"), "{error}");
    // Those that were good before, to another release.
    store.keep(BAD).await.expect("kept");
    let error = sandbox.get(BAD).await.expect_err("refused").to_string();
    assert!(error.contains("those that were good before are not: line 1"), "{error}");
    assert_eq!(sandbox.alarms(GOOD).await, (1, 0), "it goes on as soon as they are good");
}

//! Which rules are in force, by what came of asking for them. Pure.

use logweir_rules::{Checked, RedactionKey, Rules, Streams};
use sha2::{Digest, Sha256};

/// What came of asking.
#[derive(Debug)]
pub(crate) enum Answer {
    /// The same version as before.
    Unchanged,
    /// A text, and which version it is.
    Text { text: String, version: String },
    /// What cannot be rules, and which version it is.
    Useless { problem: String, version: String },
    /// Nothing.
    Failed { problem: String },
}

impl Answer {
    /// The rules that are built in.
    pub(crate) fn packaged(text: &str) -> Self {
        Self::Text { text: text.to_owned(), version: "packaged".to_owned() }
    }

    /// A text of a source that does not tell versions apart.
    pub(crate) fn unversioned(text: String) -> Self {
        let version = format!("{:x}", Sha256::digest(text.as_bytes()));
        Self::Text { text, version }
    }

    /// Nothing came.
    pub(crate) fn failed(problem: String) -> Self {
        Self::Failed { problem }
    }
}

/// What is to be done.
#[derive(Debug)]
pub(crate) enum Judgement {
    /// The rules in force stay. `problems` are those that were not told yet.
    Stay { problems: Vec<String>, version: Option<String>, is_rejected: bool },
    /// These are in force from now on.
    Use { checked: Checked, streams: Box<Streams>, text: String, version: String },
    /// No rules are in force: the last good ones are to be looked for.
    LookBack { problems: Vec<String>, version: Option<String> },
}

impl Judgement {
    /// Whether what the source has cannot be used.
    pub(crate) fn is_rejected(&self) -> bool {
        match self {
            Self::Stay { is_rejected, .. } => *is_rejected,
            Self::Use { .. } => false,
            Self::LookBack { .. } => true,
        }
    }
}

/// Judges an answer. `version` was seen last, and `was_bad`.
pub(crate) fn judge(
    has_rules: bool,
    was_bad: bool,
    version: Option<&str>,
    key: Option<&RedactionKey>,
    answer: Answer,
) -> Judgement {
    let refused = |problems: Vec<String>, version: Option<String>| {
        if has_rules {
            Judgement::Stay { problems, version, is_rejected: true }
        } else {
            Judgement::LookBack { problems, version }
        }
    };
    let is_known = |new: &str| has_rules && version == Some(new);
    // What was refused is refused again, and not told again.
    let unchanged = || Judgement::Stay { problems: Vec::new(), version: None, is_rejected: was_bad };
    match answer {
        Answer::Unchanged if has_rules => unchanged(),
        Answer::Unchanged => refused(vec!["it says that nothing changed, but nothing is known of it".to_owned()], None),
        Answer::Text { version, .. } | Answer::Useless { version, .. } if is_known(&version) => unchanged(),
        Answer::Text { text, version } => match ready(&text, key) {
            Ok((checked, streams)) => Judgement::Use { checked, streams: Box::new(streams), text, version },
            Err(problems) => refused(problems, Some(version)),
        },
        Answer::Useless { problem, version } => refused(vec![problem], Some(version)),
        Answer::Failed { problem } => refused(vec![problem], None),
    }
}

/// Rules that can be used, and what is wrong with them otherwise.
pub(crate) fn ready(text: &str, key: Option<&RedactionKey>) -> Result<(Checked, Streams), Vec<String>> {
    let checked =
        Rules::parse(text).map_err(|problems| problems.0.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    let streams = Streams::new(&checked.rules, key).map_err(|error| vec![error.to_string()])?;
    Ok((checked, streams))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "version: 1\nlibrary: [lambda-errors]\n";
    const BAD: &str = "version: 2\nalarm: []\n";

    fn text(text: &str, version: &str) -> Answer {
        Answer::Text { text: text.to_owned(), version: version.to_owned() }
    }

    #[test]
    fn good_rules_are_used() {
        for has_rules in [false, true] {
            let judgement = judge(has_rules, false, Some("a"), None, text(GOOD, "b"));
            let Judgement::Use { checked, version, .. } = judgement else { panic!("{judgement:?}") };
            assert_eq!((checked.rules.alarms.len(), version.as_str()), (1, "b"));
        }
        // The bad ones were put right.
        assert!(!judge(true, true, Some("a"), None, text(GOOD, "b")).is_rejected());
        // The version is known, but not its rules, as where the last good ones could not be read.
        assert!(matches!(judge(false, true, Some("a"), None, text(GOOD, "a")), Judgement::Use { .. }));
    }

    #[test]
    fn bad_rules_leave_those_in_force_and_all_problems_are_told_once() {
        let judgement = judge(true, false, Some("a"), None, text(BAD, "b"));
        let Judgement::Stay { problems, version, is_rejected: true } = judgement else { panic!("{judgement:?}") };
        assert_eq!((problems.len(), version.as_deref()), (2, Some("b")), "{problems:?}");
        for again in [Answer::Unchanged, text(BAD, "b")] {
            let judgement = judge(true, true, Some("b"), None, again);
            let Judgement::Stay { problems, version: None, is_rejected: true } = judgement else {
                panic!("{judgement:?}")
            };
            assert!(problems.is_empty());
        }
    }

    #[test]
    fn what_did_not_change_stays_as_it_was() {
        for answer in [Answer::Unchanged, text(GOOD, "a")] {
            let judgement = judge(true, false, Some("a"), None, answer);
            assert!(matches!(judgement, Judgement::Stay { is_rejected: false, version: None, .. }), "{judgement:?}");
        }
    }

    #[test]
    fn a_source_that_fails_is_told_each_time_and_those_in_force_stay() {
        for was_bad in [false, true] {
            let judgement = judge(true, was_bad, Some("a"), None, Answer::failed("403".to_owned()));
            let Judgement::Stay { problems, version: None, is_rejected: true } = judgement else {
                panic!("{judgement:?}")
            };
            assert_eq!(problems, ["403"]);
        }
        let useless = || Answer::Useless { problem: "too long".to_owned(), version: "b".to_owned() };
        assert!(matches!(judge(true, false, Some("a"), None, useless()), Judgement::Stay { is_rejected: true, .. }));
    }

    #[test]
    fn without_rules_the_last_good_ones_are_looked_for() {
        let useless = Answer::Useless { problem: "too long".to_owned(), version: "b".to_owned() };
        for (answer, problems) in
            [(text(BAD, "b"), 2), (useless, 1), (Answer::failed("403".to_owned()), 1), (Answer::Unchanged, 1)]
        {
            let judgement = judge(false, false, Some("b"), None, answer);
            let Judgement::LookBack { problems: told, .. } = judgement else { panic!("{judgement:?}") };
            assert_eq!(told.len(), problems);
        }
    }

    #[test]
    fn a_text_without_a_version_has_that_of_its_content() {
        let version = |text: &str| match Answer::unversioned(text.to_owned()) {
            Answer::Text { version, .. } => version,
            other => panic!("{other:?}"),
        };
        assert_eq!(version(GOOD), version(GOOD));
        assert_ne!(version(GOOD), version(BAD));
    }
}

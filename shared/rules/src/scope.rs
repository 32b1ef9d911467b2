//! Where an alarm looks: log groups, accounts, datasets.

use logweir_log_formats::Dataset;

/// Where an alarm looks. What is empty does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Log groups; one has to match, and of those that exclude none may.
    pub log_groups: Vec<Glob>,
    /// Accounts that own the log group.
    pub accounts: Vec<String>,
    /// What the lines are.
    pub datasets: Vec<Dataset>,
}

/// A text with `*` for any characters and `?` for one; `!` before it excludes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob {
    /// What matches is excluded.
    pub excludes: bool,
    /// The text without `!`.
    pub text: String,
}

impl Glob {
    pub(crate) fn new(text: &str) -> Self {
        let (excludes, text) = text.strip_prefix('!').map_or((false, text), |rest| (true, rest));
        Self { excludes, text: text.to_owned() }
    }

    /// Whether a name matches, in time of the product of both lengths at worst.
    pub fn matches(&self, name: &str) -> bool {
        wildcard(&self.text, name, |_| true)
    }

    /// Whether all that matches `other` matches this, as far as it can be told without trying: the wildcards of `other` are
    /// characters that only `*` stands for (and `?` for `?`).
    pub(crate) fn covers(&self, other: &Self) -> bool {
        wildcard(&self.text, &other.text, |character| character != '*')
    }
}

/// Whether `glob` matches `name`, where `?` stands for a character that `is_one` holds for.
fn wildcard(glob: &str, name: &str, is_one: impl Fn(char) -> bool) -> bool {
    let (mut glob, mut name) = (glob.chars(), name.chars());
    // Where to go on if the last `*` has to stand for one character more.
    let mut again: Option<(std::str::Chars<'_>, std::str::Chars<'_>)> = None;
    loop {
        let mut rest = glob.clone();
        let fits = match (rest.next(), name.clone().next()) {
            (Some('*'), _) => {
                again = Some((rest.clone(), name.clone()));
                glob = rest;
                continue;
            }
            (None, None) => return true,
            (Some('?'), Some(character)) => is_one(character),
            (Some(expected), Some(character)) => expected == character,
            _ => false,
        };
        if fits {
            glob = rest;
            name.next();
            continue;
        }
        let Some((after, from)) = &mut again else { return false };
        if from.next().is_none() {
            return false;
        }
        (glob, name) = (after.clone(), from.clone());
    }
}

impl Scope {
    /// Whether events of a log group may count, but for their datasets where the group may hold several: `held` is the one that it
    /// holds alone, if that is known ([`logweir_log_formats::LogGroups::dataset`]).
    pub fn matches(&self, owner: &str, log_group: &str, held: Option<Dataset>) -> bool {
        let is_owner = self.accounts.is_empty() || self.accounts.iter().any(|account| account == owner);
        is_owner && self.matches_log_group(log_group) && self.may_hold(held)
    }

    fn matches_log_group(&self, log_group: &str) -> bool {
        let mut included = self.log_groups.iter().filter(|glob| !glob.excludes).peekable();
        let mut excluded = self.log_groups.iter().filter(|glob| glob.excludes);
        (included.peek().is_none() || included.any(|glob| glob.matches(log_group)))
            && !excluded.any(|glob| glob.matches(log_group))
    }

    /// Whether a log group may hold one of the datasets, if all its lines are of `only`.
    fn may_hold(&self, only: Option<Dataset>) -> bool {
        self.datasets.is_empty() || only.is_none_or(|only| self.datasets.contains(&only))
    }

    /// Why no event at all can count, if that can be told.
    pub(crate) fn is_empty_because(&self) -> Option<&'static str> {
        let (excluded, included): (Vec<_>, Vec<_>) = self.log_groups.iter().partition(|glob| glob.excludes);
        let is_excluded = |glob: &&Glob| excluded.iter().any(|exclusion| exclusion.covers(glob));
        let everything = Glob::new("*");
        if excluded.iter().any(|exclusion| exclusion.covers(&everything))
            || !included.is_empty() && included.iter().all(is_excluded)
        {
            return Some("every log group is excluded");
        }
        let only = |glob: &&Glob| Dataset::of_log_group(glob.text.split(['*', '?']).next().unwrap_or_default());
        if !included.is_empty() && included.iter().all(|glob| !self.may_hold(only(glob))) {
            return Some("the log groups hold none of the datasets");
        }
        None
    }

    /// Whether every event that counts here counts in `other`, as far as it can be told.
    pub(crate) fn is_within(&self, other: &Self) -> bool {
        fn subset<T: PartialEq>(inner: &[T], outer: &[T]) -> bool {
            outer.is_empty() || !inner.is_empty() && inner.iter().all(|one| outer.contains(one))
        }
        let (excluded, included): (Vec<_>, Vec<_>) = self.log_groups.iter().partition(|glob| glob.excludes);
        let (other_excluded, other_included): (Vec<_>, Vec<_>) =
            other.log_groups.iter().partition(|glob| glob.excludes);
        let is_included = |glob: &&Glob| other_included.iter().any(|outer| outer.covers(glob));
        let groups = other_included.is_empty() || !included.is_empty() && included.iter().all(is_included);
        groups
            && other_excluded.iter().all(|glob| excluded.iter().any(|own| own.covers(glob)))
            && subset(&self.accounts, &other.accounts)
            && subset(&self.datasets, &other.datasets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(log_groups: &[&str], datasets: &[Dataset]) -> Scope {
        let log_groups = log_groups.iter().map(|text| Glob::new(text)).collect();
        Scope { log_groups, accounts: Vec::new(), datasets: datasets.to_vec() }
    }

    #[test]
    fn globs() {
        for (glob, name, matches) in [
            ("/app/web*", "/app/web", true),
            ("/app/web*", "/app/web/1", true),
            ("/app/web*", "/app/we", false),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("/a/*/c", "/a/b/b/c", true),
            ("/a/*/c", "/a/b/b/d", false),
            ("*a*b", "xxaxxaxb", true),
            ("a?c", "aéc", true),
            ("a?c", "ac", false),
            ("**", "x", true),
            ("*x", "xyx", true),
        ] {
            assert_eq!(Glob::new(glob).matches(name), matches, "{glob} {name}");
        }
        // In time of the product of both lengths at worst.
        assert!(!Glob::new(&"*a".repeat(250)).matches(&format!("{}b", "a".repeat(249))));
    }

    #[test]
    fn where_an_alarm_looks() {
        let web = scope(&["/app/*", "!/app/test*"], &[]);
        for (log_group, matches) in [("/app/web", true), ("/app/test-1", false), ("/other", false)] {
            assert_eq!(web.matches("1", log_group, None), matches, "{log_group}");
        }
        let but = scope(&["!/app/test*"], &[]);
        assert!(but.matches("1", "/other", None) && !but.matches("1", "/app/test", None));
        let access = scope(&[], &[Dataset::Access]);
        assert!(access.matches("1", "/any", None) && !access.matches("1", "/any", Some(Dataset::Lambda)));
        let account = Scope { accounts: vec!["1".to_owned()], ..Scope::default() };
        assert!(account.matches("1", "/any", None) && !account.matches("2", "/any", None));
    }

    #[test]
    fn where_nothing_is_left() {
        assert!(scope(&["/app/web", "!/app/*"], &[]).is_empty_because().is_some());
        assert!(scope(&["!*"], &[]).is_empty_because().is_some());
        assert!(scope(&["/aws/lambda/o*"], &[Dataset::Access]).is_empty_because().is_some());
        assert!(scope(&["/app/*", "!/app/web"], &[]).is_empty_because().is_none());
        assert!(scope(&["/aws/*"], &[Dataset::Access]).is_empty_because().is_none());
    }

    #[test]
    fn a_scope_within_another() {
        let all = Scope::default();
        let web = scope(&["/app/web*"], &[]);
        assert!(web.is_within(&all) && !all.is_within(&web) && web.is_within(&scope(&["/app/*"], &[])));
        assert!(!web.is_within(&scope(&["/app/*", "!/app/web-1"], &[])));
        assert!(scope(&["/a", "!/b*"], &[]).is_within(&scope(&["/a", "!/b?"], &[])));
        assert!(!scope(&[], &[]).is_within(&scope(&[], &[Dataset::Access])));
    }
}

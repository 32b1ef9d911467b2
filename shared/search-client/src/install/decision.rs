//! What is done about a thing that is there, or is not.

use crate::install::outcome::Effect;
use crate::install::stamp::Stamp;

/// What a server holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Installed {
    /// The stamp on it.
    pub(crate) stamp: Option<Stamp>,
    /// Digest of it, without the stamp.
    pub(crate) digest: String,
    /// What an update must name, so that it updates this and nothing newer.
    pub(crate) revision: Vec<(String, String)>,
}

/// What is done: an effect that needs the thing to be written, or one that does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decision {
    Write(Effect),
    Keep(Effect),
}

/// What is done about a thing of ours, of `version` and with the digest `source`.
pub(crate) fn decide(version: u64, source: &str, installed: Option<&Installed>, force: bool) -> Decision {
    let Some(installed) = installed else { return Decision::Write(Effect::Created) };
    let foreign = |reason: &str| {
        if force {
            Decision::Write(Effect::Overwritten)
        } else {
            Decision::Keep(Effect::LeftAlone { reason: format!("{reason}: --force overwrites it") })
        }
    };
    let Some(stamp) = &installed.stamp else { return foreign("it was there already, and is not Logweir's") };
    match &stamp.installed {
        Some(digest) if *digest != installed.digest => foreign("changed by hand"),
        Some(_) if stamp.source == source => Decision::Keep(Effect::Unchanged),
        Some(_) if stamp.version > version => foreign("a newer version of Logweir installed it"),
        // An installation of ours that was interrupted is just done again.
        Some(_) | None => Decision::Write(Effect::Upgraded),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn installed(version: u64, source: &str, stamped: Option<&str>, digest: &str) -> Installed {
        let stamp = Stamp { version, source: source.to_owned(), installed: stamped.map(str::to_owned) };
        Installed { stamp: Some(stamp), digest: digest.to_owned(), revision: Vec::new() }
    }

    fn left(decision: &Decision) -> &str {
        match decision {
            Decision::Keep(Effect::LeftAlone { reason }) => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_ours_and_untouched_is_kept_up_to_date() {
        assert_eq!(decide(2, "s", None, false), Decision::Write(Effect::Created));
        let same = installed(2, "s", Some("d"), "d");
        assert_eq!(decide(2, "s", Some(&same), false), Decision::Keep(Effect::Unchanged));
        assert_eq!(decide(2, "s", Some(&same), true), Decision::Keep(Effect::Unchanged));
        for older in
            [installed(1, "o", Some("d"), "d"), installed(2, "o", Some("d"), "d"), installed(2, "s", None, "d")]
        {
            assert_eq!(decide(2, "s", Some(&older), false), Decision::Write(Effect::Upgraded));
        }
        // The version was raised, and the content is the same.
        assert_eq!(decide(3, "s", Some(&same), false), Decision::Keep(Effect::Unchanged));
    }

    #[test]
    fn what_is_not_is_left_alone_unless_told() {
        let stranger = Installed { stamp: None, digest: "d".to_owned(), revision: Vec::new() };
        for (other, reason) in [
            (stranger, "not Logweir's"),
            (installed(2, "s", Some("d"), "e"), "changed by hand"),
            (installed(1, "o", Some("d"), "e"), "changed by hand"),
            (installed(3, "n", Some("d"), "d"), "newer version"),
        ] {
            let decision = decide(2, "s", Some(&other), false);
            assert!(left(&decision).contains(reason) && left(&decision).contains("--force"), "{decision:?}");
            assert_eq!(decide(2, "s", Some(&other), true), Decision::Write(Effect::Overwritten));
        }
    }
}

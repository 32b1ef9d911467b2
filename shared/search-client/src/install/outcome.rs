//! What became of each thing.

use std::fmt;

/// What is installed or deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    /// An index template.
    IndexTemplate,
    /// A component template, which is a person's own.
    ComponentTemplate,
    /// A policy that deletes indices by age.
    LifecyclePolicy,
    /// A saved object of OpenSearch Dashboards or Kibana.
    SavedObject,
    /// An index.
    Index,
    /// A setting of indices that are there.
    IndexSetting,
}

impl Thing {
    pub(crate) fn plural(self) -> &'static str {
        match self {
            Self::IndexTemplate => "index templates",
            Self::LifecyclePolicy => "lifecycle policies",
            Self::SavedObject => "saved objects",
            Self::Index => "indices",
            Self::IndexSetting => "settings of indices",
            Self::ComponentTemplate => "component templates",
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::IndexTemplate => "index template",
            Self::LifecyclePolicy => "lifecycle policy",
            Self::SavedObject => "saved object",
            Self::Index => "index",
            Self::IndexSetting => "setting",
            Self::ComponentTemplate => "component template",
        }
    }
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// It was not there.
    Created,
    /// It was there, just so.
    Unchanged,
    /// An older one of ours was there.
    Upgraded,
    /// Another's, or a changed one, was there, and overwriting it was asked for.
    Overwritten,
    /// It is gone.
    Deleted {
        /// How many documents were in it.
        documents: u64,
        /// What they took, in bytes.
        bytes: u64,
    },
    /// Nothing was done, and somebody should look.
    LeftAlone {
        /// Why, and what to do.
        reason: String,
    },
    /// Nothing was done, and nothing is wrong.
    NotNeeded {
        /// Why, and what to do.
        reason: String,
    },
    /// The server refused.
    Failed {
        /// What it said.
        reason: String,
    },
}

/// What became of a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What it is.
    pub thing: Thing,
    /// Its name.
    pub name: String,
    /// What became of it.
    pub effect: Effect,
    /// Whether it was only asked what would be done.
    pub dry_run: bool,
}

impl Outcome {
    /// Whether somebody should look.
    pub fn is_trouble(&self) -> bool {
        matches!(self.effect, Effect::LeftAlone { .. } | Effect::Failed { .. })
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, reason) = match &self.effect {
            Effect::Created => ("created", None),
            Effect::Unchanged => ("unchanged", None),
            Effect::Upgraded => ("upgraded", None),
            Effect::Overwritten => ("overwritten", None),
            Effect::Deleted { .. } => ("deleted", None),
            Effect::LeftAlone { reason } => ("left alone", Some(reason)),
            Effect::NotNeeded { reason } => ("not installed", Some(reason)),
            Effect::Failed { reason } => ("failed", Some(reason)),
        };
        let changes =
            matches!(self.effect, Effect::Created | Effect::Upgraded | Effect::Overwritten | Effect::Deleted { .. });
        if self.dry_run && changes {
            f.write_str("would be ")?;
        }
        write!(f, "{word}: {} {}", self.thing.as_str(), self.name)?;
        if let Effect::Deleted { documents, bytes } = self.effect {
            let noun = if documents == 1 { "document" } else { "documents" };
            write!(f, " ({documents} {noun}, {})", Size(bytes))?;
        }
        reason.map_or(Ok(()), |reason| write!(f, ": {reason}"))
    }
}

/// Bytes as a person reads them.
struct Size(u64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = ["kB", "MB", "GB", "TB"];
        if self.0 < 1000 {
            return write!(f, "{} bytes", self.0);
        }
        // In tenths of the unit.
        let mut tenths = self.0 / 100;
        let mut unit = 0;
        while tenths >= 10_000 && unit + 1 < units.len() {
            tenths /= 1000;
            unit += 1;
        }
        write!(f, "{}.{} {}", tenths / 10, tenths % 10, units[unit])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_is_a_line() {
        let line = |effect, dry_run| Outcome { thing: Thing::Index, name: "a".to_owned(), effect, dry_run }.to_string();
        assert_eq!(
            line(Effect::Deleted { documents: 3, bytes: 999 }, false),
            "deleted: index a (3 documents, 999 bytes)"
        );
        assert_eq!(
            line(Effect::Deleted { documents: 3, bytes: 1_260_000 }, true),
            "would be deleted: index a (3 documents, 1.2 MB)"
        );
        assert_eq!(line(Effect::Failed { reason: "b".to_owned() }, true), "failed: index a: b");
        assert_eq!(Size(1_000_000_000_000_000).to_string(), "1000.0 TB");
        assert_eq!(Size(12_345).to_string(), "12.3 kB");
    }
}

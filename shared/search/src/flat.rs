//! Which type a server has for objects whose members nobody maps.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::survey::MAX_KEYWORD_CHARACTERS;

/// The type of a field that takes any object as one field: each value below it is a keyword that is found by its own path, no
/// value conflicts with another, and none counts towards the limit of fields.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FlatField {
    /// `flat_object`, of `OpenSearch`: <https://docs.opensearch.org/latest/mappings/supported-field-types/flat-object/>. It has
    /// `match_only_text` too (<https://docs.opensearch.org/latest/mappings/supported-field-types/match-only-text/>), and finds values of
    /// fields that have columns and no index. Both are older than 3.1, but only that version's Dashboards and PPL know the type
    /// (<https://github.com/opensearch-project/OpenSearch-Dashboards/pull/9707>, <https://github.com/opensearch-project/sql/pull/3663>).
    FlatObject,
    /// `flat_object` alone, of `OpenSearch` 2.7 to 3.0.
    EarlyFlatObject,
    /// `flattened`, of Elasticsearch since 7.3 but for its OSS builds:
    /// <https://www.elastic.co/docs/reference/elasticsearch/mapping-reference/flattened>.
    Flattened,
    /// The server has no such type, or does not tell: objects are kept, and found by the words of the line alone.
    #[default]
    None,
}

/// The answer to `GET /`.
#[derive(Deserialize)]
struct About {
    version: Version,
}

#[derive(Deserialize)]
struct Version {
    number: String,
    #[serde(default)]
    distribution: Option<String>,
    #[serde(default)]
    build_flavor: Option<String>,
}

impl FlatField {
    /// What the server has that gives this answer to `GET /`. A domain of Amazon's that says it were Elasticsearch 7.10 ("compatibility
    /// mode") says no flavour, and is taken at its word: OSS.
    ///
    /// ```
    /// use logweir_search::FlatField;
    ///
    /// let answer = br#"{"name":"a","version":{"distribution":"opensearch","number":"3.8.0"}}"#;
    /// assert_eq!(FlatField::of_server(answer), FlatField::FlatObject);
    /// ```
    pub fn of_server(answer: &[u8]) -> Self {
        let Ok(About { version }) = serde_json::from_slice(answer) else { return Self::None };
        let mut numbers = version.number.split(['.', '-']).map_while(|part| part.parse::<u32>().ok());
        let release = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
        match (version.distribution.as_deref(), version.build_flavor.as_deref()) {
            (Some("opensearch"), _) if release >= (3, 1) => Self::FlatObject,
            (Some("opensearch"), _) if release >= (2, 7) => Self::EarlyFlatObject,
            (None, Some("serverless")) => Self::Flattened,
            (None, Some("default")) if release >= (7, 3) => Self::Flattened,
            _ => Self::None,
        }
    }

    /// The kinds of servers that have such a type, each with a mapping of all that it alone takes: for a server that does not say
    /// what it is.
    pub fn candidates() -> impl Iterator<Item = (Self, Value)> {
        [Self::FlatObject, Self::EarlyFlatObject, Self::Flattened]
            .into_iter()
            .map(|flat| (flat, json!({"properties": {"flat": flat.mapping(), "text": flat.text()}})))
    }

    /// How a template says it.
    pub fn mapping(self) -> Value {
        match self {
            Self::FlatObject | Self::EarlyFlatObject => json!({ "type": "flat_object" }),
            // The depth is what lines may have and a little more: beyond it the server would refuse the document.
            Self::Flattened => {
                json!({ "type": "flattened", "ignore_above": MAX_KEYWORD_CHARACTERS, "depth_limit": 100 })
            }
            Self::None => json!({ "type": "object", "enabled": false }),
        }
    }

    /// How a template says that a field is found by its words. Elasticsearch has `match_only_text` since 7.14, but in a module that
    /// not every build brings, and `GET /` does not tell.
    pub fn text(self) -> Value {
        match self {
            Self::FlatObject => json!({ "type": "match_only_text" }),
            _ => json!({ "type": "text", "norms": false }),
        }
    }

    /// The mapping of a field that is computed with and seldom looked for, without an index where the server finds values by their
    /// columns.
    pub(crate) fn unindexed(self, mut mapping: Value) -> Value {
        if self == Self::FlatObject {
            mapping["index"] = false.into();
        }
        mapping
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_known_by_what_they_say_of_themselves() {
        for (version, flat) in [
            (r#"{"distribution":"opensearch","number":"3.8.0","build_type":"tar"}"#, FlatField::FlatObject),
            (r#"{"distribution":"opensearch","number":"3.1.0"}"#, FlatField::FlatObject),
            (r#"{"distribution":"opensearch","number":"2.19.4"}"#, FlatField::EarlyFlatObject),
            (r#"{"distribution":"opensearch","number":"2.7.0"}"#, FlatField::EarlyFlatObject),
            (r#"{"distribution":"opensearch","number":"2.6.0"}"#, FlatField::None),
            (r#"{"distribution":"opensearch","number":"10.0.0-SNAPSHOT"}"#, FlatField::FlatObject),
            (r#"{"number":"7.10.2","build_type":"tar"}"#, FlatField::None),
            (r#"{"number":"7.10.2","build_flavor":"oss"}"#, FlatField::None),
            (r#"{"number":"7.10.2","build_flavor":"default"}"#, FlatField::Flattened),
            (r#"{"number":"7.2.1","build_flavor":"default"}"#, FlatField::None),
            (r#"{"number":"8.19.21","build_flavor":"default"}"#, FlatField::Flattened),
            (r#"{"number":"8.11.0","build_flavor":"serverless"}"#, FlatField::Flattened),
            (r#"{"number":"eight"}"#, FlatField::None),
        ] {
            let answer = format!(r#"{{"name":"n","version":{version},"tagline":"t"}}"#);
            assert_eq!(FlatField::of_server(answer.as_bytes()), flat, "{version}");
        }
        assert_eq!(FlatField::of_server(b"<html>"), FlatField::None);
        assert_eq!(FlatField::of_server(b"{}"), FlatField::None);
    }
}

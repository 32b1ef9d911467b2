//! A saved search, as Discover of both products reads it.

use serde_json::{Value, json};

use super::{INDEX_REFERENCE, index_pattern_id};
use crate::panel::{SavedSearch, TIME_FIELD};

/// The newest version that OpenSearch Dashboards knows: `src/plugins/discover/server/saved_objects/search_migrations.ts` there.
const VERSION: &str = "7.9.3";

pub(super) fn write(prefix: &str, search: &SavedSearch) -> Value {
    let search_source = json!({
        "query": {"query": search.query, "language": "lucene"},
        "filter": [],
        "highlightAll": true,
        "version": true,
        "indexRefName": INDEX_REFERENCE,
    });
    json!({
        "type": "search",
        "id": search.id,
        "attributes": {
            "title": search.title,
            "description": "",
            "hits": 0,
            "columns": search.columns,
            "sort": [[TIME_FIELD, "desc"]],
            "version": 1,
            "kibanaSavedObjectMeta": {"searchSourceJSON": search_source.to_string()},
        },
        "references": [
            {"type": "index-pattern", "id": index_pattern_id(prefix, &search.index), "name": INDEX_REFERENCE}
        ],
        "migrationVersion": {"search": VERSION},
    })
}

"""Services of AWS whose lines do not agree with one another on what a member is: no line loses its fields, and a new day costs the cluster little."""

import json
import random

import pytest

from harness import balance
from harness.conflict_corpus import CORPORA, cloudtrail
from harness.payload import Identifiers, awslogs_event, document, log_events, pack
from harness.search import term, value
from harness.search_loggers import values


@pytest.mark.parametrize("name", CORPORA)
def test_no_line_loses_its_fields(search, run_indexer, prefix, name):
    make, group = CORPORA[name]
    lines = make()
    random.Random(7).shuffle(lines)
    payload = document(log_events(lines, Identifiers()), group=group)
    outcome = run_indexer().invoke(awslogs_event(pack(payload)))
    assert outcome.error_type is None, outcome.error_message
    assert balance.check(outcome)["DeliveredEvents"] == len(lines)
    hits = {value(hit["_source"], "event.id"): hit["_source"] for hit in search.hits(f"{prefix}-*")}
    assert len(hits) == len(lines)
    assert search.count(f"{prefix}-*", {"exists": {"field": "tags"}}) == 0
    for event in payload["logEvents"]:
        source = hits[event["id"]]
        assert value(source, "event.original") is None, "its line is text"
        kept = json.dumps([source.get("json"), source["aws"], source.get("json_flat"), source.get("json_big")])
        for path, content in values(json.loads(event["message"])):
            assert not isinstance(content, str) or not content or json.dumps(content) in kept, f"{path} is nowhere in {kept[:2000]}"


def test_a_new_day_of_cloudtrail_costs_the_cluster_five_changes_at_most(search, run_indexer, prefix):
    lines = cloudtrail(200, seed=8)
    outcome = run_indexer().invoke(awslogs_event(pack(document(log_events(lines, Identifiers()), group="/audit/trail"))))
    assert outcome.error_type is None, outcome.error_message
    index = f"{prefix}-cloudtrail-*"
    assert search.count(index) == 200
    state = search.call("GET", f"_cluster/state/metadata/{index}?filter_path=metadata.indices.*.mapping_version")
    ((_name, of_index),) = state["metadata"]["indices"].items()
    assert of_index["mapping_version"] <= 5, f"{of_index['mapping_version']} versions of the mapping"
    assert search.count(index, term("aws.cloudtrail.request_parameters.instanceType.value", "t3.micro")) > 0

"""Checks the balance that each invocation reports (design.md, delivery accounting): received = delivered + dropped + dead-lettered + returned."""

from .payload import readable

OUTCOMES = ("Delivered", "Dropped", "DeadLettered", "Returned")
UNITS = ("Records", "Events", "Bytes")


def check(outcome):
    """The invocation printed one line of metrics, and both of its sides are equal in every unit. Returns the line."""
    assert len(outcome.metrics) == 1, f"{len(outcome.metrics)} lines of metrics, one is due; logs: {outcome.logs[-5:]}; error: {outcome.error_message}"
    (line,) = outcome.metrics
    declared = {metric["Name"] for directive in line["_aws"]["CloudWatchMetrics"] for metric in directive["Metrics"]}
    for unit in UNITS:
        parts = {name: line.get(name + unit, 0) for name in OUTCOMES}
        assert line[f"Received{unit}"] == sum(parts.values()), f"{unit}: received {line[f'Received{unit}']}, accounted for {parts}"
        assert f"Received{unit}" in declared, f"Received{unit} is printed, but not declared as a metric"
    missing = [name for name in declared if name not in line]
    assert not missing, f"declared as metrics, but without a value: {missing}"
    return line


def check_all(outcomes):
    return [check(outcome) for outcome in outcomes]


def message_bytes(payloads):
    """The message bytes of payloads, as the functions count them: UTF-8, a lone surrogate as U+FFFD."""
    return sum(len(readable(event["message"]).encode()) for payload in payloads for event in payload["logEvents"])

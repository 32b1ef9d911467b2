"""Lines as the loggers that teams use write them by default, and where each of their values must be found, whichever logger writes first on a day."""

import json

TIME = "2026-11-21T11:20:00.123Z"
EPOCH = 1_795_260_000_123
# Two lines of each: an ordinary one, and one of an error, whose shape is what loggers differ in most.
LOGGERS = {
    "pino": [
        {"level": 30, "time": EPOCH, "pid": 7, "hostname": "ip-10-0-1-17", "name": "orders", "reqId": "req-1", "msg": "listening"},
        {"level": 50, "time": EPOCH, "pid": 7, "hostname": "ip-10-0-1-17", "err": {"type": "TypeError", "message": "x is undefined", "stack": "TypeError: x\n  at f"},
         "responseTime": 12.5, "msg": "failed"}],
    "bunyan": [
        {"name": "stock", "hostname": "h", "pid": 8, "level": 30, "msg": "start", "time": TIME, "v": 0},
        {"name": "stock", "hostname": "h", "pid": 8, "level": 50, "err": {"message": "boom", "name": "Error", "code": 7}, "msg": "boom", "time": TIME, "v": 0}],
    "winston": [
        {"level": "info", "message": "started", "service": "basket", "timestamp": TIME, "durationMs": 3},
        {"level": "error", "message": {"code": "E7"}, "service": "basket", "error": "no stock", "timestamp": TIME}],
    "zap": [
        {"level": "info", "ts": 1795260000.123, "caller": "pay/main.go:21", "msg": "paid", "attempt": 3, "backoff": 1},
        {"level": "error", "ts": 1795260000.123, "caller": "pay/main.go:22", "msg": "refused", "error": "card declined", "stacktrace": "main.f", "backoff": 1.5}],
    "slog": [
        {"time": TIME, "level": "INFO", "msg": "mail sent", "to": "a@example.org", "duration": 1250000, "request": {"id": "r1", "size": 7}},
        {"time": TIME, "level": "ERROR", "msg": "mail lost", "err": "timeout", "duration": "2s", "request": "r2"}],
    "zerolog": [
        {"level": "debug", "time": 1795260000, "message": "cache", "hit": True},
        {"level": "error", "error": "EOF", "time": TIME, "message": "read", "hit": "no"}],
    "logrus": [
        {"level": "warning", "msg": "slow", "time": TIME, "total": 5},
        {"level": "error", "msg": "slower", "time": TIME, "total": 5.5, "error": {"kind": "timeout"}}],
    "logback": [
        {"@timestamp": TIME, "@version": "1", "message": "up", "logger_name": "com.example.App", "thread_name": "main", "level": "INFO", "level_value": 20000},
        {"@timestamp": TIME, "@version": 1, "message": "down", "logger_name": "com.example.App", "thread_name": 12, "level": "ERROR", "level_value": 40000,
         "stack_trace": "java.lang.X", "tags": ["a", "b"]}],
    "structlog": [
        {"event": "user login", "level": "info", "timestamp": TIME, "user": "mary", "tags": {"tier": "gold"}},
        {"event": {"kind": "login", "n": 2}, "level": "error", "timestamp": 1795260000.5, "user": {"id": 7, "name": "mary"}, "exception": "ValueError: no"}],
    "tracing": [
        {"timestamp": TIME, "level": "INFO", "fields": {"message": "synced", "count": 3}, "target": "shop::sync"},
        {"timestamp": TIME, "level": "ERROR", "fields": {"message": "lost", "count": "many"}, "target": "shop::sync", "span": {"name": "sync", "id": 9}}],
    "powertools": [
        {"level": "INFO", "location": "handler:9", "message": "collecting", "timestamp": "2026-11-21 11:20:00,123+0000", "service": "payment", "cold_start": True},
        {"level": "ERROR", "location": "handler:12", "message": {"order": {"id": 12, "coordinates": [13.4, 52]}}, "timestamp": "2026-11-21 11:20:00,123+0000",
         "service": {"name": "payment"}, "labels": {"app": "pay", "app.kubernetes.io/name": "pay"}, "port": "8080"}],
}


def lines():
    """All lines, each with a word of its own."""
    every = [line for of_logger in LOGGERS.values() for line in of_logger]
    return [json.dumps({"needle": f"line{number}"} | line) for number, line in enumerate(every)]


def values(line, path=""):
    """(path, value) of every value of a parsed line that is more than null."""
    if isinstance(line, dict):
        for name, inner in line.items():
            yield from values(inner, f"{path}.{name}" if path else name)
    elif isinstance(line, list):
        for inner in line:
            yield from values(inner, path)
    elif line is not None:
        yield path, line


def found_by(path, content):
    """The query that finds a value, in its own type, at its path of the JSON, or as a word at the same path of what does not fit there."""
    word = json.dumps(content) if not isinstance(content, str) else content
    # As Discover asks, in words: a word is no error where the field holds numbers, and a number in the JSON of a query would be
    # written anew (1.795260000123E9) before a field of words is asked for it.
    exact = {"match": {f"json.{path}": {"query": word, "lenient": True}}}
    return {"bool": {"should": [exact, {"term": {f"json_flat.{path}": word}}], "minimum_should_match": 1}}

"""What a line of JSON can hold, and how it must be found afterwards: by a term or a range in its own type, or, where a server cannot have it so, by the
words of its line, with a tag and the reason."""

import json
from dataclasses import dataclass

from .payload import OWNER, readable
from .search import between, every, phrase, term, value
from .search_corpus import day_of, iso_of

SET_ASIDE = {"mapping_conflict", "too_many_fields", "too_deep", "name_too_long"}


@dataclass
class Case:
    """Lines that are indexed one after the other. Of the last: `hits` find it, `misses` do not; `types` are those of the index; `aside`: it is set
    aside, and these words find it. `either`: it may be set aside or not."""

    lines: list
    hits: tuple = ()
    misses: tuple = ()
    types: dict = None
    aside: str | None = None
    either: str | None = None


def one(line, *hits, misses=(), **more):
    return Case([line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)], hits, misses, **more)


def nested(levels, name="deep"):
    return json.dumps({f"{name}_word": f"needle{name}"})[:-1] + ', "' + name + '":' + "{\"d\":" * levels + "1" + "}" * levels + "}"


MAX = 2**63 - 1
CJK = "字" * 8191
CASES = {
    "an account number with a zero in front": one({"account": "012345678901"}, term("json.account", "012345678901"),
                                                  misses=[term("json.account", "12345678901"), term("json.account", 12345678901)], types={"json.account": "keyword"}),
    "a string of hexadecimal digits": one({"hex": "0x10"}, term("json.hex", "0x10"), misses=[term("json.hex", "16")], types={"json.hex": "keyword"}),
    "a string that looks like a number": one({"exponent": "1e5"}, term("json.exponent", "1e5"), misses=[term("json.exponent", "100000")],
                                             types={"json.exponent": "keyword"}),
    "a string that looks like a date": one({"day": "2026-11-21"}, term("json.day", "2026-11-21"), types={"json.day": "keyword"}),
    "a string that looked like a date until now": Case(['{"day2":"2026-11-21T00:00:00Z"}', '{"day2":"not yet"}'], (term("json.day2", "not yet"),)),
    "a string that looked like a number until now": Case(['{"count2":"12"}', '{"count2":"twelve"}'], (term("json.count2", "twelve"),)),
    "a number with an exponent": one('{"float": 1e5}', term("json.float", 100000), between("json.float", 99999, 100001)),
    "21 digits": one('{"id21": 123456789012345678901}', term("json_big.id21", "123456789012345678901"),
                     misses=[term("json_big.id21", "123456789012345678902")], types={"json_big.id21": "keyword"}),
    "21 digits in an array in an object": one('{"ids21": {"list": [5, 123456789012345678901], "of": [{"x": -123456789012345678901, "y": 6}]}}',
                                              term("json_big.ids21.list", "123456789012345678901"), term("json_big.ids21.of.x", "-123456789012345678901"),
                                              term("json.ids21.list", 5), term("json.ids21.of.y", 6)),
    "beyond 64 bits": one('{"over": 9223372036854775808}', term("json_big.over", "9223372036854775808")),
    "below 64 bits": one('{"under": -9223372036854775809}', term("json_big.under", "-9223372036854775809")),
    "64 bits without a sign": one('{"unsigned": 18446744073709551615}', term("json_big.unsigned", "18446744073709551615")),
    "an integer, then one beyond 64 bits": Case(['{"grows": 1}', '{"grows": 99999999999999999999}'], (term("json_big.grows", "99999999999999999999"),)),
    "2^53 + 1": one('{"exact": 9007199254740993}', term("json.exact", 9007199254740993), between("json.exact", 9007199254740993, 9007199254740993),
                    misses=[term("json.exact", 9007199254740992), term("json.exact", 9007199254740994)], types={"json.exact": "long"}),
    "2^53 + 1 under the name of a measure": one('{"total": 9007199254740993}', term("json.total", 9007199254740993), misses=[term("json.total", 9007199254740992)]),
    "-(2^53 + 1)": one('{"exact2": -9007199254740993}', term("json.exact2", -9007199254740993), misses=[term("json.exact2", -9007199254740992)]),
    "the largest of 64 bits": one({"largest": MAX}, term("json.largest", MAX), misses=[term("json.largest", MAX - 1)], types={"json.largest": "long"}),
    "the smallest of 64 bits": one({"smallest": -MAX - 1}, term("json.smallest", -MAX - 1), misses=[term("json.smallest", -MAX)]),
    "a negative integer": one({"negative": -42}, term("json.negative", -42), between("json.negative", -50, -40), misses=[term("json.negative", 42)]),
    "zero and minus zero": one('{"zero": 0, "minus": -0, "minus2": -0.0}', term("json.zero", 0), term("json.minus", 0), between("json.minus2", -0.1, 0.1)),
    "a fraction": one({"fraction": 0.1}, term("json.fraction", 0.1), between("json.fraction", 0.09, 0.11), types={"json.fraction": "double"}),
    "a fraction that is whole": one('{"whole": 3.0}', term("json.whole", 3.0), types={"json.whole": "double"}),
    "a small and a large fraction": one('{"small": 5e-324, "large": 1.7e308, "gone": 1e-400}', between("json.small", 0, 1), between("json.large", 1e308, 1.79e308)),
    "a number larger than a double": one('{"vast": 1e400, "beside_vast": "needlevast"}', either="needlevast"),
    "true and false": one({"yes": True, "no": False}, term("json.yes", True), term("json.no", False), misses=[term("json.yes", False)], types={"json.yes": "boolean"}),
    "the words true and false": one({"said": "true"}, term("json.said", "true"), types={"json.said": "keyword"}),
    "a truth value, then a word": Case(['{"flag": true}', '{"flag": "perhaps needleflag"}'], aside="needleflag"),
    "null": one({"nothing": None, "beside_nothing": "needlenull"}, term("json.beside_nothing", "needlenull")),
    "empty things": one({"object": {}, "array": [], "string": "", "beside_empty": 1}, term("json.beside_empty", 1)),
    "arrays in arrays": one({"nested": [[1, 2], [3, [4, []]]]}, *(term("json.nested", number) for number in (1, 2, 3, 4)), misses=[term("json.nested", 5)]),
    "an array of objects": one({"goods": [{"sku": "a1", "count": 1}, {"sku": "b2", "count": 2}]}, term("json.goods.sku", "a1"), term("json.goods.sku", "b2"),
                               between("json.goods.count", 2, 2)),
    "an array of all kinds": one({"mixture": [1, "needlemix", {"a": 1}, None, True]}, either="needlemix"),
    "an array at the top": one([{"top": "first"}, {"top": "second"}], term("json.items.top", "first"), term("json.items.top", "second")),
    "an array of numbers at the top, after one of objects": Case(['[{"top": "third"}]', "[17, 18]"], either="17"),
    "a key @timestamp": one({"@timestamp": "1999-12-31T00:00:00Z"}, term("json.@timestamp", "1999-12-31T00:00:00Z"),
                            between("@timestamp", "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z"), misses=[between("@timestamp", "1999-01-01", "2000-01-01")]),
    "keys of the server's own": one({"_id": "mine", "_index": "theirs", "_type": "t", "_source": {"a": 1}, "_routing": "r", "_version": 9},
                                    term("json._id", "mine"), term("json._index", "theirs"), term("json._routing", "r"), term("json._source.a", 1)),
    "keys of ours": one({"message": "inner message", "tags": ["own tag"], "cloud": {"account": {"id": "000000000001"}}, "json": {"json": "inner json"},
                         "json_big": 5, "aws": {"lambda": "x"}},
                        term("json.message", "inner message"), term("json.tags", "own tag"), term("json.cloud.account.id", "000000000001"),
                        term("json.json.json", "inner json"), term("json.json_big", 5), term("cloud.account.id", OWNER)),
    "an object where ours has an id": one({"event": {"id": "someone's"}}, term("json.event.id", "someone's")),
    "an empty key": one({"": "needlekey", "beside_key": 1}, either="needlekey"),
    "a key of spaces": one({"  ": "needlespaces"}, either="needlespaces"),
    "keys with dots": one({"dotted.key.deep": "needledots"}, term("json.dotted.key.deep", "needledots")),
    "keys with too many dots": one({".": "needledot1", "..": 1, "lead.": 1, ".trail": 1, "mid..dle": "needledot2"}, either="needledot2"),
    "keys that clash by their dots": one({"clash": 1, "clash.inner": "needleclash"}, either="needleclash"),
    "a key twice": one('{"twice": "needleone", "twice": "needletwo"}', either="needletwo"),
    "odd keys": one({"a*b": 1, "<c>": 2, "d:e": 3, 'f"g': 4, "h\\i": 5, "j\tk": 6, "#l": 7, "é": 8, "m n": 9, "-o": 10},
                    term("json.a*b", 1), term("json.<c>", 2), term("json.d:e", 3), term('json.f"g', 4), term("json.h\\i", 5), term("json.é", 8), term("json.m n", 9)),
    "a long key": one({"k" * 1_000: "needlelongkey"}, either="needlelongkey"),
    "letters of the world": one({"ключ": "значение", "emoji 😀": "😀 naïve ﷺ", "combining": "e\u0301"}, term("json.ключ", "значение"),
                                term("json.emoji 😀", "😀 naïve ﷺ"), term("json.combining", "e\u0301"), misses=[term("json.combining", "é")]),
    "escapes": one(r'{"escaped": "\u0041\n\t\"\\\/\u00e9\ud83d\ude00", "\u0062ee": 1}', term("json.escaped", 'A\n\t"\\/é😀'), term("json.bee", 1)),
    "control characters": one(r'{"controls": "\u0000\u0001\u001f\u007f"}', term("json.controls", "\0\1\x1f\x7f")),
    "half of a surrogate pair": one(r'{"half": "\ud83d needlehalf", "beside_half": "x"}', term("json.half", "\ufffd needlehalf")),
    "8,191 letters": one({"long1": CJK}, term("json.long1", CJK)),
    "10 kB": one({"long2": "x" * 10_000 + " needletenkb"}, phrase("message", "needletenkb")),
    "33 kB": one({"long3": "y" * 33_000 + " needlethirtythree"}, phrase("message", "needlethirtythree")),
    "33 kB of large letters": one({"long4": "字" * 33_000 + " needlecjk"}, phrase("message", "needlecjk")),
    "200 kB without a space": one({"long5": "z" * 200_000, "beside_long5": "needlelong5"}, term("json.beside_long5", "needlelong5")),
    "pretty print": one('{\n  "pretty": {\r\n\t"printed": "needle pretty",\n    "number": 12\n  }\n}\n', term("json.pretty.printed", "needle pretty"),
                        term("json.pretty.number", 12)),
    "14 levels": one(nested(12, "fourteen"), term("json.fourteen" + ".d" * 12, 1)),
    "25 levels": one(nested(25), aside="needledeep"),
    "100 levels": one(nested(100, "deeper"), aside="needledeeper"),
    "an integer, then a fraction": Case(['{"mixed": 1}', '{"mixed": 1.5, "beside_mixed": "needlemixed"}'], either="needlemixed"),
    "a fraction, then an integer": Case(['{"mixed2": 1.5}', '{"mixed2": 2}'], (term("json.mixed2", 2),), types={"json.mixed2": "double"}),
    "a measure, whole, then not": Case(['{"duration": 1}', '{"duration": 1.5}'], (between("json.duration", 1.4, 1.6),), (between("json.duration", 1, 1.4),),
                                       types={"json.duration": "double"}),
    "a number, then a word": Case(['{"code": 5}', '{"code": "needlecode"}'], aside="needlecode"),
    "a number, then the number as a word": Case(['{"code2": 5}', '{"code2": "0007 needlecodetwo"}'], aside="needlecodetwo"),
    "a word, then a number": Case(['{"code3": "E5"}', '{"code3": 5}'], (term("json.code3", "5"),)),
    "an object, then a word": Case(['{"shape": {"inner": 1}}', '{"shape": "needleshape"}'], aside="needleshape"),
    "a word, then an object": Case(['{"shape2": "flat"}', '{"shape2": {"inner": "needleshapetwo"}}'], aside="needleshapetwo"),
    "an object, then null": Case(['{"shape3": {"inner": 1}}', '{"shape3": null, "beside_shape": "needleshape3"}'], (term("json.beside_shape", "needleshape3"),)),
    "5,000 numbers": one({"many": list(range(5_000))}, term("json.many", 0), term("json.many", 4_999)),
    "JSON behind a level and a time": one('INFO 2026-11-21T10:00:00Z {"embedded": {"order": 7}} done', term("json.embedded.order", 7), phrase("message", "INFO"),
                                          phrase("message", "done")),
    "ids of a trace": one({"trace_id": "4bf92f3577b34da6a3ce929d0e0e4736", "n_trace": 1}, term("trace.id", "4bf92f3577b34da6a3ce929d0e0e4736"),
                          term("json.trace_id", "4bf92f3577b34da6a3ce929d0e0e4736")),
    "a plain line": one("nothing but needleplain words", phrase("message", "needleplain words")),
    "a line like a scalar": one("42"),
    "null as a line": one("null"),
    "an empty line": one(""),
    "white space": one(" \t\n"),
    "broken JSON": one('{"broken": "needlebroken', phrase("message", "needlebroken")),
    "the characters of ends of lines": one("first needlefirst\nsecond\r\nthird\u2028fourth\u0085fifth\x00sixth needlesixth", phrase("message", "needlefirst"),
                                           phrase("message", "needlesixth")),
    "100 kB of text": one("w " * 50_000 + "needlehundred", phrase("message", "needlehundred")),
}


def check(search, index, case, event, group="/app/values"):
    """That the last line of a case, indexed as `event`, is found as the case says; AssertionError. `index` is a pattern that ends in `-*`."""
    hit = search.one(index, event["id"])
    source = hit["_source"]
    assert (hit["_id"], hit["_index"]) == (event["id"], f"{index[:-2]}-app-{day_of(event['timestamp'])}")
    assert value(source, "message") == readable(event["message"]), "the message is not the line"
    assert value(source, "@timestamp") == iso_of(event["timestamp"])
    assert [value(source, path) for path in ("cloud.account.id", "aws.cloudwatch.log_group", "aws.cloudwatch.log_stream", "event.dataset")] == [
        OWNER, group, "only", "app"]
    tags = value(source, "tags") or []
    tags = {tags} if isinstance(tags, str) else set(tags)
    reason = value(source, "error.message")
    assert tags <= SET_ASIDE
    if case.aside or tags and case.either:
        assert tags, "it should have been set aside"
        word = case.aside or case.either
        assert reason, "it does not say why it was set aside"
        assert value(source, "json") is None and value(source, "json_big") is None
        for field in ("message", "event.original"):
            assert search.count(index, every(term("event.id", event["id"]), phrase(field, word))) == 1, f"{word} does not find it in {field}"
        return
    assert not tags, f"{tags}: {reason}"
    for query in case.hits:
        assert search.count(index, every(term("event.id", event["id"]), query)) == 1, f"{query} does not find {str(source)[:600]}"
    for query in case.misses:
        assert search.count(index, every(term("event.id", event["id"]), query)) == 0, f"{query} finds {str(source)[:600]}"
    types = search.types(index, ",".join(case.types or ["none"]))
    assert types == (case.types or {})
    if case.either:
        assert search.count(index, every(term("event.id", event["id"]), phrase("message", case.either))) == 1

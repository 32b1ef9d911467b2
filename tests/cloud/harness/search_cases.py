"""What a line of JSON can hold, and how it must be found afterwards: by a term or a range in its own type, or, where the index has another type for that
path, by a term at the same path of `json_flat`."""

import json
from dataclasses import dataclass

from .payload import OWNER, readable
from .search import between, every, phrase, term, value
from .search_corpus import day_of, iso_of

TAGS = {"too_many_fields", "too_deep", "name_too_long"}


@dataclass
class Case:
    """Lines that are indexed one after the other. Of the last: `hits` find it, `misses` do not; `types` are those of the index; `tag`: why all that it
    holds is in `json_flat`."""

    lines: list
    hits: tuple = ()
    misses: tuple = ()
    types: dict = None
    tag: str | None = None


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
    "2^53": one('{"exact0": 9007199254740992}', term("json.exact0", 9007199254740992), misses=[term("json.exact0", 9007199254740990)], types={"json.exact0": "double"}),
    "2^53 + 1": one('{"exact": 9007199254740993}', term("json_big.exact", "9007199254740993"),
                    misses=[term("json.exact", 9007199254740992), term("json_big.exact", "9007199254740992")], types={"json_big.exact": "keyword"}),
    "2^53 + 1 under the name of a measure": one('{"duration": 9007199254740993}', term("json_big.duration", "9007199254740993"),
                                                misses=[term("json.duration", 9007199254740992)]),
    "-(2^53 + 1)": one('{"exact2": -9007199254740993}', term("json_big.exact2", "-9007199254740993"), misses=[term("json.exact2", -9007199254740992)]),
    "the largest of 64 bits": one({"largest": MAX}, term("json_big.largest", str(MAX)), misses=[term("json_big.largest", str(MAX - 1))]),
    "the smallest of 64 bits": one({"smallest": -MAX - 1}, term("json_big.smallest", str(-MAX - 1)), misses=[term("json_big.smallest", str(-MAX))]),
    "an integer beyond 2^53, then an object": Case(['{"grows2": 9007199254740993}', '{"grows2": {"inner": 9007199254740995}}'],
                                                   (term("json_flat.grows2.inner", "9007199254740995"),)),
    "a negative integer": one({"negative": -42}, term("json.negative", -42), between("json.negative", -50, -40), misses=[term("json.negative", 42)]),
    "zero and minus zero": one('{"zero": 0, "minus": -0, "minus2": -0.0}', term("json.zero", 0), term("json.minus", 0), between("json.minus2", -0.1, 0.1)),
    "a fraction": one({"fraction": 0.1}, term("json.fraction", 0.1), between("json.fraction", 0.09, 0.11), types={"json.fraction": "double"}),
    "a fraction that is whole": one('{"whole": 3.0}', term("json.whole", 3.0), types={"json.whole": "double"}),
    "a small and a large fraction": one('{"small": 5e-324, "large": 1.7e308, "gone": 1e-400}', between("json.small", 0, 1), between("json.large", 1e308, 1.79e308)),
    "a number larger than a double": one('{"vast": 1e400, "beside_vast": "needlevast"}', term("json_big.vast", "1e400"), term("json.beside_vast", "needlevast")),
    "true and false": one({"yes": True, "no": False}, term("json.yes", True), term("json.no", False), misses=[term("json.yes", False)], types={"json.yes": "boolean"}),
    "the words true and false": one({"said": "true"}, term("json.said", "true"), types={"json.said": "keyword"}),
    "a truth value, then a word": Case(['{"flag": true}', '{"flag": "perhaps needleflag", "beside_flag": 1}'],
                                       (term("json_flat.flag", "perhaps needleflag"), term("json.beside_flag", 1))),
    "null": one({"nothing": None, "beside_nothing": "needlenull"}, term("json.beside_nothing", "needlenull")),
    "empty things": one({"object": {}, "array": [], "string": "", "beside_empty": 1}, term("json.beside_empty", 1)),
    "arrays in arrays": one({"nested": [[1, 2], [3, [4, []]]]}, *(term("json.nested", number) for number in (1, 2, 3, 4)), misses=[term("json.nested", 5)]),
    "an array of objects": one({"goods": [{"sku": "a1", "count": 1}, {"sku": "b2", "count": 2}]}, term("json.goods.sku", "a1"), term("json.goods.sku", "b2"),
                               between("json.goods.count", 2, 2)),
    "an array of all kinds": one({"mixture": [1, "needlemix", {"a": 7}, None, True], "beside_mixture": 2.5}, term("json_flat.mixture", "needlemix"),
                                 term("json_flat.mixture", "1"), term("json_flat.mixture", "true"), term("json_flat.mixture.a", "7"), term("json.beside_mixture", 2.5)),
    "an array of whole numbers and fractions": one({"coordinates": [13.4, 52]}, term("json.coordinates", 13.4), term("json.coordinates", 52)),
    "objects of whole numbers and fractions": one({"prices": [{"net": 5}, {"net": 5.5}]}, term("json.prices.net", 5), between("json.prices.net", 5.4, 5.6)),
    "an array at the top": one([{"top": "first"}, {"top": "second"}], term("json.items.top", "first"), term("json.items.top", "second")),
    "an array of numbers at the top, after one of objects": Case(['[{"top": "third"}]', "[17, 18]"], (term("json_flat.items", "17"), term("json_flat.items", "18"))),
    "a key @timestamp": one({"@timestamp": "1999-12-31T00:00:00Z"}, term("json.@timestamp", "1999-12-31T00:00:00Z"),
                            between("@timestamp", "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z"), misses=[between("@timestamp", "1999-01-01", "2000-01-01")]),
    "keys of the server's own": one({"_id": "mine", "_index": "theirs", "_type": "t", "_source": {"a": 1}, "_routing": "r", "_version": 9},
                                    term("json._id", "mine"), term("json._index", "theirs"), term("json._routing", "r"), term("json._source.a", 1)),
    "keys of ours": one({"message": "inner message", "tags": ["own tag"], "cloud": {"account": {"id": "000000000001"}}, "json": {"json": "inner json"},
                         "json_big": 5, "aws": {"lambda": "x"}},
                        term("json.message", "inner message"), term("json.tags", "own tag"), term("json.cloud.account.id", "000000000001"),
                        term("json.json.json", "inner json"), term("json.json_big", 5), term("cloud.account.id", OWNER)),
    "an object where ours has an id": one({"event": {"id": "someone's"}}, term("json_flat.event.id", "someone's")),
    "an empty key": one({"": "needlekey", "beside_key": 1}, term("json._", "needlekey"), term("json.beside_key", 1)),
    "a key of spaces": one({"  ": "needlespaces"}, term("json._", "needlespaces")),
    "names that are made fit and then are one": one({"": "needlefit1", " ": "needlefit2", "_": "needlefit3"}, term("json._", "needlefit3"),
                                                    term("json_flat._", "needlefit1"), term("json_flat._", "needlefit2")),
    "keys with dots": one({"dotted.key.deep": "needledots"}, term("json.dotted.key.deep", "needledots")),
    "keys with too many dots": one({".": "needledot1", "..": 1, "lead.": 1, ".trail": 1, "mid..dle": "needledot2"},
                                     term("json.mid._.dle", "needledot2"), term("json.lead._", 1), term("json_flat._._", "needledot1"), term("json_flat._._._", "1"),
                                     term("json_flat._.trail", "1")),
    "keys that clash by their dots": one({"clash": 1, "clash.inner": "needleclash", "beside_clash": 1}, term("json_flat.clash.inner", "needleclash"),
                                         term("json_flat.clash", "1"), term("json.beside_clash", 1)),
    "a key twice": one('{"twice": "needleone", "twice": "needletwo"}', term("json.twice", "needletwo"), term("json_flat.twice", "needleone")),
    "keys twice within objects": one('{"outer": [{"in": 1, "in": 2}, {"in": 3}]}', term("json.outer.in", 2), term("json.outer.in", 3), term("json_flat.outer.in", "1")),
    "odd keys": one({"a*b": 1, "<c>": 2, "d:e": 3, 'f"g': 4, "h\\i": 5, "j\tk": 6, "#l": 7, "é": 8, "m n": 9, "-o": 10},
                    term("json.a*b", 1), term("json.<c>", 2), term("json.d:e", 3), term('json.f"g', 4), term("json.h\\i", 5), term("json.é", 8), term("json.m n", 9)),
    "a long key": one({"k" * 1_000: "needlelongkey"}, term("json_flat." + "k" * 1_000, "needlelongkey"), tag="name_too_long"),
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
    "25 levels": one(nested(25), term("json_flat.deep_word", "needledeep"), term("json_flat.deep" + ".d" * 25, "1"), tag="too_deep"),
    "100 levels": one(nested(100, "deeper"), term("json_flat.deeper_word", "needledeeper"), term("json_flat.deeper" + ".d" * 100, "1"), tag="too_deep"),
    "an integer, then a fraction": Case(['{"mixed": 1}', '{"mixed": 1.5}'], (between("json.mixed", 1.4, 1.6),), types={"json.mixed": "double"}),
    "a fraction, then an integer": Case(['{"mixed2": 1.5}', '{"mixed2": 2}'], (term("json.mixed2", 2),), types={"json.mixed2": "double"}),
    "a measure, whole, then not": Case(['{"duration": 1}', '{"duration": 1.5}'], (between("json.duration", 1.4, 1.6),), (between("json.duration", 1, 1.4),),
                                       types={"json.duration": "double"}),
    "a number, then a word": Case(['{"codes": 5}', '{"codes": "needlecode"}'], (term("json_flat.codes", "needlecode"),), types={"json.codes": "double"}),
    "a shared key, a number, then a word": Case(['{"code": 5}', '{"code": "needlecode"}'], (term("json.code", "needlecode"),), types={"json.code": "keyword"}),
    "a shared key, a word, then an object": Case(['{"error": "needleerror"}', '{"error": {"kind": "needleerrortwo"}}'], (term("json_flat.error.kind", "needleerrortwo"),),
                                                 types={"json.error": "keyword"}),
    "a shared measure, a word, then a number": Case(['{"pid": "needlepid"}', '{"pid": 7}'], (between("json.pid", 6, 8),), types={"json.pid": "double"}),
    "a number, then the number as a word": Case(['{"code2": 5}', '{"code2": "0007"}'], (term("json_flat.code2", "0007"),), (term("json.code2", 7),)),
    "a word, then a number": Case(['{"code3": "E5"}', '{"code3": 5}'], (term("json.code3", "5"),)),
    "an object, then a word": Case(['{"shape": {"inner": 1}}', '{"shape": "needleshape", "beside_shape1": 3}'],
                                   (term("json_flat.shape", "needleshape"), term("json.beside_shape1", 3))),
    "a word, then an object": Case(['{"shape2": "flat"}', '{"shape2": {"inner": "needleshapetwo"}}'], (term("json_flat.shape2.inner", "needleshapetwo"),)),
    "labels that clash by their dots": one({"k8s": {"labels": {"app": "needleapp", "app.kubernetes.io/name": "needlename"}}},
                                           term("json.k8s.labels.app", "needleapp"), term("json.k8s.labels.app.kubernetes.io/name", "needlename")),
    "33 kB beside a conflict": Case(['{"long6": 1}', json.dumps({"long6": "字" * 33_000 + " needlelong6"})], (phrase("message", "needlelong6"),)),
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


# Not where a server has no type for `json_flat`: what does not fit is kept there, and found by words.
NEED_FLAT = {"labels that clash by their dots"}


def check(search, index, case, event, group="/app/values", has_flat=True):
    """That the last line of a case, indexed as `event`, is found as the case says; AssertionError. `index` is a pattern that ends in `-*`."""
    hit = search.one(index, event["id"])
    source = hit["_source"]
    assert hit["_index"] == f"{index[:-2]}-app-{day_of(event['timestamp'])}"
    assert value(source, "message") == readable(event["message"]), "the message is not the line"
    assert value(source, "@timestamp") == iso_of(event["timestamp"])
    assert [value(source, path) for path in ("cloud.account.id", "aws.cloudwatch.log_group", "aws.cloudwatch.log_stream", "event.dataset")] == [
        OWNER, group, "only", "app"]
    assert value(source, "tags") == ([case.tag] if case.tag else None)
    assert value(source, "event.original") is None and value(source, "error.message") is None, "it was set aside"
    for query in case.hits:
        if not has_flat and "json_flat" in str(query):
            continue
        assert search.count(index, every(term("event.id", event["id"]), query)) == 1, f"{query} does not find {str(source)[:600]}"
    for query in case.misses:
        assert search.count(index, every(term("event.id", event["id"]), query)) == 0, f"{query} finds {str(source)[:600]}"
    types = search.types(index, ",".join(case.types or ["none"]))
    assert types == (case.types or {})

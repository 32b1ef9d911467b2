//! Patterns and messages that somebody made to hurt: large, deep, unclosed. All of it ends, with the right answer.

#[allow(dead_code, reason = "its extraction is for the property tests")]
mod naive;

use logweir_filter_pattern::{
    Extractor, FilterPattern, MAX_LENGTH, MAX_NESTING, MAX_RELAXED_LENGTH, MAX_REPETITIONS, MAX_STEPS, PatternSet,
    Strictness,
};

const MEGABYTE: usize = 1 << 20;

fn parse(pattern: &str) -> FilterPattern {
    FilterPattern::parse_with(pattern, Strictness::Relaxed).unwrap_or_else(|error| panic!("{error}"))
}

/// Whether a message matches, alone and in a set; the message can be extracted from and shown too.
fn matches(pattern: &FilterPattern, message: &str) -> bool {
    let is_match = pattern.matches(message);
    assert_eq!(pattern.extract(message).is_some(), is_match);
    assert!(is_match || pattern.highlights(message).is_empty());
    let set = PatternSet::new([pattern.clone(), parse("zzzz"), parse("{ $.zzzz = 1 }")]).expect("few literals");
    let mut matcher = set.matcher();
    for _ in 0..2 {
        assert_eq!(matcher.matches(message).contains(&0), is_match);
    }
    is_match
}

/// Text without order: an xorshift generator picks the characters.
fn random_text(characters: &[u8], length: usize) -> String {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).expect("31 bits")
    };
    (0..length).map(|_| char::from(characters[next() % characters.len()])).collect()
}

#[test]
fn words_in_a_megabyte() {
    let nearly = "a".repeat(MEGABYTE);
    let needle = format!("{}b", "a".repeat(1_000));
    assert!(!matches(&parse(&needle), &nearly));
    assert!(matches(&parse(&needle), &format!("{nearly}b")));
    assert!(matches(&parse("-b ?c"), &nearly) && matches(&parse("\"\u{0}\""), &"\0".repeat(MEGABYTE)));
    // Every place of the message holds some of these.
    let many: Vec<_> = (1..300).map(|length| "a".repeat(length)).collect();
    assert!(matches(&parse(&many.join(" ")), &nearly));
    let set = PatternSet::new(many.iter().map(|word| parse(word))).expect("few literals");
    assert_eq!(set.matcher().matches(&"a".repeat(100_000)).len(), many.len());
}

/// What a set looks for first are parts of its words, which a message may be full of.
#[test]
fn messages_of_nothing_but_beginnings() {
    let set = PatternSet::new((0..200).map(|number| parse(&format!("aaab{number:03}c")))).expect("few literals");
    let numbers = parse("[a = 404]");
    for beginning in ["aaab", "aaa", "a", "aaab0", "aaab00", "aaab123"] {
        let message = beginning.repeat(MEGABYTE / beginning.len());
        assert!(set.matcher().matches(&message).is_empty());
        assert_eq!(set.matcher().matches(&format!("{message}aaab199c")), [199]);
    }
    for number in ["4e", "4e4", "4", "4e4 ", "4E-"] {
        assert!(!matches(&numbers, &number.repeat(MEGABYTE / number.len())));
    }
}

#[test]
fn regular_expressions_at_their_limit() {
    let text = random_text(b"ab", MEGABYTE);
    let half = MAX_REPETITIONS / 2 - 2;
    // The engine follows hundreds of places of the expression through each character: no megabyte in a debug build.
    assert!(!matches(&parse(&format!("%a.{{{half}}}b.{{{half}}}c%")), &text[..8_192]));
    assert!(matches(&parse(&format!("%a.{{{half}}}b.{{{half}}}%")), &text));
    let optional = "a?".repeat(400) + &"a".repeat(400);
    assert!(!matches(&parse(&format!("%{optional}%")), &text));
    assert!(!matches(&parse(&format!("%{}c%", "a*b*".repeat(250))), &text));
    let alternatives: Vec<_> = (0..100).map(|number| format!("[ab]{number:07b}c")).collect();
    assert!(!matches(&parse(&format!("%{}%", alternatives.join("|"))), &text));
    assert!(FilterPattern::parse(&format!("%a{{{}}}%", MAX_REPETITIONS + 1)).is_err());
}

/// Each place that is found costs a search to the end of the message, so that few are named.
#[test]
fn highlights_that_are_searched_for_to_the_end() {
    let text = "a".repeat(MEGABYTE);
    let places = parse("%a.*c|a%").highlights(&text);
    assert!(!places.is_empty() && places.iter().all(|place| place.end < 1_000), "{places:?}");
}

#[test]
fn fields_that_nobody_closes() {
    for opener in ["\"", "[", "[\"", "\"[", "a\"", "[ ", "\" ", "[\" "] {
        let message = opener.repeat(MEGABYTE / 4 / opener.len());
        for pattern in ["[a]", "[a, b]", "[..., z]", "[..., y, z = \"*\"]", "[a = x, ...]", "[..., z = x]"] {
            let pattern = parse(pattern);
            let expected = naive::matches(pattern.syntax(), &message[..message.len().min(1_000)]);
            let short = &message[..message.len().min(1_000)];
            assert_eq!(matches(&pattern, short), expected, "{pattern} on {opener}");
            matches(&pattern, &message);
        }
        assert!(matches(&parse("[]"), &message));
    }
    let closed = "[a] \"b\" ".repeat(MEGABYTE / 8);
    assert!(matches(&parse("[first = a, ..., last = b]"), &closed));
    assert!(matches(&parse("[first = a, last != a]"), &closed));
    assert_eq!(parse("[]").extract(&closed).map(|fields| fields.len()), Some(MEGABYTE / 4));
    let blanks = " \t\n".repeat(MEGABYTE / 3);
    assert!(!matches(&parse("[a]"), &blanks) && !matches(&parse("[..., a]"), &blanks));
}

#[test]
fn json_as_deep_as_it_is_long() {
    let depth = 1_000_000;
    let patterns = ["{ $.a NOT EXISTS }", "{ $[0][0][0] NOT EXISTS }", "{ $[*] = * }", "{ $.* = 1 }"].map(parse);
    let lists = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(patterns.each_ref().map(|pattern| matches(pattern, &lists)), [true, false, false, false]);
    let objects = format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
    assert_eq!(patterns.each_ref().map(|pattern| matches(pattern, &objects)), [false, true, false, false]);
    for open in ["[".repeat(depth), "{\"a\":".repeat(depth), "[{\"a\":".repeat(depth / 2), "[".repeat(depth) + "}"] {
        for pattern in &patterns {
            assert!(!matches(pattern, &open));
        }
    }
    let steps = ".a".repeat(MAX_STEPS);
    assert!(!matches(&parse(&format!("{{ ${steps} NOT EXISTS }}")), &objects));
    let wild = "[*]".repeat(MAX_STEPS);
    assert!(!matches(&parse(&format!("{{ ${wild} = 1 }}")), &lists));
}

#[test]
fn json_of_many_members() {
    let members = |value: &dyn Fn(usize) -> String, count| -> String {
        let members: Vec<_> = (0..count).map(value).collect();
        members.join(",")
    };
    let same = format!("{{{}}}", members(&|number| format!("\"a\":{number}"), 100_000));
    assert!(matches(&parse("{ $.a = 99999 }"), &same) && !matches(&parse("{ $.a = 1 }"), &same));
    assert!(matches(&parse("{ $.* = 99999 && $.* != 99999 || $.a = 99999 }"), &same));
    assert!(!matches(&parse("{ $.* != 99999 }"), &same));
    let nested = format!("{{{}}}", members(&|number| format!("\"a\":{{\"b\":{number}}}"), 100_000));
    assert!(matches(&parse("{ $.a.b = 99999 && $.*.b = 99999 }"), &nested));
    assert!(!matches(&parse("{ $.a.b != 99999 || $.*.b != 99999 || $.a.* != 99999 }"), &nested));
    let others = format!("{{{}}}", members(&|number| format!("\"k{number}\":{number}"), 100_000));
    assert!(matches(&parse("{ $.* = 99999 && $.k500 = 500 && $.k NOT EXISTS }"), &others));
    assert!(!matches(&parse("{ $.* = 100000 }"), &others));
    let escaped = format!("{{{}}}", members(&|_| "\"\\u0061\":\"\\u0061\"".to_owned(), 50_000));
    assert!(matches(&parse("{ $.a = a }"), &escaped) && !matches(&parse("{ $.* != a }"), &escaped));
    let list = format!("[{}]", members(&|number| number.to_string(), 100_000));
    assert!(matches(&parse("{ $[*] = 99999 && $[99999] = 99999 && $[100000] NOT EXISTS }"), &list));
    // Wildcards in wildcards select as many values as there are, and none twice.
    let table = format!("[{}]", members(&|_| format!("[{}]", members(&|number| number.to_string(), 300)), 300));
    assert!(matches(&parse("{ $[*][*] = 299 && $[7][*] = 299 && $[*][7] = 7 }"), &table));
    assert!(!matches(&parse("{ $[*][*] = 300 || $[*][*][*] = 1 }"), &table));
}

#[test]
fn numbers_of_a_million_digits() {
    let nines = "9".repeat(1_000_000);
    let patterns = ["[a > 1e999999]", "[a < 1e1000000]", "[a = 1e1000000]", "[a < 1e1000001 && a >= 0]"].map(parse);
    assert_eq!(patterns.each_ref().map(|pattern| matches(pattern, &nines)), [true, true, false, true]);
    let zeros = format!("{{\"a\":1{}.{}}}", "0".repeat(500_000), "0".repeat(500_000));
    assert!(matches(&parse("{ $.a = 1e500000 }"), &zeros) && !matches(&parse("{ $.a = 1e500001 }"), &zeros));
    let exponent = format!("{{\"a\":1e{}}}", "9".repeat(MEGABYTE));
    assert!(matches(&parse("{ $.a > 1e308 }"), &exponent) && !matches(&parse("{ $.a < 1e308 }"), &exponent));
    let bound = parse(&format!("[a = {}]", "1".repeat(MAX_RELAXED_LENGTH - 6)));
    assert!(!matches(&bound, &nines) && matches(&bound, &"1".repeat(MAX_RELAXED_LENGTH - 6)));
}

#[test]
fn text_that_steers() {
    let message = "{\"a\\u0000b\":\"\\u0000\",\"c\":\"\u{7f}\u{202e}\"}";
    assert!(matches(&parse("{ $.['a\0b'] = \"\0\" && $.c = \"\u{7f}*\" }"), message));
    assert!(!matches(&parse("{ $.c = * }"), "{\"c\":\"\0\"}"), "a raw control character is no JSON");
    assert!(matches(&parse("[a = \"\0\", b]"), "\0 \0") && !matches(&parse("[a, b]"), "\0\u{b}\0"));
    let error = FilterPattern::parse("\u{1b}[31m").expect_err("no term");
    assert!(!error.to_string().contains('\u{1b}'), "{error}");
}

#[test]
fn patterns_as_long_as_they_may_be() {
    let fill = |begin: &str, piece: &dyn Fn(usize) -> String, end: &str| {
        let mut pattern = begin.to_owned();
        for number in 0.. {
            let piece = piece(number);
            if pattern.len() + piece.len() + end.len() > MAX_RELAXED_LENGTH {
                return pattern + end;
            }
            pattern += &piece;
        }
        unreachable!("a piece is not empty")
    };
    let deep = MAX_NESTING;
    let parentheses = format!("{{ {}$.a = 1{} }}", "(".repeat(deep), ")".repeat(deep));
    assert!(matches(&parse(&parentheses), "{\"a\":1}"));
    let too_deep = format!("{{ {} }}", "(".repeat(MAX_RELAXED_LENGTH - 4));
    FilterPattern::parse_with(&too_deep, Strictness::Relaxed).expect_err("too deep");
    // Both operators in turn, as deep as it goes.
    let mixed = (0..deep).fold("$.a = 1".to_owned(), |inner, depth| {
        format!("$.b = {depth} {} ({inner})", if depth % 2 == 0 { "&&" } else { "||" })
    });
    let mixed = parse(&format!("{{ {mixed} }}"));
    assert_eq!(parse(&mixed.to_string()), mixed);
    matches(&mixed, "{\"a\":1,\"b\":3}");

    let words = fill("zero", &|number| format!(" w{number}"), "");
    assert!(!matches(&parse(&words), &random_text(b"w0123456789", MEGABYTE)));
    assert!(matches(&parse(&words), &words));
    let slots = fill("[zero", &|number| format!(", n{number} = x"), "]");
    let count = slots.matches(',').count();
    assert!(matches(&parse(&slots), &"x ".repeat(count + 1)) && !matches(&parse(&slots), &"x ".repeat(count)));
    let unnamed = format!("[{}]", ",".repeat(MAX_RELAXED_LENGTH - 2));
    assert!(matches(&parse(&unnamed), &"x ".repeat(MEGABYTE / 2)) && !matches(&parse(&unnamed), "x x"));
    let around = fill("[..., zero", &|number| format!(", n{number}"), "]");
    assert!(matches(&parse(&around), &"x ".repeat(MEGABYTE / 2)));
    let one_slot = fill("[n = 0", &|number| format!("||n={number}"), "]");
    assert!(matches(&parse(&one_slot), "777") && !matches(&parse(&one_slot), "x"));
    let selectors = fill("{ $.a = 0", &|number| format!("||$.a.k{number}=1"), "}");
    assert!(matches(&parse(&selectors), "{\"a\":{\"k777\":1}}") && !matches(&parse(&selectors), "{\"a\":1}"));
    let wildcards = fill("{ $.* = x", &|number| format!("||$.*[*].*[{number}]=1"), "}");
    let values = format!("{{\"a\":[{}]}}", vec!["{\"b\":[0,0]}"; 2_000].join(","));
    assert!(!matches(&parse(&wildcards), &values));
    let regexes = fill("%x%", &|number| format!(" -%a{number}[bc]%"), "");
    assert!(matches(&parse(&regexes), &"x".repeat(MEGABYTE)));
    let long = format!("\"{}\"", "é".repeat(MAX_RELAXED_LENGTH - 2));
    assert!(matches(&parse(&long), &"é".repeat(MEGABYTE / 2)));
    FilterPattern::parse_with(&format!("{long} "), Strictness::Relaxed).expect_err("a character too long");
    FilterPattern::parse(&"é".repeat(MAX_LENGTH + 1)).expect_err("too long");
}

#[test]
fn many_values_of_one_message() {
    let names: Vec<_> = (0..2_000).map(|number| format!("$.k{number}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let pattern = parse("{ $.k0 = * }");
    let extractor = Extractor::new(&pattern, &names).expect("selectors");
    let members: Vec<_> = (0..50_000).map(|number| format!("\"k{number}\":{number}")).collect();
    let message = format!("{{{}}}", members.join(","));
    assert_eq!(extractor.extract(&message).iter().flatten().count(), names.len());
}

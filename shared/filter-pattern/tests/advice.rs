//! What people write, is refused with what they meant.

use logweir_filter_pattern::{FilterPattern, MAX_LENGTH, PatternError, Strictness};

fn refused(pattern: &str) -> PatternError {
    FilterPattern::parse(pattern).map_or_else(|error| error, |_| panic!("{pattern} is taken"))
}

#[test]
fn the_place_and_the_remedy_are_named() {
    for (pattern, marked, advice) in [
        // Terms.
        ("level:error", ":", "write \"level:error\""),
        ("-a/b", "/", "write -\"a/b\""),
        ("- ERROR", "-", "-ERROR"),
        ("? ERROR", "?", "?ERROR"),
        ("ERROR -", "-", "-ERROR"),
        ("--a", "-", "write -\"-a\""),
        ("\"a\"b", "b", "write a blank here"),
        ("a\"b\"", "\"", "write a blank here"),
        ("%a%b", "b", "write a blank here"),
        ("'ERROR'", "'", "\"ERROR\""),
        ("“ERROR”", "“", "\"ERROR\""),
        ("*ERROR*", "*", "leave * out, as a term is found anywhere: ERROR"),
        ("ERROR|WARN", "|", "?ERROR ?WARN"),
        ("!ERROR", "!", "-ERROR"),
        ("\"a\" && \"b\"", "&", "all terms must be there"),
        ("$.a = \"x\"", "$", "{ $.key = \"value\" }"),
        ("\"a", "\"a", "write \" at its end"),
        ("\"\\d\"", "\\d", "write \\\\ for a backslash"),
        // Regular expressions.
        ("%(ERROR|WARN)%", "(", "%ERROR|WARN%"),
        ("%(?i)error%", "(", "case cannot be ignored"),
        ("%a", "%a", "write % at its end"),
        ("%a!%", "!", "write \\x21"),
        ("%\\x{41}%", "\\x", "without braces"),
        // Space-delimited.
        ("[a, b", "", "end it with ]"),
        ("[ip, status.code = 1]", ".", "write _ instead"),
        ("[ip, s = 404 || 5xx]", "5xx", "s = 5xx"),
        ("[ip, s = 404 or s = 500]", "o", "write || and the name again"),
        ("[ip, s = 4* && b > 1]", "b", "a slot of its own"),
        ("[ip, s = /x]", "/", "write \"/x\""),
        ("[ip, $s = 1]", "$", "write the name alone"),
        ("[ip, s > abc]", "abc", "write a number"),
        ("[a, a]", "a", "rename one"),
        ("[a, 3]", "3", "field number 3"),
        ("[a, .., b]", ".", "write ..."),
        ("[a, ..., b, ...]", "...", "leave one out"),
        ("[a && b]", "&", "an operator and a value"),
        // JSON.
        ("{ $.a = 1 } x", "", "end it with }"),
        ("{ $.a == 1 }", "==", "write ="),
        ("{ $.a <> 1 }", "<>", "write !="),
        ("{ $.a => 1 }", "=>", "write >="),
        ("{ $.a & $.b = 1 }", "&", "one of = != < <= > >="),
        ("{ $.a = 1 & $.b = 1 }", "&", "write &&"),
        ("{ $.a = 1, $.b = 2 }", ",", "write &&"),
        ("{ $.a:b = 1 }", ":", ".['a:b']"),
        ("{ $.labels.app_io/name = \"x\" }", "/", ".['app_io/name']"),
        ("{ $.@timestamp = 1 }", "@", ".['@timestamp']"),
        ("{ $.\"a-b\" = 1 }", "\"", ".['a-b']"),
        ("{ $[\"a\"] = 1 }", "\"", ".['key']"),
        ("{ $.['a = 1 }", ".['a = 1 ", "write '] at its end"),
        ("{ $.a[0:2] = 1 }", ":", "the number of one element"),
        ("{ $.a[] = 1 }", "]", "from 0, or * for all"),
        ("{ a = 1 }", "a", "write $.a"),
        ("{ .a = 1 }", ".a", "write $.a"),
        ("{ NOT $.a = 1 }", "NOT", "NOT EXISTS behind the selector"),
        ("{ exists($.a) }", "exists", "NOT EXISTS behind the selector"),
        ("{ $.a = \"x\" || \"y\" }", "\"", "the selector again"),
        ("{ $.a = (1 || 2) }", "(", "the whole condition again"),
        ("{ $.a is null }", "is", "IS NULL"),
        ("{ $.a IS NOT NULL }", "IS NOT", "$.property = \"*\""),
        ("{ $.a EXISTS }", "EXISTS", "= \"*\""),
        ("{ $.a > \"1\" }", "\"", "without quotation marks"),
        ("{ $.a = 'x' }", "'", "\"x\""),
        ("{ $.a = x\"y\" }", "\"", "around the whole value"),
        ("{ ($.a = 1 }", "(", "write ) at its end"),
        ("{ $.a = 1) }", ")", "leave it out"),
        ("{ $ = 1 }", " ", "write $.key"),
        ("{}", "", "a selector, an operator and a value"),
    ] {
        let error = refused(pattern);
        assert_eq!(&pattern[error.span()], marked, "{pattern}: {error}");
        let told = error.advice().unwrap_or_default();
        assert!(told.contains(advice), "{pattern}: {error}");
    }
}

#[test]
fn limits_are_those_of_aws_unless_they_are_lifted() {
    let long = "a".repeat(MAX_LENGTH);
    assert!(FilterPattern::parse(&long).is_ok());
    for pattern in [
        format!("{long}a"),
        "[a=%x%, b=%y%, c=%z%]".to_owned(),
        "{ $.a = %x% && $.b = %y% || $.c != %z% }".to_owned(),
        "{ $.*.b[*] = 1 }".to_owned(),
        "{ $.a[*] = 1 && $.b[*] = 1 && $.c[*] = 1 && $.d[*] = 1 }".to_owned(),
    ] {
        assert!(!refused(&pattern).what().is_empty());
        assert!(FilterPattern::parse_with(&pattern, Strictness::Relaxed).is_ok(), "{pattern}");
    }
    // Characters count, not bytes.
    assert!(FilterPattern::parse(&format!("\"{}\"", "é".repeat(MAX_LENGTH - 2))).is_ok());
}

#[test]
fn words_of_aws_are_quoted_where_they_are_known() {
    for (pattern, words) in [
        ("level:error", "Invalid character(s) in term ':'"),
        ("\"\"", "Invalid character(s) in term '\"\"'"),
        ("{ $.\"a\" = 1 }", "Invalid character(s) in term '$.\"'"),
        ("{ $.a = 1", "If a filter pattern starts with '{' it must end with '}'"),
        ("[a", "If a filter pattern starts with '[' it must end with ']'"),
    ] {
        assert_eq!(refused(pattern).aws_message(), Some(words), "{pattern}");
    }
    assert_eq!(refused("{ $.a == 1 }").aws_message(), None);
}

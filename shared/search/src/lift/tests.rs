use crate::object::ObjectWriter;

use super::*;

/// The fields that a JSON line fills, as they stand in a document.
fn lifted(json: &str) -> String {
    let mut scanner = Scanner::new(json);
    let mut lifted = Lifted::default();
    scanner.open(b'{').expect("an object");
    let mut first = true;
    while scanner.next(first, b'}').expect("JSON") {
        first = false;
        let key = scanner.key().expect("a key");
        lifted.take(&key, &scanner);
        scanner.value().expect("a value");
    }
    let mut values = Values::new();
    lifted.fill(&mut values);
    let mut out = Vec::new();
    let mut object = ObjectWriter::resume(&mut out);
    values.write(Field::Timestamp..=Field::Tags, &mut object);
    object.finish();
    String::from_utf8(out).expect("text")
}

#[test]
fn errors_services_and_hosts_of_loggers() {
    for (json, expected) in [
        (
            r#"{"errorType":"KeyError","errorMessage":"'x'","stackTrace":["  File \"a.py\"\n    1/0\n","b"]}"#,
            r#","error":{"type":"KeyError","stack_trace":"  File \"a.py\"\n    1/0\nb","message":"'x'"}"#,
        ),
        (
            r#"{"errorType":"TypeError","errorMessage":"x","trace":["TypeError: x","    at a"]}"#,
            r#","error":{"type":"TypeError","stack_trace":"TypeError: x\n    at a","message":"x"}"#,
        ),
        (
            r#"{"errorMessage":"no","errorType":"boundsError","stackTrace":[{"path":"main.go","line":3}]}"#,
            r#","error":{"type":"boundsError","stack_trace":"{\"path\":\"main.go\",\"line\":3}","message":"no"}"#,
        ),
        (
            r#"{"level":"ERROR","message":{"errorType":"Error","errorMessage":"no","stack":["a"]}}"#,
            r#","log":{"level":"error"},"error":{"type":"Error","stack_trace":"a","message":"no"}"#,
        ),
        (
            r#"{"err":{"type":"Error","message":"no","stack":"Error: no\n    at a"},"hostname":"web-1"}"#,
            r#","host":{"name":"web-1"},"error":{"type":"Error","stack_trace":"Error: no\n    at a","message":"no"}"#,
        ),
        (r#"{"error":"no","service":"pay"}"#, r#","service":{"name":"pay"},"error":{"message":"no"}"#),
        (
            r#"{"error":{"name":"TypeError","location":"a.js:1","message":"no","stack":"s"},"service":"pay"}"#,
            r#","service":{"name":"pay"},"error":{"type":"TypeError","stack_trace":"s","message":"no"}"#,
        ),
        (
            r#"{"service.name":"pay","error.type":"E","error.message":"m","error.stack_trace":"s","host.name":"h"}"#,
            r#","service":{"name":"pay"},"host":{"name":"h"},"error":{"type":"E","stack_trace":"s","message":"m"}"#,
        ),
        (
            r#"{"service":{"name":"pay"},"host":{"hostname":"x","name":"h"}}"#,
            r#","service":{"name":"pay"},"host":{"name":"h"}"#,
        ),
        (
            r#"{"exception":"Traceback\n  File","exception_name":"KeyError"}"#,
            r#","error":{"type":"KeyError","stack_trace":"Traceback\n  File"}"#,
        ),
        (r#"{"trace":"1-5e6722a7-cc2","error":{},"service":5,"stack":null,"message":"m","error.type":""}"#, ""),
    ] {
        assert_eq!(lifted(json), format!("{expected}}}"), "{json}");
    }
}

use logweir_json::Scanner;

use super::*;

#[track_caller]
fn check(rows: &[(&str, Option<Level>)], level: impl Fn(&str) -> Option<Level>) {
    let wrong: Vec<_> = rows
        .iter()
        .filter(|(line, expected)| level(line) != *expected)
        .map(|(line, expected)| format!("{line:?}: {:?}, not {expected:?}", level(line)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The level of a JSON line, as a look through its members finds it.
fn of_json(json: &str) -> Option<Level> {
    let mut scanner = Scanner::new(json);
    let mut found = Found::default();
    scanner.open(b'{').expect("an object");
    let mut first = true;
    while scanner.next(first, b'}').expect("JSON") {
        first = false;
        let key = scanner.key().expect("a key").decode();
        found.take(&key, scanner.clone());
        scanner.value().expect("a value");
    }
    found.level()
}

const MEMBERS_OF_JSON: &[(&str, Option<Level>)] = &[
    (r#"{"level":"WARNING"}"#, Some("warn")),
    (r#"{"severity":"Error"}"#, Some("error")),
    (r#"{"Level":"Warning"}"#, Some("warn")),
    (r#"{"log_level":"ERROR","errorType":"KeyError"}"#, Some("error")),
    (r#"{"logLevel":"ERROR"}"#, Some("error")),
    (r#"{"LogLevel":"Information","Category":"Shop"}"#, Some("info")),
    (r#"{"levelname":"CRITICAL"}"#, Some("critical")),
    (r#"{"levelName":"ERROR"}"#, Some("error")),
    (r#"{"level_name":"ERROR"}"#, Some("error")),
    (r#"{"level":400,"level_name":"ERROR"}"#, Some("error")),
    (r#"{"level":250,"channel":"app"}"#, Some("notice")),
    (r#"{"lvl":"eror"}"#, Some("error")),
    (r#"{"L":"ERROR","M":"x"}"#, Some("error")),
    (r#"{"l":"ERROR"}"#, None),
    (r#"{"level":"E"}"#, Some("error")),
    (r#"{"level":"dpanic"}"#, Some("fatal")),
    (r#"{"level":"verbose"}"#, Some("trace")),
    (r#"{"level":"SEVERE"}"#, Some("error")),
    (r#"{"level":"FINER"}"#, Some("trace")),
    (r#"{"level":"INFO+2"}"#, Some("info")),
    (r#"{"level":"DEBUG-4"}"#, Some("debug")),
    (r#"{"level":"[ERROR]"}"#, Some("error")),
    (r#"{"level":" error "}"#, Some("error")),
    (r#"{"level":"\u001b[31merror\u001b[39m"}"#, Some("error")),
    (r#"{"error_severity":"FATAL"}"#, Some("fatal")),
    (r#"{"@level":"warn","@message":"x"}"#, Some("warn")),
    // pino and bunyan, also where a string was made of the number.
    (r#"{"level":10}"#, Some("trace")),
    (r#"{"level":20}"#, Some("debug")),
    (r#"{"level":30}"#, Some("info")),
    (r#"{"level":40}"#, Some("warn")),
    (r#"{"level":50}"#, Some("error")),
    (r#"{"level":60}"#, Some("fatal")),
    (r#"{"level":"50"}"#, Some("error")),
    (r#"{"level":3}"#, None),
    (r#"{"level":-1}"#, None),
    (r#"{"level":1.5}"#, None),
    (r#"{"levelno":40}"#, Some("error")),
    (r#"{"levelno":40,"levelname":"WARNING"}"#, Some("warn")),
    // OpenTelemetry.
    (r#"{"severityText":"ERROR","severityNumber":17}"#, Some("error")),
    (r#"{"severity_text":"WARN","severity_number":13}"#, Some("warn")),
    (r#"{"SeverityText":"Error","SeverityNumber":17}"#, Some("error")),
    (r#"{"severityNumber":1}"#, Some("trace")),
    (r#"{"severityNumber":5}"#, Some("debug")),
    (r#"{"severityNumber":12}"#, Some("info")),
    (r#"{"severityNumber":16}"#, Some("warn")),
    (r#"{"severity_number":"20"}"#, Some("error")),
    (r#"{"severityNumber":24}"#, Some("fatal")),
    (r#"{"severityNumber":"SEVERITY_NUMBER_ERROR2"}"#, Some("error")),
    (r#"{"severityText":"WARN3"}"#, Some("warn")),
    (r#"{"severityNumber":0}"#, None),
    (r#"{"severityNumber":25}"#, None),
    (r#"{"severity":17}"#, Some("error")),
    // Syslog, GELF, journald.
    (r#"{"version":"1.1","host":"a","short_message":"x","level":3}"#, Some("error")),
    (r#"{"level":6,"version":"1.1","short_message":"x"}"#, Some("info")),
    (r#"{"version":"1.1","short_message":"x","level":0}"#, Some("emergency")),
    (r#"{"syslog_severity":"crit"}"#, Some("critical")),
    (r#"{"syslog_severity":4}"#, Some("warn")),
    (r#"{"log.syslog.severity.code":1}"#, Some("alert")),
    (r#"{"facility":16,"severity":3}"#, Some("error")),
    (r#"{"PRIORITY":"3","MESSAGE":"x"}"#, Some("error")),
    (r#"{"priority":"high"}"#, None),
    // Serilog's compact form leaves information out.
    (r#"{"@t":"2026-11-21T11:20:00Z","@l":"Error","@mt":"x"}"#, Some("error")),
    (r#"{"@t":"2026-11-21T11:20:00Z","@mt":"x"}"#, Some("info")),
    (r#"{"@m":"x","@t":"2026-11-21T11:20:00Z"}"#, Some("info")),
    (r#"{"@m":"x"}"#, None),
    // Nested.
    (r#"{"log":{"level":"error","logger":"a"}}"#, Some("error")),
    (r#"{"log.level":"ERROR"}"#, Some("error")),
    (r#"{"record":{"level":{"icon":"x","name":"ERROR","no":40}},"text":"x"}"#, Some("error")),
    (r#"{"level":{"name":"warn","value":4}}"#, Some("warn")),
    (r#"{"log":"{\"level\":\"error\",\"msg\":\"x\"}\n","stream":"stdout"}"#, Some("error")),
    (r#"{"log":"2026-11-21 11:20:00 WARN x","stream":"stdout"}"#, Some("warn")),
    (r#"{"tags":{"level":"ERROR"}}"#, None),
    // Datadog's libraries, after everything else.
    (r#"{"status":"error"}"#, Some("error")),
    (r#"{"status":"error","level":"info"}"#, Some("info")),
    (r#"{"status":"success"}"#, None),
    (r#"{"status":"ACTIVE"}"#, None),
    (r#"{"status":50}"#, None),
    // MongoDB.
    (r#"{"t":{"$date":"x"},"s":"W","c":"NETWORK","id":1,"ctx":"main","msg":"x"}"#, Some("warn")),
    (r#"{"s":"E"}"#, None),
    // Other words are no levels.
    (r#"{"level":"gold"}"#, None),
    (r#"{"level":"RequestResponse"}"#, None),
    (r#"{"level":"Metadata"}"#, None),
    (r#"{"level":"gold","severity":"ERROR"}"#, Some("error")),
    (r#"{"level":"a b"}"#, None),
    (r#"{"level":{"a":1}}"#, None),
    (r#"{"level":null}"#, None),
    (r#"{"level":["ERROR"]}"#, None),
    (r#"{"levels":"INFO"}"#, None),
    (r#"{"message":"ERROR"}"#, None),
];

#[test]
fn members_of_json() {
    check(MEMBERS_OF_JSON, of_json);
}

const LINES_OF_LOGGERS: &[(&str, Option<Level>)] = &[
    ("2026-11-21 11:20:00 ERROR cannot connect", Some("error")),
    ("ERROR cannot connect", Some("error")),
    ("  ERROR  boom", Some("error")),
    ("[INFO] began", Some("info")),
    ("[Error] boom", Some("error")),
    ("[warning] low", Some("warn")),
    ("[ info] pad", Some("info")),
    ("[WARN ] pad", Some("warn")),
    ("WARN: low", Some("warn")),
    ("error: lower", Some("error")),
    ("Error: boom", Some("error")),
    ("2026-11-21 11:20:00 error: lower", Some("error")),
    ("Warning: low", Some("warn")),
    ("panic: runtime error: index out of range [3]", Some("fatal")),
    ("fatal error: all goroutines are asleep - deadlock!", Some("fatal")),
    ("fatal: not a git repository", Some("fatal")),
    ("error[E0425]: cannot find value `x`", Some("error")),
    ("| ERROR | boom", Some("error")),
    ("npm ERR! code 1", Some("error")),
    ("plain ERROR x", Some("error")),
    // log4j, logback, Spring Boot, WildFly, java.util.logging, Tomcat, WebLogic, AEM.
    (
        "2026-11-21 11:20:00,123 [http-nio-8080-exec-10] [traceId=4bf92f3577b34da6a3ce929d0e0e4736 spanId=00f067aa0ba902b7] ERROR c.e.Orders - failed",
        Some("error"),
    ),
    ("11:20:00.123 [main] WARN  c.e.Orders - slow", Some("warn")),
    ("2026-11-21T11:20:00.123Z ERROR 1 --- [main] c.e.Orders : no", Some("error")),
    ("11:20:00,123 ERROR [org.jboss.as] (main) no", Some("error")),
    ("Nov 21, 2026 11:20:00 AM com.example.Orders handle\nSEVERE: no", Some("error")),
    ("Nov 21, 2026 11:20:00 AM com.example.Orders handle\nFINE: yes", Some("debug")),
    ("21-Nov-2026 11:20:00.123 SEVERE [main] org.apache.catalina.Engine no", Some("error")),
    ("SEVERE: no", Some("error")),
    ("####<Nov 21, 2026 11:20:00 AM UTC> <Error> <HTTP> <host>", Some("error")),
    ("21.11.2026 11:20:00.123 *ERROR* [main] c.e.Orders no", Some("error")),
    ("2026-11-21 11:20:00,123 | WARN  | no | c.e.Orders | main", Some("warn")),
    // .NET: the console, NLog, Serilog.
    ("fail: WebApi.Controllers.TestController[0]", Some("error")),
    ("crit: WebApi[0]", Some("critical")),
    ("warn: WebApi[0]", Some("warn")),
    ("info: WebApi[0]", Some("info")),
    ("dbug: WebApi[0]", Some("debug")),
    ("trce: WebApi[0]", Some("trace")),
    ("2026-11-21 11:20:00.1234|ERROR|Shop.Orders|no", Some("error")),
    ("[11:20:00 ERR] no", Some("error")),
    ("[11:20:00 INF] yes", Some("info")),
    // Python, gunicorn, uvicorn, Celery, Airflow, Tornado, loguru, Scrapy.
    ("ERROR:root:boom", Some("error")),
    ("WARNING:py.warnings:old", Some("warn")),
    ("CRITICAL - root - x", Some("critical")),
    ("2026-11-21 11:20:00,123 - shop.orders - ERROR - no", Some("error")),
    ("[2026-11-21 11:20:00 +0000] [7] [INFO] Booting worker", Some("info")),
    ("INFO:     10.0.0.1:1234 - \"GET /ERROR HTTP/1.1\" 200 OK", Some("info")),
    ("[2026-11-21 11:20:00,123: ERROR/ForkPoolWorker-1] Task shop.pay raised", Some("error")),
    ("[2026-11-21, 11:20:00 UTC] {taskinstance.py:1824} ERROR - Task failed", Some("error")),
    ("[E 261121 11:20:00 web:2162] 500 GET /", Some("error")),
    ("[I 2026-11-21 11:20:00.123 ServerApp] x", Some("info")),
    ("2026-11-21 11:20:00.123 | ERROR    | __main__:f:1 - no", Some("error")),
    ("2026-11-21 11:20:00 [scrapy.core.engine] INFO: Spider opened", Some("info")),
    // Go: logfmt, logrus, zap, zerolog, slog, log15, klog, hclog.
    ("time=\"2026-11-21T11:20:00Z\" level=error msg=\"x\"", Some("error")),
    ("time=x level=debug msg=\"ERROR\"", Some("debug")),
    ("ts=2026-11-21T11:20:00Z caller=main.go:1 level=warn msg=x", Some("warn")),
    ("level=ERROR msg=x", Some("error")),
    ("level=\"error\" msg=x", Some("error")),
    ("t=2026-11-21T11:20:00+0000 lvl=eror msg=no", Some("error")),
    ("severity=ERROR x", Some("error")),
    ("LEVEL:ERROR boom", Some("error")),
    ("msg=\"order refused twice by the bank\" level=error", Some("error")),
    ("level=gold msg=x", None),
    ("ERRO[0000] no", Some("error")),
    ("WARN[0012] slow", Some("warn")),
    ("2026-11-21T11:20:00.123Z\terror\tshop/pay.go:12\tno", Some("error")),
    ("1.795260000123e+09\tINFO\tcontroller\tyes", Some("info")),
    ("shop\tERROR\tno", Some("error")),
    ("11:20AM ERR no error=x", Some("error")),
    ("2026/11/21 11:20:00 ERROR no k=v", Some("error")),
    ("2026/11/21 11:20:00 INFO+2 yes k=v", Some("info")),
    ("E1121 11:20:00.123456       1 reflector.go:138] Failed", Some("error")),
    ("I1121 11:20:00.123456       1 x.go:1] ERROR", Some("info")),
    ("W1121 11:20:00.123456       1 x.go:1] slow", Some("warn")),
    ("F20261121 11:20:00.123456 1 x.cc:1] end", Some("fatal")),
    ("E1121 is a room", None),
    ("2026-11-21T11:20:00.123Z [ERROR] core: no", Some("error")),
    // Ruby, Rails, PHP, Laravel, Rust, Elixir, Node.
    ("E, [2026-11-21T11:20:00.301 #8] ERROR -- : could not reserve", Some("error")),
    ("F, [2026-11-21T11:20:08.500000 #8] FATAL -- : could not start", Some("fatal")),
    ("I, [2026-11-21T11:20:00.301 #8]  INFO -- : x", Some("info")),
    ("PHP Fatal error:  Uncaught Error: no in /a.php:1", Some("fatal")),
    ("[21-Nov-2026 11:20:00 UTC] PHP Warning:  Undefined variable", Some("warn")),
    ("[21-Nov-2026 11:20:00] NOTICE: fpm is running", Some("notice")),
    ("[2026-11-21T11:20:00Z] production.ERROR: boom", Some("error")),
    ("[2026-11-21T11:20:00.123+00:00] app.CRITICAL: boom [] []", Some("critical")),
    ("[2026-11-21T11:20:00Z INFO  shop::pay] yes", Some("info")),
    ("2026-11-21T11:20:00.123456Z ERROR shop::pay: no", Some("error")),
    ("thread 'main' panicked at src/main.rs:1:1:", Some("fatal")),
    ("11:20:00.123 [error] GenServer terminating", Some("error")),
    ("Exception in thread \"main\" java.lang.NoSuchMethodError: x", Some("error")),
    // Servers.
    ("2026/11/21 11:20:00 [error] 12#12: *1 open() failed", Some("error")),
    ("2026/11/21 11:20:00 [emerg] 1#1: bind() failed", Some("emergency")),
    ("[Sat Nov 21 11:20:00.123456 2026] [core:error] [pid 12:tid 34] AH00126: no", Some("error")),
    ("[Sat Nov 21 11:20:00 2026] [:warn] [pid 12] no", Some("warn")),
    ("[WARNING] 325/112000 (1) : Server is DOWN", Some("warn")),
    ("[ALERT]    (1) : no", Some("alert")),
    ("[2026-11-21 11:20:00.123][1][warning][main] [source/server/server.cc:1] no", Some("warn")),
    ("2026-11-21T11:20:00.123456Z\tinfo\tads\tpush", Some("info")),
    ("[2026-11-21 11:20:00,123] INFO [GroupCoordinator 1]: yes (kafka.coordinator)", Some("info")),
    ("[2026-11-21T11:20:00,123][ERROR][o.o.b.Bootstrap] [node] no", Some("error")),
    ("2026-11-21 11:20:00.123 [error] <0.123.0> closing", Some("error")),
    ("[2026/11/21 11:20:00] [ warn] [output:es:es.0] no", Some("warn")),
    ("2026-11-21 11:20:00 +0000 [warn]: #0 no", Some("warn")),
    ("1:M 21 Nov 2026 11:20:00.123 # no", Some("warn")),
    ("1:M 21 Nov 2026 11:20:00.123 * yes", Some("notice")),
    ("2026-11-21T11:20:00.123+0000 E NETWORK  [conn1] no", Some("error")),
    ("2026-11-21T11:20:00.123456Z 12 [ERROR] [MY-010584] [Repl] no", Some("error")),
    ("2026-11-21T11:20:00.123456Z 0 [Warning] [MY-010068] [Server] no", Some("warn")),
    ("2026-11-21T11:20:00.123456Z 0 [Note] yes", Some("info")),
    ("2026-11-21T11:20:00Z E! [outputs.cloudwatchlogs] no", Some("error")),
    ("2026-11-21T11:20:00Z I! Starting", Some("info")),
    ("26/11/21 11:20:00 INFO SparkContext: yes", Some("info")),
    ("[System] [ERROR] [7036] [Service Control Manager] [host] no", Some("error")),
    ("[Application] [INFORMATION] [1] [x] [host] yes", Some("info")),
    ("Nov 21 11:20:00 ip-10-0-0-1 sshd[1]: error: kex_exchange_identification", Some("error")),
    ("web_1  | WARN no", Some("warn")),
    ("[System.Error] no", None),
    ("[2026-11-21T11:20:00.123Z]  WARN: shop/12 on host: no", Some("warn")),
    ("2026-11-21T11:20:00.123Z ERROR request{id=1}: shop: no", Some("error")),
    ("11/21/2026 11:20:00 AM - error: no", Some("error")),
    ("[Nest] 12  - 11/21/2026, 11:20:00 AM     LOG [Boot] yes", None),
    ("DEPRECATION WARNING: old", Some("warn")),
    ("Level: error, no", Some("error")),
    ("*** ERROR *** no", Some("error")),
    ("ERROR[main] no", Some("error")),
    ("261121 11:20:00 [ERROR] no", Some("error")),
    ("2026-11-21 11:20:00.12 spid51      Error: 18456, Severity: 14, State: 8.", Some("error")),
    // Syslog.
    ("<34>1 2026-11-21T11:20:00Z host app 1 ID47 - x", Some("critical")),
    ("<11>Nov 21 11:20:00 host app: x", Some("error")),
    ("<165>1 2026-11-21T11:20:00Z host app - - - x", Some("notice")),
    ("<3>no", Some("error")),
    ("<192>1 x", None),
    ("Nov 21 11:20:00 host app[12]: ERROR no", Some("error")),
    // Lambda.
    ("[ERROR] KeyError: 'x'\nTraceback (most recent call last):", Some("error")),
    ("[ERROR]\t2026-11-21T11:20:00.301Z\t\tno", Some("error")),
];

#[test]
fn lines_of_loggers() {
    check(LINES_OF_LOGGERS, of_text);
}

const LINES_OF_POSTGRESQL: &[(&str, Option<Level>)] = &[
    ("2026-11-21 11:20:00 UTC:10.40.77.242(56266):app@orders:[20474]:ERROR:  canceling statement", Some("error")),
    ("2026-11-21 11:20:00 UTC:10.40.77.242(56266):app@orders:[20474]:STATEMENT:  UPDATE t SET s='ERROR'", None),
    ("2026-11-21 11:20:00 UTC:10.40.77.242(56266):app@orders:[20474]:STATEMENT: UPDATE t SET s = ERROR", None),
    ("2026-11-21 11:20:00 UTC:10.40.77.242(56266):app@orders:[20474]:LOG:  statement: SELECT 'FATAL' AS x", None),
    ("2026-11-21 11:20:00 UTC:10.40.77.242(56266):app@orders:[20474]:DETAIL:  Key (level)=(ERROR) exists", None),
    ("2026-11-21 11:20:00 UTC:10.40.77.242(56266):app@orders:[20474]:HINT:  ERROR", None),
    ("2026-11-21 11:20:00 UTC:10.40.77.242(56266):app@orders:[20474]:CONTEXT:  ERROR", None),
    ("2026-11-21 11:20:00 UTC:[local]:rdsadmin@rdsadmin:[1]:FATAL:  password authentication failed", Some("fatal")),
    (
        "2026-11-21 11:20:00.123 UTC:10.40.77.242(56266):orders_app@orders_production:[20474]:2:57014:2026-11-21 11:00:00 UTC:3/4:0:65.1:worker:ERROR:  canceling",
        Some("error"),
    ),
    ("2026-11-21 11:20:00 UTC::@:[25852]:WARNING:  there is no transaction in progress", Some("warn")),
    ("2026-11-21 11:20:00 UTC::@:[25852]:PANIC:  could not write", Some("fatal")),
    ("2026-11-21 11:20:00 UTC::@:[25852]:NOTICE:  x", Some("notice")),
    ("2026-11-21 11:20:00 UTC::@:[25852]:INFO:  x", Some("info")),
    ("2026-11-21 11:20:00 UTC::@:[25852]:DEBUG3:  x", Some("debug")),
    ("2026-11-21 11:20:00.123 UTC [12] LOG:  statement: SELECT 'FATAL'", None),
    ("2026-11-21 11:20:00.123 UTC [12] app@orders ERROR:  relation \"a\" does not exist", Some("error")),
    ("ERROR:  relation \"a\" does not exist at character 15", Some("error")),
    // Other databases.
    ("# Time: 2026-11-21T11:20:00.123456Z\n# User@Host: app[app]\nSELECT * FROM t WHERE note = 'ERROR';", None),
    ("20261121 11:20:00,ip-10-0-0-1,app,10.40.77.242,12,34,QUERY,orders,'select ERROR',0", None),
];

#[test]
fn lines_of_postgresql() {
    check(LINES_OF_POSTGRESQL, of_text);
}

const COLOURS_HIDE_NO_LEVEL: &[(&str, Option<Level>)] = &[
    ("\u{1b}[31mERROR\u{1b}[0m cannot connect", Some("error")),
    (
        "\u{1b}[2m2026-06-19T21:50:21.931142Z\u{1b}[0m \u{1b}[31mERROR\u{1b}[0m \u{1b}[2moxen\u{1b}[0m\u{1b}[2m:\u{1b}[0m failed",
        Some("error"),
    ),
    (
        "\u{1b}[41m\u{1b}[1m\u{1b}[37mfail\u{1b}[39m\u{1b}[22m\u{1b}[49m: WebApi.Controllers.TestController[0]",
        Some("error"),
    ),
    (
        "\u{1b}[32m[Nest] 1  - \u{1b}[39m11/21/2026, 11:20:00 AM \u{1b}[31m  ERROR\u{1b}[39m \u{1b}[38;5;3m[Boot] \u{1b}[39m\u{1b}[31mbad\u{1b}[39m",
        Some("error"),
    ),
    ("#033[31mERROR#033[0m x", Some("error")),
    (r"\u001b[31mERROR\u001b[0m x", Some("error")),
    ("\u{1b}[90m11:20AM\u{1b}[0m \u{1b}[1m\u{1b}[31mERR\u{1b}[0m\u{1b}[0m no", Some("error")),
];

#[test]
fn colours_hide_no_level() {
    check(COLOURS_HIDE_NO_LEVEL, of_text);
}

const WORDS_OF_MESSAGES_ARE_NO_LEVELS: &[(&str, Option<Level>)] = &[
    ("GET /api/ERROR HTTP/1.1", None),
    ("DEBUG=false starting", None),
    ("customer \"INFO SYSTEMS LTD\"", None),
    ("user pressed DEBUG button", None),
    ("[21/Nov/2026 11:20:00] \"GET /INFO HTTP/1.1\" 200", None),
    ("\"GET /INFO HTTP/1.1\" 200", None),
    ("SELECT * FROM t WHERE level = 'ERROR'", None),
    ("INSERT INTO t VALUES ('ERROR')", None),
    ("SELECT ERROR FROM t", None),
    ("GET ERROR", None),
    ("an error and some info", None),
    ("no ERROR at all", None),
    ("ERROR_COUNT is 3", None),
    ("Errors: 0, Warnings: 2", None),
    ("x-ERROR: 5", None),
    ("error_page 404", None),
    ("errors=5 level_count=3", None),
    ("trace: 1-5e6722a7-cc2xmpl46db7ae98d2da2f4b", None),
    ("action=DEBUG user=bob", None),
    ("set the level to ERROR", None),
    ("started in INFO", None),
    ("the job ended with ERROR 5", None),
    ("msg=\"level=error\" x=1", None),
    ("https://example.com/ERROR", None),
    ("/var/log/INFO.txt opened", None),
    ("worker [3] began", None),
    ("FOO BAR", None),
    ("", None),
    ("é", None),
    ("[", None),
    ("\"", None),
    ("{", None),
    // What is no JSON any more: a member of an object within is not the line's.
    (r#"{"metric": NaN, "tags": {"service":"pay","level":"ERROR"}}"#, None),
    (r#"undefined,"peer":{"requestId":"r","level":"fatal"}}"#, None),
    (r#"{"metric":"latency","value":NaN,"level":"ERROR"}"#, Some("error")),
    ("{'level': 'ERROR', 'n': 1}", Some("error")),
    ("{level:\"ERROR\"}", Some("error")),
    (r#"{"a":{"level":"ERROR"},"b":"#, None),
    (r#"{"level":50,"msg":"cut"#, Some("error")),
];

#[test]
fn words_of_messages_are_no_levels() {
    check(WORDS_OF_MESSAGES_ARE_NO_LEVELS, of_text);
    let far = format!("{}é ERROR", "1 ".repeat(512));
    assert_eq!(of_text(&far), None);
}

//! What people and programs get, as files to look at in `golden/`.
//!
//! `UPDATE_EXPECT=1` writes them anew: read what changed before you commit it.

use std::fs;
use std::path::PathBuf;

use logweir_alarms::message::{Links, Message, render, render_group};
use logweir_alarms::{AlarmState, Line, Notification, Severity, Transition};
use serde_json::Value;

/// 2026-11-21T11:20:00Z.
const TIME: i64 = 1_795_260_000_000;

#[expect(clippy::disallowed_methods, reason = "whoever runs the test says so, as with any snapshot test")]
fn update() -> bool {
    std::env::var_os("UPDATE_EXPECT").is_some()
}

fn links() -> Links {
    Links {
        region: "eu-central-1".to_owned(),
        dashboards_url: Some("https://search.example/_dashboards".to_owned()),
        account: Some("123456789012".to_owned()),
    }
}

fn line(index: i64, message: &str) -> Line {
    Line {
        timestamp: TIME + index * 41_500,
        id: format!("{:056}", 36_000 + index),
        owner: "123456789012".to_owned(),
        log_group: "/app/web".to_owned(),
        log_stream: "i-0f3a1b2c".to_owned(),
        message: message.to_owned(),
    }
}

fn alarm() -> Notification {
    let paths = ["/admin", "/wp-login.php", "/.env", "/phpmyadmin"];
    let lines: Vec<_> = (0..)
        .zip(paths)
        .map(|(index, path)| {
            let message =
                format!("203.0.113.7 - frank [21/Nov/2026:11:2{}:00 +0000] \"GET {path} HTTP/1.1\" 404 153", index / 2);
            line(index, &message)
        })
        .collect();
    let timestamp = lines[3].timestamp;
    Notification {
        notification_id: "too-many-404/[\"frank\"]/7/1795260124500".to_owned(),
        alarm: "too-many-404".to_owned(),
        description: "More than three pages were not found".to_owned(),
        severity: Severity::High,
        runbook: Some("https://wiki.example/404".to_owned()),
        topic: None,
        group: vec![("$user".to_owned(), "frank".to_owned())],
        condition: "count > 3 in 5 minutes".to_owned(),
        transition: Transition {
            number: 7,
            previous: AlarmState::Ok,
            state: AlarmState::Alarm,
            timestamp,
            value: Some(4.0),
            is_at_least: true,
            window: (timestamp - 300_000, timestamp),
        },
        repeat: 0,
        superseded: 0,
        lines,
    }
}

fn ok() -> Notification {
    let transition = Transition {
        number: 8,
        previous: AlarmState::Alarm,
        state: AlarmState::Ok,
        timestamp: TIME + 360_000,
        value: Some(3.0),
        is_at_least: false,
        window: (TIME + 60_000, TIME + 360_000),
    };
    let notification_id = "too-many-404/[\"frank\"]/8/1795260360000".to_owned();
    Notification { notification_id, transition, lines: Vec::new(), ..alarm() }
}

fn silence() -> Notification {
    Notification {
        notification_id: "payments-quiet/[]/1/1795260000000".to_owned(),
        alarm: "payments-quiet".to_owned(),
        description: "The payments service says nothing".to_owned(),
        severity: Severity::Critical,
        runbook: None,
        topic: Some("payments".to_owned()),
        group: Vec::new(),
        condition: "count < 1 in 10 minutes".to_owned(),
        transition: Transition {
            number: 1,
            previous: AlarmState::InsufficientData,
            state: AlarmState::Alarm,
            timestamp: TIME,
            value: None,
            is_at_least: false,
            window: (TIME - 600_000, TIME),
        },
        repeat: 2,
        superseded: 0,
        lines: Vec::new(),
    }
}

/// What somebody writes who knows that people read it.
fn hostile() -> Notification {
    let mut hostile = alarm();
    hostile.group = vec![
        ("$.user".to_owned(), "frank\r\nBcc: all@example.com\n\nState: OK".to_owned()),
        ("$.path".to_owned(), "/\u{202e}gpj.exe?q=`<!channel>`&é=😀".to_owned()),
    ];
    hostile.lines = vec![
        line(
            0,
            "java.lang.IllegalStateException: no\n\tat com.example.A.b(A.java:12)\r\n\nState:     OK since never\n",
        ),
        line(1, "\u{1b}[31mred\u{1b}[0m ``` <!channel> <https://evil.example|the runbook> \u{0}\u{85}\u{ffff}"),
        line(2, &format!("{{\"message\":\"{}\"}}", "long ".repeat(1_000))),
    ];
    hostile
}

fn storm() -> Vec<Notification> {
    let mut storm: Vec<_> = (0..12)
        .map(|number| {
            let mut alarm = alarm();
            alarm.notification_id = format!("too-many-404/[\"user-{number}\"]/1/1795260124500");
            alarm.group[0].1 = format!("user-{number}");
            alarm.lines.truncate(1);
            alarm
        })
        .collect();
    storm.push(silence());
    storm.insert(0, ok());
    storm
}

/// With line breaks, its fields in the order in which they are.
fn pretty(json: &str) -> String {
    let mut pretty = String::new();
    let (mut depth, mut is_text, mut is_escaped) = (0, false, false);
    for character in json.chars() {
        let is_mark = !is_text;
        if is_mark && matches!(character, '}' | ']') {
            depth -= 1;
            pretty.push('\n');
            pretty.push_str(&"  ".repeat(depth));
        }
        pretty.push(character);
        if is_mark && matches!(character, '{' | '[' | ',') {
            depth += usize::from(character != ',');
            pretty.push('\n');
            pretty.push_str(&"  ".repeat(depth));
        } else if is_mark && character == ':' {
            pretty.push(' ');
        }
        is_text ^= character == '"' && !is_escaped;
        is_escaped = is_text && character == '\\' && !is_escaped;
    }
    let read = |json: &str| serde_json::from_str::<Value>(json).expect("a JSON document");
    assert_eq!(read(&pretty), read(json));
    pretty + "\n"
}

/// The files of a message.
fn files(message: &Message) -> Vec<(&'static str, String)> {
    let body: Value = serde_json::from_str(&message.body).expect("a JSON document");
    let text = |protocol: &str| body[protocol].as_str().expect("a text").to_owned();
    let attributes: Vec<_> = message.attributes.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    vec![
        ("email.txt", format!("Subject: {}\n\n{}", message.subject, text("email"))),
        ("sms.txt", text("sms") + "\n"),
        ("attributes.txt", attributes.concat()),
        ("document.json", pretty(&text("https"))),
        ("chat.json", pretty(&message.chat)),
    ]
}

#[test]
fn messages_are_what_the_files_show() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut differing = Vec::new();
    for (name, message) in [
        ("alarm", render(&alarm(), &links())),
        ("ok", render(&ok(), &links())),
        ("silence-told-again", render(&silence(), &links())),
        ("hostile", render(&hostile(), &links())),
        ("storm", render_group(&storm(), &links())),
    ] {
        for (ending, made) in files(&message) {
            let path = folder.join(format!("{name}.{ending}"));
            if update() {
                fs::write(&path, &made).expect("the file can be written");
            }
            if fs::read_to_string(&path).unwrap_or_default() != made {
                differing.push(format!("{name}.{ending}"));
            }
        }
    }
    assert!(differing.is_empty(), "not what is rendered, run with UPDATE_EXPECT=1: {differing:?}");
}

#[test]
fn readers_and_programs_get_their_own_texts() {
    let message = render(&alarm(), &links());
    let body: Value = serde_json::from_str(&message.body).unwrap();
    assert_eq!(body["default"], body["email"]);
    assert_eq!(body["sms"], body["application"]);
    for protocol in ["email-json", "http", "lambda", "sqs", "firehose"] {
        assert_eq!(body[protocol], body["https"]);
    }
}

#[test]
fn an_episode_is_one_thread() {
    let thread = |notification: &Notification| {
        let chat: Value = serde_json::from_str(&render(notification, &links()).chat).unwrap();
        chat["metadata"]["threadId"].as_str().unwrap().to_owned()
    };
    let mut next = alarm();
    next.transition.number = 9;
    assert_eq!(thread(&alarm()), thread(&ok()));
    assert_ne!(thread(&alarm()), thread(&next));
}

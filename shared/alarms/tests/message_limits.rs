//! Whatever a notification holds, its message is one that SNS takes.

use logweir_alarms::message::{
    Links, MAX_MESSAGE_BYTES, MAX_SMS_CHARACTERS, MAX_SUBJECT_CHARACTERS, Message, render, render_group,
};
use logweir_alarms::{AlarmState, Line, Notification, Severity, Transition};
use serde_json::Value;

const PIECES: [&str; 24] = [
    "\n",
    "\r\n",
    "\"",
    "\\",
    "\u{0}",
    "\u{1b}[31m",
    "\u{202e}",
    "\u{2028}",
    "\u{ffff}",
    "é",
    "😀",
    "👩‍🚒",
    "```",
    "<!channel>",
    "{",
    "~",
    "'",
    " ",
    "word ",
    "a",
    "0",
    "/",
    "$",
    "\u{e0001}",
];
const STATES: [AlarmState; 3] = [AlarmState::Ok, AlarmState::Alarm, AlarmState::InsufficientData];

/// A text of at most about so many bytes: of pieces, of one piece, or of ordinary letters.
fn text(random: &mut fastrand::Rng, bytes: usize) -> String {
    let bytes = random.usize(..=bytes);
    let piece = random.choice(PIECES).expect("one of them");
    let kind = random.u8(..3);
    let mut text = String::new();
    while text.len() < bytes {
        match kind {
            0 => text.push_str(random.choice(PIECES).expect("one of them")),
            1 => text.push_str(piece),
            _ => text.push(random.alphanumeric()),
        }
    }
    text
}

fn number(random: &mut fastrand::Rng) -> f64 {
    random
        .choice([0.0, -0.0, 4.0, 0.1 + 0.2, -1e300, f64::MIN_POSITIVE, f64::NAN, f64::INFINITY, 1e18])
        .expect("one of them")
}

/// `size` is that of its texts; those of lines are at least 1,000 bytes.
fn notification(random: &mut fastrand::Rng, size: usize) -> Notification {
    let lines = random.usize(..=20);
    Notification {
        notification_id: text(random, size),
        alarm: text(random, size),
        description: text(random, size),
        severity: random.choice(Severity::ALL).expect("one of them"),
        runbook: random.bool().then(|| text(random, size)),
        topic: None,
        group: (0..random.usize(..6)).map(|_| (text(random, size), text(random, size))).collect(),
        condition: text(random, size),
        transition: Transition {
            number: random.u64(..),
            previous: random.choice(STATES).expect("one of them"),
            state: random.choice(STATES).expect("one of them"),
            timestamp: random.i64(..),
            value: random.bool().then(|| number(random)),
            is_at_least: random.bool(),
            window: (random.i64(..), random.i64(..)),
        },
        repeat: random.u32(..3),
        superseded: 0,
        lines: (0..lines)
            .map(|_| Line {
                timestamp: random.i64(..),
                id: text(random, size),
                owner: text(random, size),
                log_group: text(random, size),
                log_stream: text(random, size),
                message: text(random, size.max(1_000)),
            })
            .collect(),
    }
}

fn links(random: &mut fastrand::Rng) -> Links {
    Links {
        region: if random.bool() { "eu-central-1".to_owned() } else { text(random, 100) },
        dashboards_url: random.bool().then(|| format!("https://search.example/{}", text(random, 50))),
        account: random.bool().then(|| "123456789012".to_owned()),
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn string(value: &Value) -> &str {
    value.as_str().expect("a string")
}

/// What SQS takes, which is least: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>.
fn is_taken(character: char) -> bool {
    matches!(character, '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// What holds for every message; the answer is the document.
fn check(message: &Message) -> Value {
    let Message { subject, body, attributes, chat, .. } = message;
    let first = subject.chars().next().expect("a subject");
    assert!(first.is_ascii_alphanumeric(), "{subject:?}");
    assert!(
        subject.len() <= MAX_SUBJECT_CHARACTERS && subject.bytes().all(|byte| (b' '..=b'~').contains(&byte)),
        "{subject:?}"
    );

    let attribute_bytes: usize = attributes.iter().map(|(name, value)| name.len() + value.len() + 6).sum();
    assert!(subject.len() + body.len() + attribute_bytes <= MAX_MESSAGE_BYTES, "{}", body.len());
    assert!(attributes.len() <= 10 && attributes.iter().all(|(_, value)| !value.is_empty()), "{attributes:?}");

    let texts = json(body);
    for protocol in ["email", "sms", "https"] {
        let text = string(&texts[protocol]);
        assert!(text.chars().all(is_taken), "{protocol}: {text:?}");
    }
    assert!(string(&texts["sms"]).bytes().all(|byte| (b' '..=b'~').contains(&byte) && !b"[]{}|\\^~`".contains(&byte)));
    assert!(string(&texts["sms"]).len() <= MAX_SMS_CHARACTERS);

    let chat = json(chat);
    let description = string(&chat["content"]["description"]);
    assert!(description.chars().count() <= 3_000, "{}", description.chars().count());
    assert!(description.matches("```").count() <= 2, "{description}");
    assert!(string(&chat["content"]["title"]).chars().count() <= 150);
    let calls = |text: &str| text.match_indices('<').any(|(at, _)| !text[at + 1..].starts_with([' ', '=']));
    assert!(!calls(&chat["content"].to_string()) && !calls(&chat["metadata"].to_string()), "{chat}");
    json(string(&texts["https"]))
}

/// No line of the text but the first looks like one of the message's own, unless it is.
fn check_text(message: &Message, notification: &Notification) {
    let texts = json(&message.body);
    let text = string(&texts["email"]);
    for own in ["State:", "Severity:", "Value:", "Condition:", "Window:"] {
        assert_eq!(text.lines().filter(|line| line.starts_with(own)).count(), 1, "{own} of {text}");
    }
    let groups = text.lines().filter(|line| line.starts_with("Group:")).count();
    assert_eq!(groups, notification.group.len());
}

#[test]
fn any_notification_becomes_a_message() {
    for seed in 0..60 {
        let mut random = fastrand::Rng::with_seed(seed);
        let size = random.choice([10, 100, 100, 1_000, 3_000]).unwrap();
        let (notification, links) = (notification(&mut random, size), links(&mut random));
        let message = render(&notification, &links);
        assert_eq!(message, render(&notification, &links), "the same bytes again");
        let document = check(&message);
        check_text(&message, &notification);
        let shown = document["lines"].as_array().unwrap().len();
        let left_out = usize::try_from(document["lines_left_out"].as_u64().unwrap_or(0)).unwrap();
        assert_eq!(shown + left_out, notification.lines.len());
        assert_eq!(document["state"], notification.transition.state.as_str());
        assert_eq!(document["timestamp"], notification.transition.timestamp);
        if size <= 100 {
            assert_eq!(document["notification_id"], notification.notification_id);
            assert_eq!(left_out, 0, "there is room for ordinary lines");
        }
    }
}

#[test]
fn any_storm_becomes_a_message() {
    for seed in 0..20 {
        let mut random = fastrand::Rng::with_seed(seed);
        let (number, size) =
            random.choice([(0, 0), (1, 1_000), (2, 1_000), (20, 1_000), (30, 100), (250, 10)]).unwrap();
        let storm: Vec<_> = (0..number).map(|_| notification(&mut random, size)).collect();
        let links = links(&mut random);
        let message = render_group(&storm, &links);
        assert_eq!(message, render_group(&storm, &links), "the same bytes again");
        let document = check(&message);
        let listed = document["notifications"].as_array().unwrap().len();
        let left_out = usize::try_from(document["notifications_left_out"].as_u64().unwrap_or(0)).unwrap();
        assert_eq!((message.listed, listed + left_out), (listed, number));
        assert!(number == 0 || listed > 0, "a caller that renders the others again comes to an end");
    }
}

/// Twenty lines of 1,000 bytes of ordinary text are all there, whole.
#[test]
fn ordinary_lines_stay_whole() {
    let mut random = fastrand::Rng::with_seed(1);
    let mut notification = notification(&mut random, 20);
    let line = Line {
        timestamp: 0,
        id: "3".repeat(56),
        owner: "1".repeat(12),
        log_group: "/app/web".to_owned(),
        log_stream: "i-1".to_owned(),
        message: "word ".repeat(200),
    };
    notification.lines = vec![line; 20];
    let document = check(&render(&notification, &links(&mut random)));
    let lines = document["lines"].as_array().unwrap();
    assert!(lines.len() == 20 && lines.iter().all(|line| line["message"].as_str().unwrap().len() == 1_000));
}

/// Two megabytes in one line, and ten thousand lines, cost what copying them costs.
#[test]
fn there_is_no_end_to_what_is_taken() {
    let mut random = fastrand::Rng::with_seed(2);
    let mut notification = notification(&mut random, 100);
    let message = "\u{1}".repeat(2 << 20);
    let line = Line {
        timestamp: 0,
        id: String::new(),
        owner: String::new(),
        log_group: "/a".to_owned(),
        log_stream: String::new(),
        message,
    };
    notification.lines = vec![line.clone()];
    check(&render(&notification, &links(&mut random)));
    notification.lines = vec![Line { message: "\"".repeat(1_000), ..line }; 10_000];
    let document = check(&render(&notification, &links(&mut random)));
    let shown = document["lines"].as_array().unwrap().len();
    assert_eq!(document["lines_left_out"], 10_000 - shown);
}

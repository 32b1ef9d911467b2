//! How people are told: a [`Notification`] as the message that SNS takes.
//!
//! One `Publish` holds a text for each protocol (`MessageStructure` is `json`): `default` and `email` are a readable text, `sms` and
//! `application` (a mobile's notification) one line of at most [`MAX_SMS_CHARACTERS`], and all other protocols get a JSON document,
//! whose fields `message/document.rs` tells. AWS's chat service wants a schema of its own as the whole message: [`Message::chat`]
//! goes to a topic of its own.
//!
//! Everything fits: SNS takes 262,144 bytes with all protocols' texts and attributes
//! (<https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>), and [`MAX_MESSAGE_BYTES`] is below. Lines are shortened first, then
//! left out from the newest on, and a message says how many; last, all other texts are shortened. What is rendered depends on nothing
//! but its arguments: a message that is published again has the same bytes.

mod attributes;
mod chat;
mod document;
mod encoding;
mod extent;
mod group;
mod links;
mod readable;
mod short;
mod text;

use serde::Serialize;

use crate::Notification;
use extent::{Extent, Shown, most};
pub use group::render_group;
pub use links::Links;
use links::Urls;

/// How many bytes body, subject and attributes have together at most: 240 of SNS's 256 KiB.
pub const MAX_MESSAGE_BYTES: usize = 240 * 1024;

/// How many characters, all of them ASCII, the text for SMS has at most.
pub const MAX_SMS_CHARACTERS: usize = 140;

/// How many characters, all of them ASCII, a subject has at most: SNS wants less than 100.
pub const MAX_SUBJECT_CHARACTERS: usize = 99;

/// What is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// `Subject`: printable ASCII that begins with a letter or digit.
    pub subject: String,
    /// `Message`, with `MessageStructure` `json`.
    pub body: String,
    /// `MessageAttributes`, all of type `String`: what filter policies can ask for.
    pub attributes: Vec<(&'static str, String)>,
    /// The whole message for the topic of AWS's chat service, without `MessageStructure`.
    pub chat: String,
    /// How many notifications, from the first on, the body's documents hold: 1, or what of a group there was room for.
    pub listed: usize,
}

/// Renders one notification.
pub fn render(notification: &Notification, links: &Links) -> Message {
    const LINE_BYTES: [usize; 6] = [4_096, 1_000, 700, 500, 250, 100];
    const CHARACTERS: [usize; 3] = [1_024, 200, 50];
    let urls = Urls::new(notification, links);
    let make = |extent| single(notification, &Shown::new(notification, urls.clone(), extent)).fit();
    let [characters, fewer @ ..] = CHARACTERS;
    let all = notification.lines.len();
    let whole = LINE_BYTES.iter().find_map(|&line_bytes| make(Extent { lines: all, line_bytes, characters }));
    let [.., line_bytes] = LINE_BYTES;
    whole
        .or_else(|| most(all, |lines| make(Extent { lines, line_bytes, characters })))
        .or_else(|| fewer.iter().find_map(|&characters| make(Extent { lines: 0, line_bytes, characters })))
        // Not reached: the test of hostile notifications says so.
        .unwrap_or_else(|| {
            let least = Extent { lines: 0, line_bytes, characters: 20 };
            single(notification, &Shown::new(notification, Urls::default(), least)).finish()
        })
}

fn single(notification: &Notification, shown: &Shown) -> Draft {
    Draft {
        subject: short::subject(&shown.notification),
        text: readable::text(shown),
        sms: short::sms(&shown.notification),
        document: document::single(shown),
        attributes: attributes::of(&[notification]),
        chat: chat::single(shown),
        listed: 1,
    }
}

/// A message before its texts are put together.
struct Draft {
    subject: String,
    text: String,
    sms: String,
    document: String,
    attributes: Vec<(&'static str, String)>,
    chat: String,
    listed: usize,
}

impl Draft {
    /// The message, if SNS takes it.
    fn fit(self) -> Option<Message> {
        // Told before much too long texts are written many times: put together they do not become shorter.
        if DOCUMENTS * self.document.len() + TEXTS * self.text.len() > MAX_MESSAGE_BYTES {
            return None;
        }
        let message = self.finish();
        // A data type is told with each attribute: `String`.
        let attributes: usize = message.attributes.iter().map(|(name, value)| name.len() + value.len() + 6).sum();
        let length = message.subject.len() + message.body.len() + attributes;
        (length <= MAX_MESSAGE_BYTES && message.chat.len() <= MAX_MESSAGE_BYTES).then_some(message)
    }

    fn finish(self) -> Message {
        let Self { subject, text, sms, document, attributes, chat, listed } = self;
        Message { subject, body: body(&text, &sms, &document), attributes, chat, listed }
    }
}

/// How many protocols get the document.
const DOCUMENTS: usize = 6;
/// How many get the readable text.
const TEXTS: usize = 2;

/// The texts of the protocols, by SNS's names of them.
#[derive(Serialize)]
struct Body<'t> {
    default: &'t str,
    email: &'t str,
    sms: &'t str,
    application: &'t str,
    #[serde(rename = "email-json")]
    email_json: &'t str,
    http: &'t str,
    https: &'t str,
    lambda: &'t str,
    sqs: &'t str,
    firehose: &'t str,
}

fn body(text: &str, sms: &str, document: &str) -> String {
    document::json(&Body {
        default: text,
        email: text,
        sms,
        // A mobile's notification is 4 KB at most, of which people see a line.
        application: sms,
        email_json: document,
        http: document,
        https: document,
        lambda: document,
        sqs: document,
        firehose: document,
    })
}

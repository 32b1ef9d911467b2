//! Messages published to SNS.

mod topics;

use aws_sdk_sns::Client;
use aws_sdk_sns::config::Region;
use aws_sdk_sns::operation::publish::builders::PublishFluentBuilder;
use aws_sdk_sns::types::MessageAttributeValue;
use logweir_alarms::Notification;
use logweir_alarms::message::Message;
use logweir_aws_support::{CallError, configuration, retry};
use logweir_lambda_support::Deadline;
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;

pub(crate) use topics::check_topic_arn;
pub use topics::{NoTopicArn, TopicProblem, Topics};

/// What a message looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A text for each protocol: `MessageStructure: json`.
    Protocols,
    /// The one schema that AWS's chat service takes, as the whole message.
    Chat,
}

/// What tells a FIFO topic which messages are in order, and which are the same:
/// <https://docs.aws.amazon.com/sns/latest/dg/fifo-message-dedup.html>.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sequence {
    group: String,
    deduplication: String,
}

impl Sequence {
    /// Of a message about one notification or more. Told again after a while is another message, a repeat is not.
    pub(crate) fn of<'n>(notifications: impl IntoIterator<Item = &'n Notification>) -> Self {
        let (mut group, mut digest) = (None::<&str>, Sha256::new());
        for Notification { notification_id, alarm, repeat, .. } in notifications {
            let is_another = group.is_some_and(|first| first != alarm);
            group = Some(if is_another { "several-alarms" } else { alarm });
            digest.update(format!("{}:{notification_id}{repeat};", notification_id.len()));
        }
        Self { group: group.unwrap_or("no-alarm").to_owned(), deduplication: format!("{:x}", digest.finalize()) }
    }
}

/// A message that could not be published.
#[derive(Debug, thiserror::Error)]
#[error("nothing could be published to {topic}: {cause}{}", advice(.cause))]
pub(crate) struct PublishError {
    topic: String,
    cause: CallError,
}

impl PublishError {
    /// Whether the same call may succeed soon. What is not so needs a person, and waits for one: it may succeed then.
    pub(crate) fn is_retryable(&self) -> bool {
        self.cause.is_retryable()
    }
}

fn advice(cause: &CallError) -> &'static str {
    match cause.code() {
        "AuthorizationError" | "AuthorizationErrorException" => {
            " (the role must be allowed sns:Publish on it, and its policy must not deny it)"
        }
        "NotFound" | "NotFoundException" => " (create it, or name another in TOPIC_ARNS)",
        code if code.starts_with("KMS") => {
            " (the role must be allowed kms:GenerateDataKey and kms:Decrypt with the topic's key, which must be enabled)"
        }
        _ => "",
    }
}

/// SNS; the client is made when the first message is published.
#[derive(Debug, Default)]
pub(crate) struct Publisher {
    client: OnceCell<Client>,
}

impl Publisher {
    /// Publishes a message, with back-off until `deadline` where that can help.
    pub(crate) async fn publish(
        &self,
        topic_arn: &str,
        message: &Message,
        form: Form,
        sequence: &Sequence,
        deadline: Deadline,
    ) -> Result<(), PublishError> {
        let client = self.client.get_or_init(|| async { Client::new(configuration().await) }).await;
        let request = request(client, topic_arn, message, form, sequence);
        let sent = retry(deadline, || async {
            let request = request.clone();
            let sent = match other_region(client, topic_arn) {
                Some(region) => {
                    let there = aws_sdk_sns::config::Builder::new().region(region);
                    Box::pin(request.customize().config_override(there).send()).await
                }
                None => Box::pin(request.send()).await,
            };
            sent.map_err(|error| CallError::of(&error))
        });
        match Box::pin(sent).await {
            Ok(published) => {
                tracing::info!(topic = topic_arn, id = published.message_id(), subject = message.subject, "published");
                Ok(())
            }
            Err(cause) => Err(PublishError { topic: topic_arn.to_owned(), cause }),
        }
    }
}

/// The region of a topic that is not the client's: SNS publishes to topics of the region that is asked.
fn other_region(client: &Client, topic_arn: &str) -> Option<Region> {
    let region = topic_arn.split(':').nth(3)?;
    let is_other = client.config().region().is_none_or(|own| own.as_ref() != region);
    is_other.then(|| Region::new(region.to_owned()))
}

fn request(
    client: &Client,
    topic_arn: &str,
    message: &Message,
    form: Form,
    sequence: &Sequence,
) -> PublishFluentBuilder {
    let mut request = client.publish().topic_arn(topic_arn);
    request = match form {
        Form::Protocols => request.message(&message.body).message_structure("json").subject(&message.subject),
        Form::Chat => request.message(&message.chat),
    };
    // SNS refuses an attribute without a value.
    for (name, value) in message.attributes.iter().filter(|(_, value)| !value.is_empty()) {
        let value = MessageAttributeValue::builder().data_type("String").string_value(value).build();
        // The type is there, which is all that it can lack.
        if let Ok(value) = value {
            request = request.message_attributes(*name, value);
        }
    }
    if topics::is_fifo(topic_arn) {
        request = request.message_group_id(&sequence.group).message_deduplication_id(&sequence.deduplication);
    }
    request
}

#[cfg(test)]
mod tests {
    use aws_sdk_sns::config::BehaviorVersion;

    use super::*;
    use crate::testing::notification;

    fn message() -> Message {
        Message {
            subject: "ALARM: too-many-404".to_owned(),
            body: r#"{"default":"text"}"#.to_owned(),
            attributes: vec![("alarm", "too-many-404".to_owned()), ("owner", String::new())],
            chat: r#"{"version":"1.0"}"#.to_owned(),
            listed: 1,
        }
    }

    fn client() -> Client {
        let config = aws_sdk_sns::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-west-1"))
            .build();
        Client::from_conf(config)
    }

    #[test]
    fn each_protocol_has_its_text_and_chat_the_whole_message() {
        let sequence = Sequence::of([&notification("too-many-404", 1)]);
        let arn = "arn:aws:sns:eu-west-1:123456789012:high";
        let request = |form| super::request(&client(), arn, &message(), form, &sequence);
        let protocols = request(Form::Protocols);
        let input = protocols.as_input();
        assert_eq!(input.get_message_structure().as_deref(), Some("json"));
        assert_eq!(input.get_subject().as_deref(), Some("ALARM: too-many-404"));
        assert_eq!(input.get_message().as_deref(), Some(r#"{"default":"text"}"#));
        let attributes = input.get_message_attributes().as_ref().expect("attributes");
        assert_eq!(attributes.len(), 1, "one without a value is left out");
        assert_eq!(attributes["alarm"].string_value(), Some("too-many-404"));
        assert_eq!((input.get_message_group_id(), input.get_message_deduplication_id()), (&None, &None));

        let chat = request(Form::Chat);
        let input = chat.as_input();
        assert_eq!((input.get_message_structure(), input.get_subject()), (&None, &None));
        assert_eq!(input.get_message().as_deref(), Some(r#"{"version":"1.0"}"#));
    }

    #[test]
    fn a_fifo_topic_knows_a_repeat() {
        let arn = "arn:aws:sns:eu-west-1:123456789012:high.fifo";
        let first = notification("too-many-404", 1);
        let request = request(&client(), arn, &message(), Form::Protocols, &Sequence::of([&first]));
        assert_eq!(request.as_input().get_message_group_id().as_deref(), Some("too-many-404"));
        let id = request.as_input().get_message_deduplication_id().clone().expect("an id");
        assert!(id.len() <= 128 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()));

        assert_eq!(Sequence::of([&first]), Sequence::of([&first.clone()]));
        let again = Notification { repeat: 1, ..first.clone() };
        assert_ne!(Sequence::of([&first]), Sequence::of([&again]), "told again is another message");
        let other = notification("other", 1);
        assert_eq!(Sequence::of([&first, &other]).group, "several-alarms");
        assert_ne!(Sequence::of([&first, &other]).deduplication, Sequence::of([&other]).deduplication);
    }

    #[test]
    fn a_topic_is_asked_in_its_region() {
        assert_eq!(other_region(&client(), "arn:aws:sns:eu-west-1:123456789012:high"), None);
        let other = other_region(&client(), "arn:aws:sns:us-east-1:123456789012:high");
        assert_eq!(other.expect("another").as_ref(), "us-east-1");
    }

    #[test]
    fn who_may_not_publish_reads_what_to_do() {
        let error =
            |code| PublishError { topic: "arn".to_owned(), cause: CallError::new(code, "refused".to_owned(), false) };
        for (code, told) in [("AuthorizationError", "sns:Publish"), ("NotFound", "TOPIC_ARNS"), ("KMSDisabled", "kms:")]
        {
            assert!(error(code).to_string().contains(told), "{}", error(code));
            assert!(!error(code).is_retryable());
        }
    }
}

//! What is kept beside alarms: how many messages topics got, and the last good rules.

use aws_sdk_dynamodb::types::ReturnValue;
use logweir_rules_source::{BoxError, LastGood};

use super::item::{compressed, key, number, read_compressed, read_number, read_text, text};
use super::keys::{alarm_pk, digest};
use super::{Store, StoreError, Updated};

/// How long the count of a minute is kept, in seconds.
const KEPT: i64 = 3_600;
const RULES: (&str, &str) = ("rules", "last-good");

impl LastGood for Store {
    async fn load(&self) -> Result<Option<String>, BoxError> {
        Ok(self.last_good().await?)
    }

    async fn keep(&self, rules: &str) -> Result<(), BoxError> {
        Ok(self.keep_last_good(rules).await?)
    }
}

impl Store {
    /// Counts `add` more messages of a topic in a minute (since 1970); the answer is how many there are then. After a lost answer they
    /// count twice: a storm is grouped somewhat sooner.
    pub(crate) async fn topic_count(&self, topic: &str, minute: i64, add: u32) -> Result<u32, StoreError> {
        let request = self
            .update(key(format!("topic/{topic}"), minute.to_string()))
            .await
            .update_expression("ADD #count :add SET #expires = :expires")
            .expression_attribute_names("#count", "count")
            .expression_attribute_names("#expires", "expires")
            .expression_attribute_values(":add", number(add))
            .expression_attribute_values(":expires", number(minute * 60 + KEPT))
            .return_values(ReturnValue::UpdatedNew);
        match self.send_update("counting messages", &request).await? {
            Updated::Done(item) => {
                read_number(&item, "count").map_err(|reason| self.unreadable(format!("topic/{topic} {minute}"), reason))
            }
            // There is no condition.
            Updated::Refused(_) => Ok(add),
        }
    }

    /// Since when an alarm with this definition is known, in milliseconds since 1970: `now`, if it is not.
    pub(crate) async fn known_since(&self, alarm: &str, fingerprint: &str, now: i64) -> Result<i64, StoreError> {
        let request = self
            .update(key(alarm_pk(alarm), format!("since/{fingerprint}")))
            .await
            .update_expression("SET #since = if_not_exists(#since, :now)")
            .expression_attribute_names("#since", "since")
            .expression_attribute_values(":now", number(now))
            .return_values(ReturnValue::AllNew);
        match self.send_update("noting when an alarm began", &request).await? {
            Updated::Done(item) => read_number(&item, "since")
                .map_err(|reason| self.unreadable(format!("{} {fingerprint}", alarm_pk(alarm)), reason)),
            // There is no condition.
            Updated::Refused(_) => Ok(now),
        }
    }

    /// The last rules that were good, if any were.
    pub(crate) async fn last_good(&self) -> Result<Option<String>, StoreError> {
        let request = self.client().await.get_item().set_key(Some(key(RULES.0, RULES.1))).consistent_read(true);
        let Some(item) = self.send_get("reading the last good rules", request).await? else { return Ok(None) };
        let text = read_compressed(&item, "text");
        text.map(Some).map_err(|reason| self.unreadable(format!("{} {}", RULES.0, RULES.1), reason))
    }

    /// Keeps rules that are good, unless they are there: writing costs ten times what reading does, and every start of the function
    /// comes here.
    pub(crate) async fn keep_last_good(&self, rules: &str) -> Result<(), StoreError> {
        let digest = digest(rules);
        let request = self
            .client()
            .await
            .get_item()
            .set_key(Some(key(RULES.0, RULES.1)))
            .projection_expression("#digest")
            .expression_attribute_names("#digest", "digest");
        let kept = self.send_get("reading the last good rules", request).await?;
        if kept.is_some_and(|item| read_text(&item, "digest").is_ok_and(|kept| kept == digest)) {
            return Ok(());
        }
        let put = self.client().await.put_item().set_item(Some(key(RULES.0, RULES.1)));
        let put = put.item("text", compressed(rules)).item("digest", text(digest));
        self.send_put("keeping the last good rules", put).await
    }
}

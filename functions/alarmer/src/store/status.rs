//! What alarms and their groups have come to, with the number of groups of each alarm.

use std::collections::HashMap;
use std::fmt::Write;

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::transact_write_items::builders::TransactWriteItemsFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, Put, ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure,
    TransactWriteItem, Update,
};
use logweir_alarms::Status;
use logweir_aws_support::CallError;

use super::item::{Item, key, number, read_number, read_text, stored, text};
use super::keys::{alarm_pk, digest, status_pk, status_sk};
use super::{Created, Pending, Saved, Store, StoreError, Stored, Updated, units};

/// The item of an alarm itself.
const ALARM_SK: &str = "-";

/// What came of a transaction that creates a status.
enum Answer {
    Done,
    Exists(Option<Item>),
    Full,
}

impl Store {
    /// The status of an alarm and group, as it is.
    pub(crate) async fn status(&self, alarm: &str, group: &str) -> Result<Option<Stored>, StoreError> {
        let key = key(status_pk(alarm), status_sk(group));
        let request = self.client().await.get_item().set_key(Some(key)).consistent_read(true);
        let item = self.send_get("reading a status", request).await?;
        item.map(|item| self.read(alarm, group, &item)).transpose()
    }

    /// The statuses of all groups of an alarm. One that cannot be read is left out: it must not hold up the others.
    pub(crate) async fn statuses(&self, alarm: &str) -> Result<Vec<Stored>, StoreError> {
        let request = self
            .client()
            .await
            .query()
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", text(status_pk(alarm)));
        let mut found = Vec::new();
        self.send_query("reading all statuses of an alarm", request, |items| {
            for item in items {
                let group = read_text(&item, "sk").unwrap_or_default();
                match self.read(alarm, group, &item) {
                    Ok(stored) => found.push(stored),
                    Err(error) => tracing::error!(alarm, group, %error, "a status is left out"),
                }
            }
            Ok(true)
        })
        .await?;
        Ok(found)
    }

    /// Begins a status, unless it is there or the alarm has `max_groups` already.
    pub(crate) async fn create(
        &self,
        alarm: &str,
        group: &str,
        status: &Status,
        max_groups: u32,
        expires: i64,
    ) -> Result<Created, StoreError> {
        let new = Stored { group: group.to_owned(), version: 1, status: status.clone(), outbox: Vec::new() };
        let request = self.creation(alarm, &new, max_groups, expires).await?;
        let answer = self.send("beginning a status", || async {
            match Box::pin(request.clone().send()).await {
                Ok(output) => {
                    let consumed = output.consumed_capacity().iter();
                    self.spend(0.0, consumed.map(|consumed| units(Some(consumed))).sum());
                    Ok(Answer::Done)
                }
                Err(error) => match error.as_service_error() {
                    Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => {
                        canceled_for(canceled.cancellation_reasons()).map_err(|passes| {
                            CallError::new("TransactionCanceledException", CallError::of(&error).to_string(), passes)
                        })
                    }
                    _ => Err(CallError::of(&error)),
                },
            }
        });
        match answer.await? {
            Answer::Done => Ok(Created::New(new)),
            Answer::Full => Ok(Created::Full),
            Answer::Exists(Some(item)) => Ok(Created::Exists(self.read(alarm, group, &item)?)),
            // Not every server says what is there; and in between it may have gone.
            Answer::Exists(None) => {
                let gone = || CallError::new("Gone", "it was there, and gone when it was read".to_owned(), true);
                let found = self.status(alarm, group).await?;
                found.map(Created::Exists).ok_or_else(|| self.failed("beginning a status", gone()))
            }
        }
    }

    /// The transaction that begins a status and counts it. Made again with its token, it is the same:
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-apis-txwriteitems-idempotency>.
    async fn creation(
        &self,
        alarm: &str,
        new: &Stored,
        max_groups: u32,
        expires: i64,
    ) -> Result<TransactWriteItemsFluentBuilder, StoreError> {
        let wrong = |error: aws_sdk_dynamodb::error::BuildError| {
            self.failed("beginning a status", CallError::new("", error.to_string(), false))
        };
        let status = self.status_text(&new.status)?;
        let put = Put::builder()
            .table_name(&*self.table)
            .set_item(Some(key(status_pk(alarm), status_sk(&new.group))))
            .item("group", text(&new.group))
            .item("status", text(status))
            .item("version", number(new.version))
            .item("outbox", AttributeValue::M(HashMap::new()))
            .item("expires", number(expires))
            .condition_expression("attribute_not_exists(pk)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(wrong)?;
        let count = Update::builder()
            .table_name(&*self.table)
            .set_key(Some(key(alarm_pk(alarm), ALARM_SK)))
            .update_expression("ADD #groups :one")
            .condition_expression("attribute_not_exists(#groups) OR #groups < :most")
            .expression_attribute_names("#groups", "groups")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":most", number(max_groups))
            .build()
            .map_err(wrong)?;
        Ok(self
            .client()
            .await
            .transact_write_items()
            .client_request_token(format!("{:032x}", fastrand::u128(..)))
            .transact_items(TransactWriteItem::builder().put(put).build())
            .transact_items(TransactWriteItem::builder().update(count).build())
            .return_consumed_capacity(ReturnConsumedCapacity::Total))
    }

    /// Writes a status on top of `stored`, and puts `add` into the outbox with it; what has the ids `remove` is taken out.
    pub(crate) async fn save(
        &self,
        alarm: &str,
        stored: &Stored,
        status: &Status,
        add: &[Pending],
        remove: &[String],
        expires: i64,
    ) -> Result<Saved, StoreError> {
        // Whose write it is: after a lost answer this tells our own write from another's.
        let writer = format!("{:016x}", fastrand::u64(..));
        let mut request = self
            .update(key(status_pk(alarm), status_sk(&stored.group)))
            .await
            .condition_expression("#version = :seen")
            .expression_attribute_names("#version", "version")
            .expression_attribute_names("#status", "status")
            .expression_attribute_names("#writer", "writer")
            .expression_attribute_names("#expires", "expires")
            .expression_attribute_values(":seen", number(stored.version))
            .expression_attribute_values(":next", number(stored.version + 1))
            .expression_attribute_values(":status", text(self.status_text(status)?))
            .expression_attribute_values(":writer", text(&writer))
            .expression_attribute_values(":expires", number(expires))
            .return_values(ReturnValue::AllNew);
        let mut changes = vec![
            "#version = :next".to_owned(),
            "#status = :status".to_owned(),
            "#writer = :writer".to_owned(),
            "#expires = :expires".to_owned(),
        ];
        for (position, (id, entry)) in self.entries(stored, add, &writer)?.into_iter().enumerate() {
            changes.push(format!("#outbox.#id{position} = :entry{position}"));
            request = request
                .expression_attribute_names("#outbox", "outbox")
                .expression_attribute_names(format!("#id{position}"), id)
                .expression_attribute_values(format!(":entry{position}"), entry);
        }
        let mut expression = format!("SET {}", changes.join(", "));
        for (position, id) in remove.iter().enumerate() {
            expression.push_str(if position == 0 { " REMOVE " } else { ", " });
            let _ = write!(expression, "#outbox.#gone{position}");
            request = request
                .expression_attribute_names("#outbox", "outbox")
                .expression_attribute_names(format!("#gone{position}"), digest(id));
        }
        match self.send_update("saving a status", &request.update_expression(expression)).await? {
            Updated::Done(item) => Ok(Saved::Done(self.read(alarm, &stored.group, &item)?)),
            Updated::Refused(Some(item)) if read_text(&item, "writer").is_ok_and(|found| found == writer) => {
                Ok(Saved::Done(self.read(alarm, &stored.group, &item)?))
            }
            Updated::Refused(_) => Ok(Saved::Conflict),
        }
    }

    /// How many groups an alarm has by its counter.
    pub(crate) async fn groups(&self, alarm: &str) -> Result<u32, StoreError> {
        let request =
            self.client().await.get_item().set_key(Some(key(alarm_pk(alarm), ALARM_SK))).consistent_read(true);
        let item = self.send_get("reading the number of groups", request).await?;
        Ok(item.map_or(0, |item| read_number(&item, "groups").unwrap_or_default()))
    }

    /// Sets the counter of groups, whose statuses expire without it. `seen` is what [`Self::groups`] said before they were counted:
    /// if one came in between, nothing is set.
    pub(crate) async fn count_groups(&self, alarm: &str, seen: u32, groups: u32) -> Result<bool, StoreError> {
        let condition = if seen == 0 { "attribute_not_exists(#groups) OR #groups = :seen" } else { "#groups = :seen" };
        let request = self
            .update(key(alarm_pk(alarm), ALARM_SK))
            .await
            .update_expression("SET #groups = :groups")
            .condition_expression(condition)
            .expression_attribute_names("#groups", "groups")
            .expression_attribute_values(":seen", number(seen))
            .expression_attribute_values(":groups", number(groups));
        Ok(matches!(self.send_update("counting groups", &request).await?, Updated::Done(_)))
    }

    fn status_text(&self, status: &Status) -> Result<String, StoreError> {
        serde_json::to_string(status)
            .map_err(|error| self.failed("writing a status", CallError::new("", error.to_string(), false)))
    }

    pub(super) fn read(&self, alarm: &str, group: &str, item: &Item) -> Result<Stored, StoreError> {
        stored(item).map_err(|reason| self.unreadable(format!("{} {group}", status_pk(alarm)), reason))
    }

    pub(super) fn failed(&self, operation: &'static str, cause: CallError) -> StoreError {
        StoreError::Call { table: self.table.to_string(), operation, cause }
    }
}

/// What a canceled transaction means; the error says whether it passes.
fn canceled_for(reasons: &[CancellationReason]) -> Result<Answer, bool> {
    let code = |position: usize| reasons.get(position).and_then(CancellationReason::code).unwrap_or_default();
    match (code(0), code(1)) {
        ("ConditionalCheckFailed", _) => Ok(Answer::Exists(reasons.first().and_then(|reason| reason.item().cloned()))),
        (_, "ConditionalCheckFailed") => Ok(Answer::Full),
        (put, count) => Err([put, count]
            .into_iter()
            .any(|code| ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"].contains(&code))),
    }
}

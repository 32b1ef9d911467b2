//! Notifications that wait to be published, beside the status that they tell of.

use aws_sdk_dynamodb::types::AttributeValue;
use logweir_aws_support::CallError;

use super::item::{Item, key, number, outbox_bytes, pending, read_text, text};
use super::keys::{digest, status_pk, status_sk};
use super::{Pending, Store, StoreError, Stored, Updated};

/// Most that an outbox may hold with matching lines; beyond it, they are left out. An item may have 400 KB.
const MAX_OUTBOX: usize = 300 << 10;

/// Who is at a pending notification: by chance, and not by time, for two may come at once.
const HOLDER: &str = "holder";

impl Store {
    /// Takes over a pending notification whose lease has passed; `false` if somebody else did, or it was published.
    pub(crate) async fn claim(
        &self,
        alarm: &str,
        group: &str,
        notification_id: &str,
        seen_lease: i64,
        lease: i64,
    ) -> Result<bool, StoreError> {
        let (id, holder) = (digest(notification_id), format!("{:016x}", fastrand::u64(..)));
        let request = self
            .update(key(status_pk(alarm), status_sk(group)))
            .await
            .update_expression("SET #outbox.#id.#lease = :lease, #outbox.#id.#holder = :holder")
            .condition_expression("#outbox.#id.#lease = :seen")
            .expression_attribute_names("#outbox", "outbox")
            .expression_attribute_names("#id", &id)
            .expression_attribute_names("#lease", "lease")
            .expression_attribute_names("#holder", HOLDER)
            .expression_attribute_values(":lease", number(lease))
            .expression_attribute_values(":seen", number(seen_lease))
            .expression_attribute_values(":holder", text(&holder));
        match self.send_update("claiming a notification", &request).await? {
            Updated::Done(_) => Ok(true),
            // Ours already, where the first answer was lost.
            Updated::Refused(item) => Ok(item.is_some_and(|item| is_held_by(&item, &id, &holder))),
        }
    }

    /// Forgets a notification that was published; one that is gone is fine.
    pub(crate) async fn published(&self, alarm: &str, group: &str, notification_id: &str) -> Result<(), StoreError> {
        let request = self
            .update(key(status_pk(alarm), status_sk(group)))
            .await
            .update_expression("REMOVE #outbox.#id")
            .condition_expression("attribute_exists(#outbox.#id)")
            .expression_attribute_names("#outbox", "outbox")
            .expression_attribute_names("#id", digest(notification_id));
        self.send_update("marking a notification as published", &request).await.map(drop)
    }

    /// The entries of pending notifications, by id. Where the outbox is about to outgrow its item, as while nothing can be published
    /// for hours, they tell what happened without its lines.
    pub(super) fn entries(
        &self,
        stored: &Stored,
        add: &[Pending],
        holder: &str,
    ) -> Result<Vec<(String, AttributeValue)>, StoreError> {
        let written = |entry: &Pending| {
            pending(entry, holder)
                .map_err(|error| self.failed("writing a notification", CallError::new("", error.to_string(), false)))
        };
        let mut bytes = 0;
        // Most saves add nothing, and need not know how large it is.
        for entry in stored.outbox.iter().filter(|_| !add.is_empty()) {
            bytes += outbox_bytes(&written(entry)?);
        }
        let mut entries = Vec::new();
        for entry in add {
            let mut value = written(entry)?;
            if bytes + outbox_bytes(&value) > MAX_OUTBOX {
                tracing::warn!(
                    alarm = entry.notification.alarm,
                    "the outbox is full: a notification is kept without its lines"
                );
                let mut short = entry.clone();
                short.notification.lines.clear();
                value = written(&short)?;
            }
            bytes += outbox_bytes(&value);
            entries.push((digest(&entry.notification.notification_id), value));
        }
        Ok(entries)
    }
}

fn is_held_by(item: &Item, id: &str, holder: &str) -> bool {
    let outbox = item.get("outbox").and_then(|outbox| outbox.as_m().ok());
    let entry = outbox.and_then(|outbox| outbox.get(id)).and_then(|entry| entry.as_m().ok());
    entry.is_some_and(|entry| read_text(entry, HOLDER).is_ok_and(|found| found == holder))
}

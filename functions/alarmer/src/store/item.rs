//! Items as the table holds them, and what they stand for.

use std::collections::HashMap;
use std::fmt::Display;
use std::io::Read;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use logweir_alarms::{Notification, Status};
use logweir_subscription::{encode, gzip};
use serde::de::DeserializeOwned;

use super::error::ItemError;
use super::{Pending, Stored};

pub(crate) type Item = HashMap<String, AttributeValue>;
pub(crate) type Key = HashMap<String, AttributeValue>;

/// Most that something compressed is read to: it is a guard against what others wrote there.
const MAX_TEXT: u64 = 4 << 20;

pub(crate) fn key(pk: impl Into<String>, sk: impl Into<String>) -> Key {
    HashMap::from([("pk".to_owned(), text(pk)), ("sk".to_owned(), text(sk))])
}

pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(crate) fn number(value: impl Display) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// Text, compressed: items are paid by their size, and may have 400 KB.
pub(crate) fn compressed(value: &str) -> AttributeValue {
    AttributeValue::B(Blob::new(encode::gzip(value.as_bytes())))
}

/// Elements as a set, which holds each once and cannot be empty.
pub(crate) fn set(elements: &[Vec<u8>]) -> Option<AttributeValue> {
    let mut elements: Vec<_> = elements.iter().collect();
    elements.sort_unstable();
    elements.dedup();
    let blobs: Vec<_> = elements.into_iter().map(|element| Blob::new(element.as_slice())).collect();
    (!blobs.is_empty()).then_some(AttributeValue::Bs(blobs))
}

/// The elements of an item; none if it has no set.
pub(crate) fn elements(item: &mut Item) -> Vec<Vec<u8>> {
    match item.remove("elements") {
        Some(AttributeValue::Bs(blobs)) => blobs.into_iter().map(Blob::into_inner).collect(),
        _ => Vec::new(),
    }
}

pub(crate) fn read_number<T: std::str::FromStr>(item: &Item, attribute: &'static str) -> Result<T, ItemError> {
    let number = item.get(attribute).and_then(|value| value.as_n().ok()).and_then(|number| number.parse().ok());
    number.ok_or(ItemError::Attribute { attribute, expected: "number of its kind" })
}

pub(crate) fn read_text<'i>(item: &'i Item, attribute: &'static str) -> Result<&'i str, ItemError> {
    let text = item.get(attribute).and_then(|value| value.as_s().ok());
    text.map(String::as_str).ok_or(ItemError::Attribute { attribute, expected: "text" })
}

pub(crate) fn read_compressed(item: &Item, attribute: &'static str) -> Result<String, ItemError> {
    let bytes = item.get(attribute).and_then(|value| value.as_b().ok());
    let bytes = bytes.ok_or(ItemError::Attribute { attribute, expected: "binary value" })?;
    let mut text = String::new();
    let read = gzip::reader(bytes.as_ref()).take(MAX_TEXT).read_to_string(&mut text);
    read.map_err(|error| ItemError::Compressed { attribute, reason: error.to_string() })?;
    Ok(text)
}

/// What a status' item stands for.
pub(crate) fn stored(item: &Item) -> Result<Stored, ItemError> {
    let status: Status = read_json("status", read_text(item, "status")?)?;
    let pending = item.get("outbox").and_then(|outbox| outbox.as_m().ok());
    let pending = pending.ok_or(ItemError::Attribute { attribute: "outbox", expected: "map" })?;
    let outbox = pending.values().map(read_pending).collect::<Result<_, _>>()?;
    Ok(Stored { group: read_text(item, "group")?.to_owned(), version: read_number(item, "version")?, status, outbox })
}

/// A pending notification, which `holder` is at.
pub(crate) fn pending(pending: &Pending, holder: &str) -> serde_json::Result<AttributeValue> {
    let json = serde_json::to_string(&pending.notification)?;
    Ok(AttributeValue::M(HashMap::from([
        ("notification".to_owned(), compressed(&json)),
        ("lease".to_owned(), number(pending.lease)),
        ("not_before".to_owned(), number(pending.not_before)),
        ("holder".to_owned(), text(holder)),
    ])))
}

fn read_pending(value: &AttributeValue) -> Result<Pending, ItemError> {
    let entry = value.as_m().map_err(|_| ItemError::Attribute { attribute: "an entry of outbox", expected: "map" })?;
    let json = read_compressed(entry, "notification")?;
    let notification: Notification = read_json("notification of outbox", &json)?;
    Ok(Pending { notification, lease: read_number(entry, "lease")?, not_before: read_number(entry, "not_before")? })
}

fn read_json<T: DeserializeOwned>(attribute: &'static str, json: &str) -> Result<T, ItemError> {
    serde_json::from_str(json).map_err(|error| ItemError::Json { attribute, reason: error.to_string() })
}

/// How many bytes the outbox of an item takes, about.
pub(crate) fn outbox_bytes(entry: &AttributeValue) -> usize {
    let notification = entry.as_m().ok().and_then(|entry| entry.get("notification"));
    // Names, numbers and holder beside it.
    notification.and_then(|bytes| bytes.as_b().ok()).map_or(0, |bytes| bytes.as_ref().len()) + 150
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{notification, status};

    #[test]
    fn a_status_is_read_as_it_was_written() {
        let entry = Pending { notification: notification("a", 1), lease: 5, not_before: 7 };
        let outbox = HashMap::from([("id".to_owned(), pending(&entry, "me").expect("JSON"))]);
        let mut item = HashMap::from([
            ("group".to_owned(), text(r#"["x"]"#)),
            ("version".to_owned(), number(3)),
            ("status".to_owned(), text(serde_json::to_string(&status()).expect("JSON"))),
            ("outbox".to_owned(), AttributeValue::M(outbox)),
        ]);
        let expected = Stored { group: r#"["x"]"#.to_owned(), version: 3, status: status(), outbox: vec![entry] };
        assert_eq!(stored(&item), Ok(expected));
        for name in ["group", "version", "status", "outbox"] {
            let taken = item.remove(name).expect("there");
            assert!(stored(&item).is_err_and(|error| error.to_string().contains(name)), "{name}");
            item.insert(name.to_owned(), taken);
        }
    }

    #[test]
    fn a_set_holds_each_element_once_and_is_never_empty() {
        assert_eq!(set(&[]), None);
        let one = vec![1];
        assert_eq!(set(&[one.clone(), vec![2], one]).and_then(|set| set.as_bs().ok().map(Vec::len)), Some(2));
    }
}

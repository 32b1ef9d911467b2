//! Evidence: sets of elements, which merge in any order and any number of times to the same.

use aws_sdk_dynamodb::types::ReturnValue;

use super::item::{elements, key, number, set, text};
use super::{Place, Store, StoreError, Updated};

/// Most evidence that is read of an alarm and group.
const MAX_EVIDENCE: usize = 16 << 20;

impl Store {
    /// Adds elements at a place; the answer is all that is there then.
    pub(crate) async fn add(
        &self,
        place: &Place,
        elements: &[Vec<u8>],
        expires: i64,
    ) -> Result<Vec<Vec<u8>>, StoreError> {
        // Without elements there is nothing to add, but still something to answer.
        let (expression, added) = match set(elements) {
            Some(set) => ("ADD #elements :elements SET #expires = :expires", Some(set)),
            None => ("SET #expires = :expires", None),
        };
        let request = self
            .update(key(&place.pk, &place.sk))
            .await
            .update_expression(expression)
            .expression_attribute_names("#expires", "expires")
            .expression_attribute_values(":expires", number(expires))
            .return_values(ReturnValue::AllNew);
        let request = match added {
            Some(set) => request
                .expression_attribute_names("#elements", "elements")
                .expression_attribute_values(":elements", set),
            None => request,
        };
        match self.send_update("adding evidence", &request).await? {
            Updated::Done(mut item) | Updated::Refused(Some(mut item)) => Ok(self::elements(&mut item)),
            Updated::Refused(None) => Ok(Vec::new()),
        }
    }

    /// Takes elements away from a place.
    pub(crate) async fn remove(&self, place: &Place, elements: &[Vec<u8>]) -> Result<(), StoreError> {
        let Some(set) = set(elements) else { return Ok(()) };
        let request = self
            .update(key(&place.pk, &place.sk))
            .await
            .update_expression("DELETE #elements :elements")
            // An item that is gone would come again, without an end.
            .condition_expression("attribute_exists(#elements)")
            .expression_attribute_names("#elements", "elements")
            .expression_attribute_values(":elements", set);
        self.send_update("removing evidence", &request).await.map(drop)
    }

    /// Puts elements at a place of their own, which is named after what they are.
    pub(crate) async fn put(&self, place: &Place, elements: &[Vec<u8>], expires: i64) -> Result<(), StoreError> {
        let item =
            self.client().await.put_item().set_item(Some(key(&place.pk, &place.sk))).item("expires", number(expires));
        let Some(set) = set(elements) else { return Ok(()) };
        self.send_put("putting evidence", item.item("elements", set)).await
    }

    /// All elements from `from_sk` on; an error if there are too many, for part of them says something else.
    pub(crate) async fn evidence(&self, pk: &str, from_sk: &str) -> Result<Vec<Vec<u8>>, StoreError> {
        let request = self
            .client()
            .await
            .query()
            .key_condition_expression("pk = :pk AND sk >= :from")
            .expression_attribute_values(":pk", text(pk))
            .expression_attribute_values(":from", text(from_sk))
            .projection_expression("#elements")
            .expression_attribute_names("#elements", "elements")
            .scan_index_forward(false);
        let (mut found, mut bytes) = (Vec::new(), 0);
        self.send_query("reading evidence", request, |items| {
            for mut item in items {
                found.extend(elements(&mut item).into_iter().inspect(|element| bytes += element.len()));
            }
            Ok(bytes <= MAX_EVIDENCE)
        })
        .await?;
        if bytes > MAX_EVIDENCE {
            return Err(StoreError::TooMuch { place: pk.to_owned(), most: MAX_EVIDENCE });
        }
        Ok(found)
    }
}

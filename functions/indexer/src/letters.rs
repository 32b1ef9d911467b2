//! Dead letters: payloads that cannot be decoded, and events that the server takes in no form, each in a payload of such events
//! alone, which can be replayed. Pure.

use std::collections::BTreeMap;

use logweir_accounting::{Amount, Ledger};
use logweir_intake::{Incoming, Letter};
use logweir_search::{Refused, Source};
use logweir_subscription::encode::gzip;
use logweir_subscription::{Decoder, Message};

/// The word for events that the server takes in no form.
const CODE: &str = "RefusedByServer";
/// How many of the server's reasons a letter has.
const REASONS: usize = 3;

/// Sorts out refused and undelivered events by their records: what is to be set aside, and, in the ledger, how much either is. The
/// records that it is about are decoded again: they are few.
pub(crate) fn sort(
    records: &[Incoming<'_>],
    refused: &[Refused],
    undelivered: &[Source],
    max_decompressed_bytes: usize,
    ledger: &mut Ledger,
) -> Vec<Letter> {
    let mut events: BTreeMap<usize, (BTreeMap<usize, &Refused>, Vec<usize>)> = BTreeMap::new();
    for refused in refused {
        events.entry(refused.source.record).or_default().0.insert(refused.source.event, refused);
    }
    for source in undelivered {
        events.entry(source.record).or_default().1.push(source.event);
    }
    let mut letters = Vec::new();
    let mut decoder = Decoder::new(max_decompressed_bytes);
    for (record, (refused, undelivered)) in events {
        // It was decoded before. What is set aside is the events as they came.
        let Ok(Message::Data(data)) = decoder.decode_base64(records[record].data) else { continue };
        let entry = &mut ledger.entries_mut()[record];
        entry.refused = Amount::of_events(&data, refused.keys());
        entry.untaken = Amount::of_events(&data, &undelivered);
        if refused.is_empty() {
            continue;
        }
        let chosen: Vec<_> = refused.keys().filter_map(|event| data.log_events.get(*event).cloned()).collect();
        let mut json = Vec::new();
        data.write_payload(&chosen, &mut json);
        let message = message(refused.values().copied());
        letters.push(Letter { record, code: CODE, message, bytes: gzip(&json) });
    }
    letters
}

fn message<'r>(refused: impl ExactSizeIterator<Item = &'r Refused>) -> String {
    let count = refused.len();
    let mut reasons: Vec<String> = Vec::new();
    for Refused { status, reason, .. } in refused {
        let reason = format!("{status}: {reason}");
        if reasons.len() < REASONS && !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    format!("the server takes {count} events in no form, not as text either: {}", reasons.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use logweir_accounting::{Entry, Fate};
    use logweir_subscription::encode::base64;

    #[test]
    fn refused_events_become_a_payload_of_their_own() {
        let payload = |group: &str| {
            let json = format!(
                r#"{{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"{group}","logStream":"s","logEvents":[{{"id":"0","timestamp":1,"message":"a"}},{{"id":"1","timestamp":1,"message":"é"}},{{"id":"2","timestamp":1,"message":"c"}}]}}"#
            );
            base64(&gzip(json.as_bytes()))
        };
        let data = [payload("/a"), payload("/b")];
        let records: Vec<_> = data.iter().map(|data| Incoming { name: "n", data }).collect();
        let refused = |event| Refused { source: Source { record: 1, event }, status: 400, reason: "why".to_owned() };
        let undelivered = [Source { record: 0, event: 2 }, Source { record: 1, event: 2 }];
        let mut ledger = Ledger::default();
        (0..2).for_each(|_| ledger.enter(Entry::new(Amount { records: 1, events: 3, bytes: 4 }, Fate::Delivered)));
        let letters = sort(&records, &[refused(1), refused(0)], &undelivered, 1 << 20, &mut ledger);
        assert_eq!(letters.len(), 1);
        let letter = &letters[0];
        assert_eq!((letter.record, letter.code), (1, CODE));
        assert!(letter.message.ends_with("2 events in no form, not as text either: 400: why"), "{}", letter.message);
        let mut decoder = Decoder::default();
        let Ok(Message::Data(kept)) = decoder.decode(&letter.bytes) else { panic!("a payload") };
        assert_eq!(kept.log_events.iter().map(|event| event.id.decode().into_owned()).collect::<Vec<_>>(), ["0", "1"]);
        assert!(kept.log_group.is("/b"));
        let part = |events, bytes| Amount { records: 0, events, bytes };
        let apart: Vec<_> = ledger.entries().iter().map(|entry| (entry.refused, entry.untaken)).collect();
        assert_eq!(apart, [(part(0, 0), part(1, 1)), (part(2, 3), part(1, 1))]);
    }
}

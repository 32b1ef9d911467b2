//! What a batch of payloads becomes: objects, dead letters, and a balance. Pure.

use logweir_archive::{Batch, Object};
use logweir_lambda_support::{Amount, Balance};
use logweir_subscription::{Decoder, Message};

use crate::config::Config;

/// A payload and the name that a dead letter calls it by.
#[derive(Debug, Clone)]
pub struct Incoming<'a> {
    /// Sequence number of its Kinesis record, or `awslogs`.
    pub name: &'a str,
    /// Base64 of the payload.
    pub data: &'a str,
}

/// A payload to be set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The payload's name.
    pub record: String,
    /// Stable word for what is wrong.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// The payload as it came.
    pub bytes: Vec<u8>,
}

/// What is to be done for a batch.
#[derive(Debug)]
pub struct Plan {
    /// Objects to put.
    pub objects: Vec<Object>,
    /// Payloads to set aside.
    pub letters: Vec<Letter>,
    /// The balance if all of that succeeds.
    pub balance: Balance,
}

/// Plans a batch. The same payloads give the same plan, whenever it is made.
pub fn plan<'a>(config: &Config, payloads: impl IntoIterator<Item = Incoming<'a>>) -> Plan {
    let mut decoder = Decoder::new(config.max_decompressed_bytes);
    let mut batch = Batch::new(&config.template, config.grouping, config.gzip_level);
    let (mut letters, mut balance) = (Vec::new(), Balance::default());
    for payload in payloads {
        let (amount, code, message, bytes) = match decoder.decode_base64(payload.data) {
            Ok(Message::Control) => {
                balance.received += Amount::empty();
                balance.drop("control", Amount::empty());
                continue;
            }
            Ok(Message::Data(data)) => {
                let amount = Amount::of(&data);
                balance.lone_surrogates += data.lone_surrogates as u64;
                match batch.add(&data) {
                    Ok(()) => {
                        balance.received += amount;
                        if data.log_events.is_empty() {
                            balance.drop("no events", amount);
                        } else {
                            balance.delivered += amount;
                        }
                        continue;
                    }
                    Err(refused) => (amount, refused.code(), refused.to_string(), decoder.payload()),
                }
            }
            Err(error) => {
                let bytes = decoder.original(payload.data, &error);
                (Amount::undecodable(bytes.len()), error.code(), error.to_string(), bytes)
            }
        };
        letters.push(Letter { record: payload.name.to_owned(), code, message, bytes: bytes.to_vec() });
        balance.received += amount;
        balance.dead_lettered += amount;
    }
    Plan { objects: batch.finish(), letters, balance }
}

#[cfg(test)]
mod tests {
    use super::*;
    use logweir_lambda_support::Environment;
    use logweir_subscription::encode::{base64, control_message, gzip};

    #[test]
    fn a_bad_payload_is_set_aside_and_the_good_ones_beside_it_are_planned() {
        let pairs = [
            ("ARCHIVE_BUCKET", "a"),
            ("DEAD_LETTER_BUCKET", "d"),
            ("ARCHIVE_KEY_TEMPLATE", "{prefix}/{log_group}/{digest}"),
        ];
        let config = Config::read(Environment::from_pairs(pairs)).expect("valid");
        let message = |group: &str| {
            let json = format!(
                r#"{{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"{group}","logStream":"s","logEvents":[{{"id":"1","timestamp":1,"message":"é"}}]}}"#
            );
            base64(&gzip(json.as_bytes()))
        };
        let data = [
            message("/a"),
            "no base64!".to_owned(),
            base64(b"no gzip"),
            base64(&gzip(&control_message())),
            message(&"é".repeat(300)),
        ];
        let names = ["0", "1", "2", "3", "4"];
        let plan = plan(&config, names.iter().zip(&data).map(|(name, data)| Incoming { name, data }));
        assert_eq!(plan.objects.len(), 1);
        let letters: Vec<_> = plan.letters.iter().map(|l| (l.record.as_str(), l.code)).collect();
        assert_eq!(letters, [("1", "InvalidBase64"), ("2", "UnknownFormat"), ("4", "KeyTooLong")]);
        assert_eq!(
            (plan.letters[0].bytes.as_slice(), plan.letters[1].bytes.as_slice()),
            (&b"no base64!"[..], &b"no gzip"[..])
        );
        assert!(plan.balance.is_balanced());
        assert_eq!(
            (plan.balance.received.records, plan.balance.delivered.bytes, plan.balance.dead_lettered.events),
            (5, 2, 1)
        );
    }
}

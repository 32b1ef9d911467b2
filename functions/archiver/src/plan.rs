//! What a batch of records becomes: objects, dead letters, and what became of each record. Pure, and the same on any number of
//! threads: payloads are decoded and pieces of objects compressed side by side, but added in their order.

use std::sync::Arc;

use logweir_accounting::Ledger;
use logweir_archive::{Batch, Letter, Object, Press};
use logweir_intake::{Books, Content, Incoming, Lane, Problem, Settings, Verdict, lanes, take_in_beside};
use logweir_subscription::gzip::Compressor;

use crate::config::Config;

/// What is to be done for a batch.
#[derive(Debug)]
pub struct Plan {
    /// Objects to put.
    pub objects: Vec<Object>,
    /// Payloads to set aside.
    pub letters: Vec<Letter>,
    /// What becomes of each record if all of that succeeds.
    pub ledger: Ledger,
}

/// Pieces of objects that may wait for each thread beside the one that adds payloads.
const BACKLOG: usize = 4;

/// Plans a batch that is read as `intake` says. The same records give the same plan, whenever it is made.
pub fn plan(config: &Config, intake: &Settings, records: &[Incoming<'_>]) -> Plan {
    let press = Arc::new(Press::new(config.gzip_level));
    let mut all = Vec::new();
    let lanes = lanes(&mut all, records, config.threads, || Lane::new(intake, None));
    let batch = Batch::beside(&config.template, config.grouping, Arc::clone(&press), (lanes.len() - 1) * BACKLOG);
    let help = |compressor: &mut Option<Compressor>| press.work(compressor);
    let Books { shared: batch, letters, ledger } = take_in_beside(
        lanes,
        records,
        batch,
        help,
        |compressor, _, content, turn| {
            let Content::Parts(parts) = content else { return Verdict::Delivered };
            let batch = &mut turn.take(|| help(compressor)).shared;
            match parts.iter().try_for_each(|part| batch.add(part.data, part.labels.prefix)) {
                Ok(()) => Verdict::Delivered,
                Err(refused) => Verdict::Refused(Problem { code: refused.code(), message: refused.to_string() }),
            }
        },
        // What is left over of each object is compressed side by side too.
        |compressor, turn| turn.take(|| help(compressor)).shared.seal(),
    );
    drop(all);
    Plan { objects: batch.finish(), letters, ledger }
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
        let incoming: Vec<_> = names.iter().zip(&data).map(|(name, data)| Incoming { name, data }).collect();
        let plan = plan(&config, &config.intake, &incoming);
        assert_eq!(plan.objects.len(), 1);
        let letters: Vec<_> = plan.letters.iter().map(|l| (l.record, l.code)).collect();
        assert_eq!(letters, [(1, "InvalidBase64"), (2, "UnknownFormat"), (4, "KeyTooLong")]);
        assert_eq!(
            (plan.letters[0].bytes.as_slice(), plan.letters[1].bytes.as_slice()),
            (&b"no base64!"[..], &b"no gzip"[..])
        );
        let balance = plan.ledger.balance(None);
        assert_eq!(balance.check(), Ok(()));
        assert_eq!((balance.received.records, balance.delivered.bytes, balance.dead_lettered.events), (5, 2, 1));
    }

    #[test]
    fn threads_change_nothing() {
        let mut state = 1_u64;
        let mut message = |number: usize| {
            let mut events = String::new();
            for i in 0..number * 37 % 1500 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let time = 1_795_260_000_000 + (state >> 40) % 4 * 3_600_000;
                let event = format!(r#"{{"id":"{i}","timestamp":{time},"message":"{state:x} of payload {number}"}},"#);
                events.push_str(&event);
            }
            let events = events.trim_end_matches(',');
            let json = format!(
                r#"{{"messageType":"DATA_MESSAGE","owner":"{}","logGroup":"g","logStream":"s","logEvents":[{events}]}}"#,
                number % 3
            );
            base64(&gzip(json.as_bytes()))
        };
        let mut data: Vec<String> = (0..120).map(&mut message).collect();
        data[5] = "no base64!".into();
        data[77] = base64(&gzip(&control_message()));
        for per in ["batch", "payload"] {
            let pairs = [("ARCHIVE_BUCKET", "a"), ("DEAD_LETTER_BUCKET", "d"), ("ARCHIVE_OBJECT_PER", per)];
            let config = Config::read(Environment::from_pairs(pairs)).expect("valid");
            let plan = |threads| {
                let records: Vec<_> = data.iter().map(|data| Incoming { name: "n", data }).collect();
                let Plan { objects, letters, ledger } =
                    plan(&Config { threads, ..config.clone() }, &config.intake, &records);
                (objects, letters, ledger)
            };
            let one = plan(1);
            assert!(one.0.len() >= 12 && one.1.len() == 1, "{} objects", one.0.len());
            for threads in [2, 3, 8] {
                assert!(plan(threads) == one, "{threads} threads");
            }
        }
    }
}

//! Every record is accounted for once, whatever it holds, whatever the function does with it, on any number of threads.

use logweir_accounting::Fate;
use logweir_intake::{Batch, Content, Lane, Problem, Settings, Verdict, take_in};
use logweir_subscription::{Event, encode};
use proptest::prelude::*;

/// What a record is to be.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Good,
    Control,
    NoEvents,
    OwnLogs,
    /// Centralised from two accounts, and from the suite's own log group.
    Centralised,
    Broken,
    /// The function refuses it.
    Refused,
    /// The function panics before its turn, or in it.
    PanicsBefore,
    PanicsWithin,
}

fn payload(kind: Kind, number: usize) -> Vec<u8> {
    let message = |group: &str, events: &str| {
        format!(
            r#"{{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"{group}","logStream":"{kind:?}","logEvents":[{events}]}}"#
        )
    };
    let event = |text: &str, fields: &str| format!(r#"{{"id":"{number}","timestamp":1,"message":"{text}"{fields}}}"#);
    let json = match kind {
        Kind::Control => return encode::gzip(&encode::control_message()),
        Kind::Broken => return b"no payload".to_vec(),
        Kind::NoEvents => message("/app", ""),
        Kind::OwnLogs => message("/logweir/prod/archiver", &event("x", "")),
        Kind::Centralised => {
            let of = |source: &str| event("1234567890", &format!(r#","extractedFields":{{{source}}}"#));
            let sources = [r#""@aws.account":"2""#, r#""@source.log":"/logweir/x/y""#, r#""@aws.account":"3""#];
            message("central", &sources.map(of).join(","))
        }
        _ => message("/app", &format!("{},{}", event("one", ""), event("two", ""))),
    };
    encode::gzip(json.as_bytes())
}

fn kinds() -> impl Strategy<Value = Vec<Kind>> {
    use Kind::{Broken, Centralised, Control, Good, NoEvents, OwnLogs, PanicsBefore, PanicsWithin, Refused};
    let all = vec![Good, Good, Control, NoEvents, OwnLogs, Centralised, Broken, Refused, PanicsBefore, PanicsWithin];
    proptest::collection::vec(prop::sample::select(all), 0..24)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_record_is_accounted_for_once(kinds in kinds(), threads in 1_usize..4) {
        std::panic::set_hook(Box::new(|_| {}));
        let payloads: Vec<_> = kinds.iter().enumerate().map(|(number, kind)| payload(*kind, number)).collect();
        let event = encode::kinesis_event(&payloads).to_string();
        let event = Event::parse(event.as_bytes()).expect("an event");
        let batch = Batch::of(&event).expect("a batch");
        let settings = Settings::default();
        let mut lanes: Vec<_> = (0..threads).map(|_| Lane::new(&settings, ())).collect();
        let done = take_in(&mut lanes, &batch.records, Vec::new(), |(), _, content, turn| {
            let Content::Parts(parts) = content else { return Verdict::Delivered };
            assert!(!parts.original.log_stream.is("PanicsBefore"));
            let mut books = turn.take(|| false);
            assert!(!parts.original.log_stream.is("PanicsWithin"));
            if parts.original.log_stream.is("Refused") {
                return Verdict::Refused(Problem { code: "Refused", message: "why".to_owned() });
            }
            for part in parts.iter() {
                let account = part.data.account().to_string();
                books.shared.extend(part.data.log_events.iter().map(|event| (account.clone(), event.id.to_string())));
            }
            Verdict::Delivered
        });

        // What the function saw, in order.
        let mut expected = Vec::new();
        for (number, kind) in kinds.iter().enumerate() {
            let accounts: &[&str] = match kind { Kind::Good => &["1", "1"], Kind::Centralised => &["2", "3"], _ => &[] };
            expected.extend(accounts.iter().map(|account| ((*account).to_owned(), number.to_string())));
        }
        prop_assert_eq!(done.shared, expected);
        // What became of each, by its kind.
        let codes: Vec<_> = done.letters.iter().map(|letter| (letter.record, letter.code)).collect();
        let code = |kind: &Kind| match kind {
            Kind::Broken => Some("UnknownFormat"),
            Kind::Refused => Some("Refused"),
            Kind::PanicsBefore | Kind::PanicsWithin => Some("Panicked"),
            _ => None,
        };
        let of_kinds: Vec<_> = kinds.iter().enumerate().filter_map(|(number, kind)| Some((number, code(kind)?))).collect();
        prop_assert_eq!(codes, of_kinds);
        for letter in &done.letters {
            prop_assert_eq!(&letter.bytes, &payloads[letter.record]);
        }
        let fates: Vec<_> = done.ledger.entries().iter().map(|entry| entry.fate).collect();
        let fate = |kind: &Kind| match kind {
            Kind::Good | Kind::Centralised => Fate::Delivered,
            Kind::Control => Fate::Dropped("control"),
            Kind::NoEvents => Fate::Dropped("no events"),
            Kind::OwnLogs => Fate::Dropped("own logs"),
            _ => Fate::DeadLettered,
        };
        prop_assert_eq!(fates, kinds.iter().map(fate).collect::<Vec<_>>());
        for failed_from in [None, Some(0), Some(kinds.len() / 2)] {
            prop_assert_eq!(done.ledger.balance(failed_from).check(), Ok(()));
        }
        let own = kinds.iter().filter(|kind| **kind == Kind::Centralised).count() as u64;
        let balance = done.ledger.balance(None);
        let events = balance.dropped.get("own logs").map_or(0, |amount| amount.events);
        prop_assert_eq!(events, own + kinds.iter().filter(|kind| **kind == Kind::OwnLogs).count() as u64);
    }
}

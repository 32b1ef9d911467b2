use super::*;

fn amount(events: u64) -> Amount {
    Amount { records: 1, events, bytes: 10 * events }
}

fn part(events: u64) -> Amount {
    amount(events).without_records()
}

fn ledger(entries: impl IntoIterator<Item = Entry>) -> Ledger {
    let mut ledger = Ledger::default();
    entries.into_iter().for_each(|entry| ledger.enter(entry));
    ledger
}

#[test]
fn refused_events_are_dead_letters_beside_the_delivered_ones() {
    let refused = |all, refused| Entry { refused: part(refused), ..Entry::new(amount(all), Fate::Delivered) };
    let control = Entry::new(amount(0), Fate::Dropped("control"));
    let broken = Entry::new(amount(0), Fate::DeadLettered);
    let balance = ledger([refused(3, 1), refused(2, 2), control, broken]).balance(None);
    assert_eq!(balance.check(), Ok(()));
    assert_eq!(balance.delivered, amount(2));
    assert_eq!(balance.dead_lettered, Amount { records: 2, events: 3, bytes: 30 });
}

#[test]
fn from_the_first_failure_on_all_is_returned_and_what_is_there_is_repeated() {
    let half = Entry { untaken: part(1), ..Entry::new(amount(3), Fate::Delivered) };
    let last = Entry::new(Amount::unread(40), Fate::NotReached);
    let control = Entry::new(amount(0), Fate::Dropped("control"));
    let delivered = |events| Entry::new(amount(events), Fate::Delivered);
    let ledger = ledger([delivered(1), half, control, delivered(2), last]);
    assert_eq!(ledger.first_open(), Some(1));
    let balance = ledger.balance(ledger.first_open());
    assert_eq!(balance.check(), Ok(()));
    assert_eq!((balance.delivered, balance.returned.events), (amount(1), 5));
    assert_eq!(balance.repeated, Amount { records: 2, events: 4, bytes: 40 });
    assert!(balance.dropped.is_empty());
}

#[test]
fn what_rules_drop_is_counted_by_their_names_and_a_record_once() {
    let dropping = |all, by: &[(&'static str, u64)]| Entry {
        dropped: by.iter().map(|(rule, events)| (Cow::Borrowed(*rule), part(*events))).collect(),
        ..Entry::new(amount(all), Fate::Delivered)
    };
    let balance = ledger([dropping(3, &[("health", 1), ("debug", 1)]), dropping(2, &[("health", 2)])]).balance(None);
    assert_eq!(balance.check(), Ok(()));
    assert_eq!((balance.received.records, balance.delivered), (2, amount(1)));
    assert_eq!(balance.dropped["health"], Amount { records: 1, events: 3, bytes: 30 });
    assert_eq!(balance.dropped["debug"], part(1));
}

#[test]
fn a_record_that_was_put_back_comes_again_whatever_fails() {
    let put_back = Entry { is_repeated: true, ..Entry::new(amount(2), Fate::Returned) };
    let lost = Entry { is_repeated: true, ..Entry::new(amount(3), Fate::DeadLettered) };
    let balance = ledger([put_back, lost]).balance(None);
    assert_eq!(balance.check(), Ok(()));
    assert_eq!((balance.returned, balance.dead_lettered, balance.repeated.events), (amount(2), amount(3), 5));
}

/// Whatever is entered, both sides are equal, if parts are no larger than their record; and are not, if they are.
#[test]
fn the_two_sides_are_equal_for_every_ledger_that_makes_sense() {
    let fates = [Fate::Delivered, Fate::Dropped("x"), Fate::DeadLettered, Fate::Returned, Fate::NotReached];
    for number in 0..5_u64.pow(5) {
        let digit = |place: u32| number / 5_u64.pow(place) % 5;
        let fate = fates[usize::try_from(digit(0)).expect("small")];
        let received = digit(1) + digit(2) + digit(3) + digit(4);
        let (mut refused, mut untaken) = (part(digit(2)), part(digit(3)));
        if fate != Fate::Delivered {
            (refused, untaken) = (Amount::default(), Amount::default());
        }
        let dropped = vec![(Cow::Borrowed("rule"), part(digit(1)))];
        let entry = Entry { dropped, refused, untaken, ..Entry::new(amount(received), fate) };
        for failed_from in [None, Some(0)] {
            assert_eq!(ledger([entry.clone()]).balance(failed_from).check(), Ok(()), "{entry:?}");
        }
        let too_many = Entry { refused: part(received + 1), ..Entry::new(amount(received), Fate::Delivered) };
        assert!(ledger([too_many]).balance(None).check().is_err());
    }
}

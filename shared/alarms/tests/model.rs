//! A slow model that keeps all events and looks at every instant, beside the evidence that is pruned, stored and merged.

mod naive;

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use logweir_alarms::{
    AlarmState, Change, Comparison, Condition, EventKey, Evidence, Measure, NewValue, Observation, Period, Reading,
    Status, Threshold, Transition, TreatMissingData, Write, contributions, step, surplus, timeline,
};

const MINUTE: i64 = 60_000;
/// A whole day, so that it is no edge case by itself.
const DAY: i64 = 1_795_219_200_000;

/// What a transition says.
type Told = (AlarmState, i64, Option<f64>);

fn told(transitions: &[Transition], condition: &Condition) -> Vec<Told> {
    // A count is known up to what decides.
    let cap = match condition {
        Condition::Threshold(threshold) => naive::deciding(threshold),
        _ => f64::INFINITY,
    };
    // A sketch is off by 1 %: the numbers of these tests are powers of ten.
    let is_percentile = matches!(condition, Condition::Threshold(Threshold { measure: Measure::Percentile(_), .. }));
    let near = |value: f64| if is_percentile { 10_f64.powf(value.log10().round()) } else { value };
    let value = |transition: &Transition| transition.value.map(|value| near(value).min(cap));
    transitions.iter().map(|transition| (transition.state, transition.timestamp, value(transition))).collect()
}

fn condition(random: &mut Rng) -> Condition {
    let period = Period::from_seconds([10, 30, 60, 60, 120, 300, 600][random.usize(..7)]).expect("a period");
    match random.u32(..12) {
        0 => return Condition::NewValue(NewValue { period, remember: 3_600, learn: 0 }),
        1 => return Condition::Change(Change { period, remember: 7_200 }),
        _ => {}
    }
    let measure = match random.u32(..14) {
        0 => Measure::Sum,
        1 => Measure::Average,
        2 => Measure::Minimum,
        3 => Measure::Maximum,
        4 => Measure::Percentile([50.0, 90.0, 99.9][random.usize(..3)]),
        5 => Measure::DistinctCount,
        6 => Measure::Spike { reference_periods: random.u32(1..4), minimum_reference: 1.0 },
        _ => Measure::Count,
    };
    let evaluation_periods = if random.bool() { 1 } else { random.u32(1..5) };
    let threshold = match measure {
        Measure::Count | Measure::DistinctCount => f64::from(random.u32(..6)) + [0.0, 0.5][random.usize(..2)],
        Measure::Sum => f64::from(random.u32(..300)),
        Measure::Spike { .. } => 2.0,
        _ => 50.0,
    };
    Condition::Threshold(Threshold {
        measure,
        comparison: Comparison::ALL[random.usize(..4)],
        threshold,
        period,
        evaluation_periods,
        datapoints_to_alarm: random.u32(1..=evaluation_periods),
        treat_missing_data: TreatMissingData::ALL[random.usize(..4)],
    })
}

fn events(random: &mut Rng, condition: &Condition) -> Vec<Observation> {
    let minutes = random.i64(2..40);
    let mut times: Vec<i64> = Vec::new();
    while times.len() < 40 && random.u32(..30) > 0 {
        let start = DAY + random.i64(0..minutes * 60) * 1000 + [0, 1, 999][random.usize(..3)];
        for _ in 0..random.u32(1..8) {
            let time = start + random.i64(0..20) * 1000;
            // Where windows and buckets begin and end.
            times.push(if random.u32(..4) == 0 { time.div_euclid(MINUTE) * MINUTE } else { time });
        }
    }
    let reading = |random: &mut Rng| match condition.needs() {
        None => Reading::Nothing,
        Some("text") => Reading::Text(random.u64(..6)),
        Some(_) => Reading::Number([1.0, 10.0, 100.0][random.usize(..3)]),
    };
    let event = |(key, timestamp)| Observation { timestamp, key: EventKey(key), reading: reading(random) };
    let mut events: Vec<_> = (0..).zip(times).map(event).collect();
    events.sort_by_key(|event| (event.timestamp, event.key));
    events
}

/// Items of a table, as the function writes them.
#[derive(Default)]
struct Table {
    items: BTreeMap<(i64, u64), BTreeSet<Vec<u8>>>,
    operations: usize,
}

impl Table {
    /// Several payloads come in a batch, and are written by one of several writers; what is not needed may be removed then or never.
    fn take(&mut self, condition: &Condition, payloads: &[Vec<Observation>], random: &mut Rng) {
        let evidence = payloads.iter().map(|payload| {
            let mut evidence = Evidence::default();
            evidence.extend(payload.iter().copied());
            evidence
        });
        for contribution in contributions(condition, evidence.collect(), 3) {
            self.operations += 1;
            let slot = if contribution.write == Write::Union { random.u64(..3) } else { contribution.digest };
            let item = self.items.entry((contribution.bucket, slot)).or_default();
            item.extend(contribution.elements);
            if random.bool() {
                let elements: Vec<_> = item.iter().cloned().collect();
                for needless in surplus(condition, &elements, 3).expect("own elements") {
                    item.remove(&needless);
                    self.operations += 1;
                }
            }
        }
    }

    fn evidence(&self, from: i64) -> Evidence {
        let items = self.items.range((from, 0)..);
        Evidence::from_elements(items.flat_map(|(_, item)| item).map(Vec::as_slice)).expect("own elements")
    }
}

/// Payloads of one stream are sent again whole, in any order, in any batch.
fn deliveries(random: &mut Rng, events: &[Observation]) -> Vec<Vec<Observation>> {
    let mut payloads = Vec::new();
    let mut rest = events;
    while !rest.is_empty() {
        let (payload, others) = rest.split_at(random.usize(1..=rest.len().min(30)));
        (0..random.u32(1..4)).for_each(|_| payloads.push(payload.to_vec()));
        rest = others;
    }
    random.shuffle(&mut payloads);
    payloads
}

#[test]
fn a_million_operations_in_any_order_come_to_what_the_model_says() {
    let mut random = Rng::with_seed(20_261_121);
    let (mut operations, mut transitions) = (0, 0);
    while operations < 1_000_000 {
        let seed = random.u64(..);
        let mut random = Rng::with_seed(seed);
        let condition = condition(&mut random);
        let events = events(&mut random, &condition);
        let Some((first, last)) = events.first().zip(events.last()) else { continue };
        let mut table = Table::default();
        let payloads = deliveries(&mut random, &events);
        for batch in payloads.chunks(random.usize(1..5)) {
            operations += batch.iter().map(Vec::len).sum::<usize>();
            table.take(&condition, batch, &mut random);
        }
        operations += table.operations;
        let evidence = table.evidence(0);
        let found = timeline(&condition, first.timestamp, 0, &evidence, last.timestamp);
        let expected = naive::timeline(&condition, &events);
        assert_eq!(told(&found, &condition), expected, "seed {seed}: {condition:?}\n{events:?}");
        transitions += found.len();
    }
    assert!(transitions > 10_000, "only {transitions} transitions were looked at");
}

#[test]
fn told_as_events_come_or_all_at_once_the_transitions_are_the_same() {
    let mut random = Rng::with_seed(6);
    for _ in 0..20_000 {
        let seed = random.u64(..);
        let mut random = Rng::with_seed(seed);
        let condition = condition(&mut random);
        let events = events(&mut random, &condition);
        let Some((first, last)) = events.first().zip(events.last()) else { continue };
        let expected = timeline(&condition, first.timestamp, 0, &whole(&events), last.timestamp);

        let mut status = Status::new(&condition, first.timestamp, 0);
        let (mut table, mut found) = (Table::default(), Vec::new());
        let mut rest = events.as_slice();
        let mut now = first.timestamp;
        let end =
            expected.last().map_or(last.timestamp, |transition| transition.timestamp.max(last.timestamp)) + MINUTE;
        while now <= end {
            now += random.i64(1..3 * MINUTE);
            let come = rest.partition_point(|event| event.timestamp <= now);
            let (batch, others) = rest.split_at(come);
            rest = others;
            for payload in deliveries(&mut random, batch) {
                table.take(&condition, &[payload], &mut random);
            }
            // A batch is looked at as it comes; minutes are closed only when the schedule comes, with all events before it.
            let through = if random.bool() && now <= end { status.clock } else { now };
            let evidence = table.evidence(condition.first_bucket(status.clock.min(now - 3 * MINUTE)));
            let (next, transitions) = step(&condition, &status, &evidence, through);
            status = next;
            found.extend(transitions);
        }
        let news = told(&expected, &condition);
        let mut found = told(&found, &condition);
        found.truncate(news.len());
        assert_eq!(found, news, "seed {seed}: {condition:?}\n{events:?}");
    }
}

fn whole(events: &[Observation]) -> Evidence {
    let mut evidence = Evidence::default();
    evidence.extend(events.iter().copied());
    evidence
}

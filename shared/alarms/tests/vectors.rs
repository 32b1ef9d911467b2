//! AWS's own tables: what data points make which state.

use logweir_alarms::{AlarmState, Datapoint, TreatMissingData, Verdict, evaluate, evaluation_range};
use serde_json::Value;

fn number(row: &Value, key: &str) -> u32 {
    row[key].as_u64().and_then(|number| u32::try_from(number).ok()).expect("a number")
}

#[test]
fn every_row_of_the_documented_tables_agrees() {
    let rows: Vec<Value> = include_str!("alarm-vectors.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).expect("a row of JSON"))
        .collect();
    assert_eq!(rows.len(), 40);
    for row in rows {
        let periods = number(&row, "evaluation_periods");
        let points: Vec<_> = row["data_oldest_first"]
            .as_array()
            .expect("data points")
            .iter()
            .map(|point| match point.as_str() {
                Some("0") => Datapoint::NotBreaching,
                Some("X") => Datapoint::Breaching,
                Some("-") => Datapoint::Missing,
                other => panic!("no data point: {other:?}"),
            })
            .collect();
        assert_eq!(points.len(), usize::try_from(evaluation_range(periods)).expect("small"), "{row}");
        let treat = TreatMissingData::ALL.into_iter().find(|treat| row["treat_missing_data"] == treat.as_str());
        let expected = match row["state"].as_str() {
            Some("OK") => Verdict::State(AlarmState::Ok),
            Some("ALARM") => Verdict::State(AlarmState::Alarm),
            Some("INSUFFICIENT_DATA") => Verdict::State(AlarmState::InsufficientData),
            Some("RETAIN") => Verdict::Retain,
            other => panic!("no state: {other:?}"),
        };
        let found = evaluate(&points, periods, number(&row, "datapoints_to_alarm"), treat.expect("a treatment"));
        assert_eq!(found, expected, "{row}");
    }
}

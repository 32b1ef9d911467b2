//! Any bytes as elements of evidence: refused, or read and written the same; and any evidence can be stepped through.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logweir_alarms::{Comparison, Condition, Evidence, Measure, Period, Status, Threshold, TreatMissingData, step};

fuzz_target!(|elements: Vec<Vec<u8>>| {
    let Ok(evidence) = Evidence::from_elements(elements.iter().map(Vec::as_slice)) else { return };
    let written = evidence.elements();
    let again = Evidence::from_elements(written.iter().map(Vec::as_slice)).expect("what was written is read");
    assert_eq!(written, again.elements());
    for measure in [Measure::Count, Measure::Sum, Measure::Percentile(99.0), Measure::DistinctCount] {
        let condition = Condition::Threshold(Threshold {
            measure,
            comparison: Comparison::GreaterThanThreshold,
            threshold: 2.0,
            period: Period::from_seconds(60).expect("a period"),
            evaluation_periods: 2,
            datapoints_to_alarm: 1,
            treat_missing_data: TreatMissingData::Missing,
        });
        let status = Status::new(&condition, 1_795_260_000_000, 0);
        let _ = step(&condition, &status, &evidence, 1_795_260_600_000);
    }
});

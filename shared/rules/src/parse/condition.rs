//! `kind` and its keys to a [`Condition`].

use logweir_alarms::{Change, Comparison, Condition, Measure, NewValue, Period, Threshold, TreatMissingData};

use crate::names::nearest;
use crate::problem::Report;
use crate::read::{Section, duration, number, seconds};
use crate::schema;
use crate::yaml::{Node, Value, shown};

const HOUR: u32 = 3_600;
const DAY: u32 = 86_400;
/// Most periods that `CloudWatch` looks at: a day of minutes.
const MAX_PERIODS: u32 = 1_440;

/// What kind of alarm it is, in the order of [`schema::KINDS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Threshold,
    Flatline,
    Spike,
    NewValue,
    Change,
}

impl Kind {
    const ALL: [Self; 5] = [Self::Threshold, Self::Flatline, Self::Spike, Self::NewValue, Self::Change];

    pub(crate) fn read(section: &Section<'_>, report: &mut Report) -> Option<Self> {
        let Some(node) = section.get("kind") else { return Some(Self::Threshold) };
        let names = schema::KINDS.map(|(name, _)| name);
        report.choice("kind", node, &names).map(|kind| Self::ALL[kind])
    }
}

pub(crate) fn read(kind: Kind, section: &Section<'_>, report: &mut Report) -> Option<Condition> {
    match kind {
        Kind::Threshold => threshold(section, report).map(Condition::Threshold),
        Kind::Flatline => flatline(section, report).map(Condition::Threshold),
        Kind::Spike => spike(section, report).map(Condition::Threshold),
        Kind::NewValue => {
            if section.get("group_by").is_none() {
                report.add(section.at, "`group_by` is missing", "write group_by: and the selector of what may be new");
            }
            let period = period(section, Some(5 * 60), report);
            let mut seconds = |key: &str, least: u32, most: u32, default: u32| match section.get(key) {
                None => Some(default),
                Some(node) => report.seconds(key, node, least..=most),
            };
            let (remember, learn) = (seconds("remember", HOUR, 90 * DAY, 30 * DAY), seconds("learn", 0, 30 * DAY, DAY));
            Some(Condition::NewValue(NewValue { period: period?, remember: remember?, learn: learn? }))
        }
        Kind::Change => {
            if section.get("value").is_none() {
                report.add(section.at, "`value` is missing", "write value: and the selector of what may change");
            }
            let period = period(section, Some(5 * 60), report);
            let remember = match section.get("remember") {
                None => Some(30 * DAY),
                Some(node) => report.seconds("remember", node, HOUR..=90 * DAY),
            };
            Some(Condition::Change(Change { period: period?, remember: remember? }))
        }
    }
}

/// Most different values that are told apart.
const MAX_DISTINCT_COUNT: f64 = 4_000.0;

fn threshold(section: &Section<'_>, report: &mut Report) -> Option<Threshold> {
    let measure = match section.get("measure") {
        None => Some(Measure::Count),
        Some(node) => measure(node, report),
    };
    match (measure, section.get("value")) {
        (Some(Measure::Count), Some(node)) => {
            report.add(
                node.at,
                "a count needs no `value`",
                "leave it out, or write which measure of the value: measure: average",
            );
        }
        (Some(measure), None) if measure != Measure::Count => {
            let what = format!("`value` is missing, of which the {measure} is taken");
            report.add(section.at, what, "write value: and a selector, $.latency or $name");
        }
        _ => {}
    }
    let comparison = match section.get("comparison") {
        None => {
            report.add(section.at, "`comparison` is missing", "write comparison: GreaterThanThreshold, or another");
            None
        }
        Some(node) => comparison(node, report),
    };
    let threshold = required_threshold(section, report);
    if let (Some(Measure::DistinctCount), Some(most), Some(node)) = (measure, threshold, section.get("threshold"))
        && most > MAX_DISTINCT_COUNT
    {
        let what = format!("a distinct count is told apart up to {MAX_DISTINCT_COUNT}");
        report.add(node.at, what, "write a lower threshold");
    }
    let default = match measure {
        Some(Measure::Count | Measure::DistinctCount) => TreatMissingData::NotBreaching,
        _ => TreatMissingData::Missing,
    };
    let treat_missing_data = treat_missing_data(section, default, report);
    let periods = Periods::read(section, report);
    let periods = periods?;
    Some(Threshold {
        measure: measure?,
        comparison: comparison?,
        threshold: threshold?,
        period: periods.period,
        evaluation_periods: periods.evaluated,
        datapoints_to_alarm: periods.datapoints_to_alarm,
        treat_missing_data: treat_missing_data?,
    })
}

/// Fewer events than usual, none at all unless said otherwise.
fn flatline(section: &Section<'_>, report: &mut Report) -> Option<Threshold> {
    let threshold = match section.get("threshold") {
        None => Some(1.0),
        Some(node) => report.number("threshold", node),
    };
    let periods = Periods::read(section, report)?;
    Some(Threshold {
        measure: Measure::Count,
        comparison: Comparison::LessThanThreshold,
        threshold: threshold?,
        period: periods.period,
        evaluation_periods: periods.evaluated,
        datapoints_to_alarm: periods.datapoints_to_alarm,
        treat_missing_data: TreatMissingData::Breaching,
    })
}

fn spike(section: &Section<'_>, report: &mut Report) -> Option<Threshold> {
    let threshold = required_threshold(section, report);
    let comparison = match section.get("comparison") {
        None => Some(Comparison::GreaterThanOrEqualToThreshold),
        Some(node) => comparison(node, report),
    };
    let reference_periods = match section.get("reference_periods") {
        None => Some(12),
        Some(node) => report.whole("reference_periods", node, 1..=MAX_PERIODS),
    };
    let minimum_reference = match section.get("minimum_reference") {
        None => Some(1.0),
        Some(node) => report.number("minimum_reference", node).filter(|least| {
            if *least <= 0.0 {
                report.wrong(
                    "minimum_reference",
                    node,
                    "a number above 0: nothing is compared with an empty reference",
                );
            }
            *least > 0.0
        }),
    };
    let treat_missing_data = treat_missing_data(section, TreatMissingData::NotBreaching, report);
    let periods = Periods::read(section, report)?;
    let reference_periods = reference_periods?;
    let all = u64::from(periods.period.seconds()) * u64::from(reference_periods + periods.evaluated);
    if all > u64::from(DAY) {
        let at = section.get("reference_periods").map_or(section.at, |node| node.at);
        let what = format!(
            "{reference_periods} reference periods of {} and the evaluated ones are more than a day",
            periods.period
        );
        report.add(at, what, "write fewer, or a shorter period");
    }
    Some(Threshold {
        measure: Measure::Spike { reference_periods, minimum_reference: minimum_reference? },
        comparison: comparison?,
        threshold: threshold?,
        period: periods.period,
        evaluation_periods: periods.evaluated,
        datapoints_to_alarm: periods.datapoints_to_alarm,
        treat_missing_data: treat_missing_data?,
    })
}

fn required_threshold(section: &Section<'_>, report: &mut Report) -> Option<f64> {
    let Some(node) = section.get("threshold") else {
        report.add(section.at, "`threshold` is missing", "write threshold: and a number");
        return None;
    };
    report.number("threshold", node)
}

/// How many data points there are, and how long each is.
struct Periods {
    period: Period,
    evaluated: u32,
    datapoints_to_alarm: u32,
}

impl Periods {
    fn read(section: &Section<'_>, report: &mut Report) -> Option<Self> {
        let period = period(section, None, report);
        let mut whole = |key: &str| section.get(key).map(|node| (node.at, report.whole(key, node, 1..=MAX_PERIODS)));
        let (evaluation, datapoints) = (whole("evaluation_periods"), whole("datapoints_to_alarm"));
        let evaluation_periods = evaluation.map_or(Some(1), |(_, number)| number);
        let datapoints_to_alarm = datapoints.map_or(evaluation_periods, |(_, number)| number);
        if let (Some((at, Some(datapoints))), Some(periods)) = (datapoints, evaluation_periods)
            && datapoints > periods
        {
            let what = format!("`datapoints_to_alarm` is {datapoints}, more than the {periods} of evaluation_periods");
            report.add(at, what, "write as many at most");
        }
        if let (Some(period), Some(periods)) = (period, evaluation_periods)
            && u64::from(period.seconds()) * u64::from(periods) > u64::from(DAY)
        {
            let at = evaluation.map_or(section.at, |(at, _)| at);
            let what = format!("{periods} evaluation periods of {period} are more than a day");
            report.add(at, what, format!("write {} at most, or a shorter period", DAY / period.seconds()));
        }
        Some(Self { period: period?, evaluated: evaluation_periods?, datapoints_to_alarm: datapoints_to_alarm? })
    }
}

fn period(section: &Section<'_>, default: Option<u32>, report: &mut Report) -> Option<Period> {
    let advice = "write 10s, 30s, or whole minutes up to a day: 60, 5m, 1h";
    let Some(node) = section.get("period") else {
        let period = default.and_then(|default| Period::from_seconds(default).ok());
        if period.is_none() {
            report.add(section.at, "`period` is missing", advice);
        }
        return period;
    };
    let Value::Text { text, .. } = &node.value else {
        report.wrong("period", node, "10s, 30s, or whole minutes up to a day: 60, 5m, 1h");
        return None;
    };
    let seconds = seconds(text);
    let period = seconds.and_then(|seconds| Period::from_seconds(seconds).ok());
    if period.is_none() {
        let what = match seconds {
            Some(seconds) if !node.is_null() => {
                format!("a `period` of {} is not one that CloudWatch has", duration(seconds))
            }
            _ => format!("`period` is `{}`", shown(text)),
        };
        report.add(node.at, what, advice);
    }
    period
}

fn measure(node: &Node, report: &mut Report) -> Option<Measure> {
    const NAMES: [(&str, Measure); 6] = [
        ("count", Measure::Count),
        ("sum", Measure::Sum),
        ("average", Measure::Average),
        ("minimum", Measure::Minimum),
        ("maximum", Measure::Maximum),
        ("distinct_count", Measure::DistinctCount),
    ];
    let Value::Text { text, .. } = &node.value else {
        report.wrong("measure", node, "count, sum, average, minimum, maximum, p99 or distinct_count");
        return None;
    };
    if let Some((_, measure)) = NAMES.iter().find(|(name, _)| name == text) {
        return Some(*measure);
    }
    let share = text.strip_prefix('p').filter(|share| share.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'));
    if let Some(share) = share.and_then(number) {
        if share > 0.0 && share <= 100.0 {
            return Some(Measure::Percentile(share));
        }
        report.add(
            node.at,
            format!("there is no percentile `{}`", shown(text)),
            "write p50, p99 or p99.9: above 0, up to 100",
        );
        return None;
    }
    let advice = match (text.to_ascii_lowercase().as_str(), nearest(text, &NAMES.map(|(name, _)| name))) {
        ("samplecount" | "sample_count" | "n", _) => "did you mean count?".to_owned(),
        ("avg" | "mean", _) => "did you mean average?".to_owned(),
        ("min", _) => "did you mean minimum?".to_owned(),
        ("max", _) => "did you mean maximum?".to_owned(),
        ("median", _) => "did you mean p50?".to_owned(),
        (_, Some(meant)) => format!("did you mean {meant}?"),
        _ => "write count, sum, average, minimum, maximum, p99 or distinct_count".to_owned(),
    };
    report.add(node.at, format!("there is no measure `{}`", shown(text)), advice);
    None
}

fn comparison(node: &Node, report: &mut Report) -> Option<Comparison> {
    if let Value::Text { text, .. } = &node.value
        && let Some(comparison) = Comparison::ALL.into_iter().find(|comparison| comparison.symbol() == text)
    {
        return Some(comparison);
    }
    report.choice("comparison", node, &Comparison::ALL.map(Comparison::as_str)).map(|found| Comparison::ALL[found])
}

fn treat_missing_data(
    section: &Section<'_>,
    default: TreatMissingData,
    report: &mut Report,
) -> Option<TreatMissingData> {
    let Some(node) = section.get("treat_missing_data") else { return Some(default) };
    let names = TreatMissingData::ALL.map(TreatMissingData::as_str);
    report.choice("treat_missing_data", node, &names).map(|found| TreatMissingData::ALL[found])
}

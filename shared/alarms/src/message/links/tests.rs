use super::*;
use crate::{AlarmState, Severity, Transition};

fn links(region: &str) -> Links {
    Links { region: region.to_owned(), dashboards_url: None, account: Some("123456789012".to_owned()) }
}

fn line(owner: &str, log_group: &str, log_stream: &str) -> Line {
    let [owner, log_group, log_stream] = [owner, log_group, log_stream].map(str::to_owned);
    Line { timestamp: 0, id: "1".to_owned(), owner, log_group, log_stream, message: String::new() }
}

fn notification(lines: Vec<Line>) -> Notification {
    let text = || "a".to_owned();
    Notification {
        notification_id: text(),
        alarm: text(),
        description: text(),
        severity: Severity::High,
        runbook: None,
        topic: None,
        group: Vec::new(),
        condition: text(),
        transition: Transition {
            number: 1,
            previous: AlarmState::Ok,
            state: AlarmState::Alarm,
            timestamp: 1_748_581_200_000,
            value: None,
            is_at_least: false,
            window: (1_748_577_600_000, 1_748_581_200_000),
        },
        repeat: 0,
        superseded: 0,
        lines,
    }
}

/// As the console wrote it in an address published in 2025, but for the query and the time zone.
#[test]
fn logs_insights_is_asked_as_the_console_asks() {
    let notification = notification(vec![line("632745187633", "prod-11155111-bonsai-prover-11155111", "a")]);
    assert_eq!(
        Urls::new(&notification, &links("us-west-2")).logs_insights.unwrap(),
        "https://us-west-2.console.aws.amazon.com/cloudwatch/home?region=us-west-2#logsV2:logs-insights$3FqueryDetail$3D\
         ~(end~'2025-05-30T05*3a00*3a00.000Z~start~'2025-05-30T04*3a00*3a00.000Z~timeType~'ABSOLUTE~tz~'UTC\
         ~editorString~'fields*20*40timestamp*2c*20*40log*2c*20*40logStream*2c*20*40message*0a*7c*20sort*20*40timestamp*20asc*0a*7c*20limit*201000\
         ~source~(~'arn*3aaws*3alogs*3aus-west-2*3a632745187633*3alog-group*3aprod-11155111-bonsai-prover-11155111))"
    );
}

#[test]
fn each_log_group_is_named_once() {
    let lines = vec![line("123456789012", "/a", "x"), line("123456789012", "/b", "x"), line("123456789012", "/a", "y")];
    let urls = Urls::new(&notification(lines), &links("eu-west-1"));
    assert!(urls.logs_insights.unwrap().ends_with("~source~(~'*2fa~'*2fb))"));
}

#[test]
fn partitions_have_their_own_consoles() {
    let notification = notification(vec![line("1", "/a", "[$LATEST]")]);
    for (region, start, arn) in [
        (
            "cn-north-1",
            "https://cn-north-1.console.amazonaws.cn/cloudwatch/home?region=cn-north-1#",
            "arn*3aaws-cn*3alogs",
        ),
        (
            "us-gov-west-1",
            "https://us-gov-west-1.console.amazonaws-us-gov.com/cloudwatch/home?region=us-gov-west-1#",
            "arn*3aaws-us-gov*3alogs",
        ),
    ] {
        let url = Urls::new(&notification, &links(region)).logs_insights.unwrap();
        assert!(url.starts_with(start) && url.contains(arn), "{url}");
    }
    for region in ["us-iso-east-1", "", "evil.example/"] {
        assert_eq!(Urls::new(&notification, &links(region)), Urls::default());
    }
}

#[test]
fn the_log_stream_is_shown_in_the_window() {
    let notification = notification(vec![line("123456789012", "/aws/lambda/a", "2025/05/30/[$LATEST]0f")]);
    assert_eq!(
        Urls::new(&notification, &links("us-west-2")).log_stream.unwrap(),
        "https://us-west-2.console.aws.amazon.com/cloudwatch/home?region=us-west-2#logsV2:log-groups/log-group/\
         $252Faws$252Flambda$252Fa/log-events/2025$252F05$252F30$252F$255B$2524LATEST$255D0f$3Fstart$3D1748577600000$26end$3D1748581200000"
    );
}

#[test]
fn dashboards_are_asked_for_the_window_and_the_log_groups() {
    let notification = notification(vec![line("1", "/a'b", "x"), line("1", "/c", "x")]);
    let of = |base: &str| {
        Urls::new(&notification, &Links { dashboards_url: Some(base.to_owned()), ..links("us-west-2") }).dashboards
    };
    assert_eq!(
        of("https://search.example/_dashboards/").unwrap(),
        "https://search.example/_dashboards/app/discover#/?_g=(time:(from:'2025-05-30T04:00:00.000Z',to:'2025-05-30T05:00:00.000Z'))\
         &_a=(columns:!(aws.cloudwatch.log_group,message),index:logweir-all,query:(language:kuery,\
         query:'aws.cloudwatch.log_group:(%22/a!'b%22%20or%20%22/c%22)'))"
    );
    for base in ["javascript:alert(1)", "https://a b", "https://a\nb", "https://a/<!channel>", ""] {
        assert_eq!(of(base), None);
    }
}

#[test]
fn an_address_is_never_too_long() {
    let lines = (0..20).map(|number| line("1", &format!("/{number}{}", "/a".repeat(250)), &"[".repeat(512))).collect();
    let with_dashboards = Links { dashboards_url: Some("http://localhost:5601".to_owned()), ..links("us-west-2") };
    let urls = Urls::new(&notification(lines), &with_dashboards);
    let [insights, dashboards] = [urls.logs_insights.unwrap(), urls.dashboards.unwrap()];
    assert!(insights.len() <= MAX_URL_BYTES && insights.ends_with("))"));
    assert!(dashboards.len() <= MAX_URL_BYTES && dashboards.ends_with("query:''))"));
    assert_eq!(urls.log_stream, None);
}

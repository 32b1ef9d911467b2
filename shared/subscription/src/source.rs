//! Where log events came from before AWS's log centralisation copied them: payloads of a central account have that account as
//! their owner, and the source in the fields of each event.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatchLogs_Centralization.html>

use logweir_json::Text;

use crate::{Account, DataMessage, LogEvent, LogGroup};

/// What an enriched subscription says of an event's source; nothing is made up.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Source<'a> {
    /// `@aws.account`: the account that the event was written in.
    pub account: Option<Account<'a>>,
    /// `@aws.region`: the Region that it was written in.
    pub region: Option<Text<'a>>,
    /// `@source.log`: the log group that it was written to.
    pub log_group: Option<LogGroup<'a>>,
}

/// Events of one source, and where they stood in the message; `None` if they are all of its events.
pub type OfSource<'a> = (DataMessage<'a>, Option<Vec<u32>>);

impl<'a> DataMessage<'a> {
    /// The account that the events were written in: the source's where it is known, the owner of the log group otherwise.
    pub fn account(&self) -> &Account<'a> {
        self.source.account.as_ref().unwrap_or(&self.owner)
    }

    /// The log group that the events were written to: the source's where it is known, the message's otherwise.
    pub fn source_log_group(&self) -> &LogGroup<'a> {
        self.source.log_group.as_ref().unwrap_or(&self.log_group)
    }

    /// Notes the source of the events if they have one and the same, and cuts the message by source otherwise. What is cut is
    /// returned; events keep their order within their source, and sources the order of their first events.
    pub fn by_source(&mut self) -> Option<Vec<OfSource<'a>>> {
        if !self.has_extracted_fields {
            return None;
        }
        let mut sources: Vec<(Source<'a>, Vec<u32>)> = Vec::new();
        let mut last = 0;
        for (place, event) in (0_u32..).zip(&self.log_events) {
            let source = event.source();
            // Neighbours nearly always share theirs.
            if sources.get(last).is_none_or(|(known, _)| *known != source) {
                last = sources.iter().position(|(known, _)| *known == source).unwrap_or(sources.len());
            }
            match sources.get_mut(last) {
                Some((_, places)) => places.push(place),
                None => sources.push((source, vec![place])),
            }
        }
        if let [(source, _)] = sources.as_slice() {
            self.source = *source;
            return None;
        }
        let event = |place: &u32| self.log_events.get(*place as usize).cloned();
        let of_source = |(source, places): (Source<'a>, Vec<u32>)| {
            let log_events = places.iter().filter_map(event).collect();
            (DataMessage { log_events, source, ..self.without_events() }, Some(places))
        };
        let parts: Vec<_> = sources.into_iter().map(of_source).collect();
        (!parts.is_empty()).then_some(parts)
    }

    /// The message with no events: what all parts of it share.
    #[must_use]
    pub fn without_events(&self) -> Self {
        Self {
            owner: self.owner,
            log_group: self.log_group,
            log_stream: self.log_stream,
            subscription_filters: self.subscription_filters.clone(),
            policy_level: self.policy_level,
            log_events: Vec::new(),
            has_extracted_fields: self.has_extracted_fields,
            source: self.source,
            // They are counted once.
            lone_surrogates: 0,
        }
    }
}

impl<'a> LogEvent<'a> {
    /// What the event says of its source.
    pub fn source(&self) -> Source<'a> {
        let Some(fields) = self.extracted_fields else { return Source::default() };
        let [account, region, log_group] = fields.get_all(["@aws.account", "@aws.region", "@source.log"]);
        Source { account: account.map(Account), region, log_group: log_group.map(LogGroup) }
    }
}

#[cfg(test)]
mod tests {
    use crate::{DataMessage, Message};

    fn of(fields: &[&str]) -> String {
        let event = |(id, fields): (usize, &&str)| format!(r#"{{"id":"{id}","timestamp":1,"message":"m"{fields}}}"#);
        let events: Vec<_> = fields.iter().enumerate().map(event).collect();
        format!(
            r#"{{"messageType":"DATA_MESSAGE","owner":"9","logGroup":"central","logStream":"s","logEvents":[{}]}}"#,
            events.join(",")
        )
    }

    fn parsed(json: &str) -> DataMessage<'_> {
        let Ok(Message::Data(data)) = Message::parse(json) else { panic!("no data message") };
        data
    }

    #[test]
    fn one_source_is_noted_and_several_are_cut_apart() {
        let json = of(&["", ""]);
        let mut plain = parsed(&json);
        assert!(plain.by_source().is_none() && plain.account().is("9") && plain.source_log_group().is("central"));

        let one = r#","extractedFields":{"@aws.account":"1","@aws.region":"eu-west-1","@source.log":"/app"}"#;
        let json = of(&[one, one]);
        let mut central = parsed(&json);
        assert!(central.by_source().is_none());
        assert!(central.account().is("1") && central.source_log_group().is("/app") && central.owner.is("9"));

        let json = of(&[one, r#","extractedFields":{"@aws.account":"2"}"#, one, ""]);
        let parts = parsed(&json).by_source().expect("three");
        let seen: Vec<_> = parts.iter().map(|(data, places)| (data.account().to_string(), places.clone())).collect();
        let expected = [("1", vec![0, 2]), ("2", vec![1]), ("9", vec![3])];
        assert_eq!(seen, expected.map(|(account, places)| (account.to_owned(), Some(places))));
        assert!(parts[1].0.source_log_group().is("central") && parts[1].0.log_events[0].id.is("1"));
    }
}

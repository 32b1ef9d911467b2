//! Records in, bodies out: each record is read and its documents go into bodies while those before are on their way.

use logweir_intake::{Books, Content, Incoming, Parts, Problem, Reader, Settings, Verdict, caught};
use logweir_search::{Body, BodyBuilder, DocumentWriter, Source};

use crate::config::Config;
use crate::send::Sender;

/// Reads the records in their order and submits their documents. Ends early when nothing more can be sent.
pub(crate) async fn take_in(
    config: &Config,
    intake: &Settings,
    records: &[Incoming<'_>],
    sender: &mut Sender<'_>,
) -> Books<()> {
    let mut books = Books::new(());
    let mut reader = Reader::new(intake);
    let mut builder = BodyBuilder::new(config.limits);
    for (record, incoming) in records.iter().enumerate() {
        if sender.is_over() {
            books.enter_unread(incoming.data);
            continue;
        }
        let content = reader.read(incoming.data);
        let verdict = match &content {
            Content::Parts(parts) => submit(config, parts, record, &mut builder, sender).await,
            _ => Ok(()),
        };
        books.enter(content, verdict.map_or_else(Verdict::Refused, |()| Verdict::Delivered));
    }
    if let Some(body) = builder.finish() {
        sender.submit(body).await;
    }
    books
}

/// Writes the documents of a record into bodies, and submits those that are full.
async fn submit(
    config: &Config,
    parts: &Parts<'_>,
    record: usize,
    builder: &mut BodyBuilder,
    sender: &mut Sender<'_>,
) -> Result<(), Problem> {
    for part in parts.iter() {
        let labels = part.labels;
        let new = || DocumentWriter::new(&config.settings, part.data).labelled(labels.dataset, labels.index);
        let mut writer = caught(new)?;
        builder.avoid(sender.take_conflicts());
        for (index, event) in part.data.log_events.iter().enumerate() {
            let source = Source { record, event: part.place(index) };
            let full: Option<Body> = caught(|| builder.push(&mut writer, event, source))?;
            if let Some(body) = full {
                sender.submit(body).await;
                builder.avoid(sender.take_conflicts());
            }
        }
    }
    Ok(())
}

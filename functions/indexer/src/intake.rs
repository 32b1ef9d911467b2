//! Records in, bodies out: each payload is decoded and its documents go into bodies while those before are on their way.

use logweir_aws_support::Letter;
use logweir_lambda_support::Amount;
use logweir_search::{BodyBuilder, DocumentWriter, Source};
use logweir_subscription::{Decoder, Message};

use crate::account::Fate;
use crate::config::Config;
use crate::send::Sender;

/// A payload and the name that an answer calls it by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Incoming<'a> {
    pub(crate) name: &'a str,
    pub(crate) data: &'a str,
}

/// What was found in the records.
#[derive(Debug, Default)]
pub(crate) struct Intake {
    pub(crate) fates: Vec<(Amount, Fate)>,
    pub(crate) letters: Vec<Letter>,
    pub(crate) lone_surrogates: u64,
}

/// Decodes the records in their order and submits their documents. Ends early when nothing more can be sent.
pub(crate) async fn take_in(config: &Config, records: &[Incoming<'_>], sender: &mut Sender<'_>) -> Intake {
    let mut intake = Intake::default();
    let mut decoder = Decoder::new(config.max_decompressed_bytes);
    let mut builder = BodyBuilder::new(config.limits);
    for (record, incoming) in records.iter().enumerate() {
        if sender.is_over() {
            // They come again, so they need not be decoded to be counted.
            intake.fates.push((Amount::undecodable(incoming.data.len() / 4 * 3), Fate::NotReached));
            continue;
        }
        let fate = match decoder.decode_base64(incoming.data) {
            Ok(Message::Control) => (Amount::empty(), Fate::Drop("control")),
            Ok(Message::Data(data)) if data.log_events.is_empty() => (Amount::of(&data), Fate::Drop("no events")),
            Ok(Message::Data(data)) => {
                intake.lone_surrogates += data.lone_surrogates as u64;
                let mut writer = DocumentWriter::new(&config.settings, &data);
                for (event, log_event) in data.log_events.iter().enumerate() {
                    if let Some(body) = builder.push(&mut writer, log_event, Source { record, event }) {
                        sender.submit(body).await;
                    }
                }
                (Amount::of(&data), Fate::Index)
            }
            Err(error) => {
                let bytes = decoder.original(incoming.data, &error).to_vec();
                let amount = Amount::undecodable(bytes.len());
                intake.letters.push(Letter { record, code: error.code(), message: error.to_string(), bytes });
                (amount, Fate::DeadLetter)
            }
        };
        intake.fates.push(fate);
    }
    if let Some(body) = builder.finish() {
        sender.submit(body).await;
    }
    intake
}

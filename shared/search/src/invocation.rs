//! Which invocation the lines of a log stream belong to that do not say it: those between its beginning and its end.
//!
//! An environment runs one invocation after the other, and the events of a payload are of one log stream, in their order
//! (<https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html>). Managed instances run several at once: then
//! nothing is said.

use logweir_log_formats::LogLine;
use logweir_log_formats::lambda::{Origin, PlatformEvent};

use crate::field::Field;
use crate::values::Values;

/// The invocations that began and did not end.
#[derive(Debug, Default)]
pub(crate) struct Invocation {
    /// The id of the only one.
    id: Option<String>,
    running: usize,
}

impl Invocation {
    /// Takes note of a line before its document is written.
    pub(crate) fn begin(&mut self, record: &LogLine<'_>) {
        let LogLine::LambdaPlatform(platform) = record else { return };
        if platform.event == PlatformEvent::Start {
            self.running += 1;
            self.id = platform.request_id.as_deref().filter(|_| self.running == 1).map(str::to_owned);
        }
    }

    /// Takes note of a line behind its document.
    pub(crate) fn end(&mut self, record: &LogLine<'_>) {
        let LogLine::LambdaPlatform(platform) = record else { return };
        let ends = match platform.event {
            // JSON has no END.
            PlatformEvent::Report => platform.request_id.as_deref() == self.id.as_deref(),
            PlatformEvent::End => true,
            _ => false,
        };
        if ends {
            self.running = self.running.saturating_sub(1);
            self.id = None;
        }
    }

    /// Fills the invocation of a line that names none.
    pub(crate) fn fill<'m>(&'m self, function: &Origin, values: &mut Values<'m>) {
        if function.is_function() && !values.has(Field::FaasExecution) {
            values.text(Field::FaasExecution, self.id.as_deref());
        }
    }
}

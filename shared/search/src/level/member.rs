//! The level among the members of a JSON line.

use logweir_json::{Kind, Scanner};

use super::Level;
use super::key::{Role, role_of};
use super::line::of_text;
use super::name::{of_letter, of_logger, of_name, of_open_telemetry, of_python, of_syslog};

/// Keys that say, with others, how a level is to be read: a bit each.
const VERSION: u16 = 1;
const SHORT_MESSAGE: u16 = 1 << 1;
const CLEF_TIME: u16 = 1 << 2;
const CLEF_MESSAGE: u16 = 1 << 3;
const FACILITY: u16 = 1 << 4;
const CONTEXT: u16 = 1 << 5;

/// What was found of a line's level: the members come in any order, so that all are asked before one is chosen.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Found {
    named: Option<Level>,
    /// A number under a key of a level.
    number: Option<u32>,
    /// By the numbers of a scale that the key names.
    scaled: Option<Level>,
    status: Option<Level>,
    letter: Option<Level>,
    inner: Option<Level>,
    signs: u16,
}

impl Found {
    /// Looks at a member, whose value the scanner stands before.
    pub(crate) fn take(&mut self, key: &str, mut scanner: Scanner<'_>) {
        self.signs |= sign_of(key);
        let Some(role) = role_of(key) else { return };
        // What is asked for was checked when the line was parsed.
        let Ok(kind) = scanner.kind() else { return };
        match kind {
            Kind::String => {
                let Ok(text) = scanner.string() else { return };
                let text = text.decode();
                match text.trim().parse() {
                    Ok(number) => self.take_number(role, number),
                    Err(_) => self.take_text(role, &text),
                }
            }
            Kind::Number => {
                if let Some(number) = scanner.number().ok().and_then(|number| number.parse().ok()) {
                    self.take_number(role, number);
                }
            }
            Kind::Object if matches!(role, Role::Level | Role::Log | Role::Record) => {
                let level = of_object(&mut scanner, if role == Role::Level { "name" } else { "level" });
                let place = if role == Role::Log { &mut self.named } else { &mut self.inner };
                *place = place.or(level);
            }
            _ => {}
        }
    }

    fn take_text(&mut self, role: Role, text: &str) {
        match role {
            Role::Level | Role::OpenTelemetry | Role::Syslog | Role::Python => {
                self.named = self.named.or_else(|| of_name(text));
            }
            Role::Status if !text.eq_ignore_ascii_case("success") => self.status = of_name(text),
            Role::Letter => {
                self.letter = match text.as_bytes() {
                    [letter] | [letter @ b'D', b'1'..=b'5'] => of_letter(*letter),
                    _ => None,
                };
            }
            Role::Log => self.inner = self.inner.or_else(|| of_text(text)),
            Role::Status | Role::Record => {}
        }
    }

    fn take_number(&mut self, role: Role, number: u32) {
        let level = match role {
            Role::Level => return self.number = self.number.or(Some(number)),
            Role::OpenTelemetry => of_open_telemetry(number),
            Role::Syslog => of_syslog(number),
            Role::Python => of_python(number),
            Role::Status | Role::Letter | Role::Log | Role::Record => None,
        };
        self.scaled = self.scaled.or(level);
    }

    /// The level that they all come to: a name before a number, and both before what may mean something else.
    pub(crate) fn level(&self) -> Option<Level> {
        let has = |signs: u16| self.signs & signs == signs;
        let number = self.number.and_then(|number| {
            // GELF (https://go2docs.graylog.org/current/getting_in_log_data/gelf.html), and the inputs of syslog servers.
            if has(VERSION | SHORT_MESSAGE) || has(FACILITY) {
                return of_syslog(number);
            }
            // Those of OpenTelemetry that no other scale has under such a key.
            of_logger(number).or_else(|| (9..=24).contains(&number).then(|| of_open_telemetry(number))?)
        });
        let letter = self.letter.filter(|_| has(CONTEXT));
        let found = self.named.or(self.scaled).or(number).or(letter).or(self.status).or(self.inner);
        // What is not said is information (https://github.com/serilog/serilog-formatting-compact).
        found.or_else(|| has(CLEF_TIME | CLEF_MESSAGE).then_some("info"))
    }
}

fn sign_of(key: &str) -> u16 {
    match key {
        "version" => VERSION,
        "short_message" => SHORT_MESSAGE,
        "@t" => CLEF_TIME,
        "@m" | "@mt" => CLEF_MESSAGE,
        "facility" => FACILITY,
        "ctx" => CONTEXT,
        _ => 0,
    }
}

/// The level under a key of an object.
fn of_object(scanner: &mut Scanner<'_>, name: &str) -> Option<Level> {
    scanner.open(b'{').ok()?;
    let mut first = true;
    while scanner.next(first, b'}').ok()? {
        first = false;
        let is_level = scanner.key().ok()?.is(name);
        match scanner.kind().ok()? {
            Kind::String if is_level => return of_name(&scanner.string().ok()?.decode()),
            // loguru has an object within the object.
            Kind::Object if is_level && name == "level" => return of_object(scanner, "name"),
            _ => scanner.value().ok()?,
        };
    }
    None
}

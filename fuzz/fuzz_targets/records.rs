//! Any text as the message of a log event: no panic; what it is taken for covers it, and what is borrowed lies in it.
#![no_main]

#[path = "../../shared/log-formats/tests/checks/mod.rs"]
mod checks;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let hints = checks::hints();
    checks::check(text, &hints[0]);
    // One of the others, which the input picks.
    checks::check(text, &hints[1 + text.len() % (hints.len() - 1)]);
});

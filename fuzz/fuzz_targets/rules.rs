//! Any text as a rules file: read or refused with a place, never a panic; what is read can be watched with.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logweir_rules::{Rules, Watch};

/// How many lines there are as YAML counts: a carriage return alone ends one too (YAML 1.2, section 5.4).
fn lines(text: &str) -> usize {
    text.replace("\r\n", "\n").split(['\n', '\r']).count()
}

fuzz_target!(|text: &str| {
    match Rules::parse(text) {
        Ok(checked) => {
            let _ = Watch::new(&checked.rules);
            for alarm in &checked.rules.alarms {
                assert_eq!(alarm.fingerprint().len(), 16);
                assert!(alarm.line <= lines(text));
            }
        }
        Err(problems) => assert!(!problems.0.is_empty()),
    }
});

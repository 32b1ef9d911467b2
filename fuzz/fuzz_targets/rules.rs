//! Any text as a rules file: read or refused with a place, never a panic; what is read can be watched with.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logweir_rules::{Rules, Watch};

fuzz_target!(|text: &str| {
    match Rules::parse(text) {
        Ok(checked) => {
            let _ = Watch::new(&checked.rules);
            for alarm in &checked.rules.alarms {
                assert_eq!(alarm.fingerprint().len(), 16);
                assert!(alarm.line <= text.lines().count().max(1));
            }
        }
        Err(problems) => assert!(!problems.0.is_empty()),
    }
});

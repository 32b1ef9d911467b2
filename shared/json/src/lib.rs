//! A strict JSON scanner (RFC 8259) that finds values without building them.
//!
//! [`Scanner`] goes from member to member; a string stays the literal it was ([`Text`]) until somebody asks for it, and a
//! value that nobody asks for is checked and stepped over. The crate knows nothing of logs: payloads, JSON log lines and
//! whatever else is JSON are read with it.
//!
//! ```
//! use logweir_json::{Kind, Scanner};
//!
//! let mut scanner = Scanner::new(r#"{"skipped": [1, {}], "level": "warn\u0069ng"}"#);
//! scanner.open(b'{')?;
//! let mut first = true;
//! while scanner.next(first, b'}')? {
//!     first = false;
//!     if scanner.key()?.is("level") && scanner.kind()? == Kind::String {
//!         assert_eq!(scanner.string()?.decode(), "warning");
//!     } else {
//!         scanner.value()?;
//!     }
//! }
//! # Ok::<(), logweir_json::JsonError>(())
//! ```

mod block;
mod scanner;
mod text;

pub use scanner::{JsonError, Kind, MAX_DEPTH, Scanner};
pub use text::{Text, write_string};

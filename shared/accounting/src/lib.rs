//! What came of all that an invocation was given, in records, events and bytes: nothing is lost unnoticed.
//!
//! A [`Ledger`] notes what became of each record; a [`Balance`] is its sum, whose two sides must be equal:
//! `received = delivered + dropped + dead_lettered + returned`. Pure: who prints it is somebody else.
//!
//! ```
//! use logweir_accounting::{Amount, Entry, Fate, Ledger};
//!
//! let amount = |events| Amount { records: 1, events, bytes: 10 * events };
//! let mut ledger = Ledger::default();
//! ledger.enter(Entry::new(amount(3), Fate::Delivered));
//! ledger.enter(Entry::new(amount(0), Fate::Dropped("control")));
//! let balance = ledger.balance(None);
//! assert_eq!((balance.received.records, balance.delivered.events), (2, 3));
//! assert!(balance.check().is_ok());
//! // The sink refused the rest from the first record on: all of it comes again.
//! assert_eq!(ledger.balance(Some(0)).returned, ledger.balance(None).received);
//! ```

mod amount;
mod balance;
mod emf;
mod ledger;

pub use amount::Amount;
pub use balance::{Balance, Imbalance};
pub use emf::emf_directive;
pub use ledger::{Entry, Fate, Ledger};

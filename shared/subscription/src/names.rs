//! Texts that name something, each of a type of its own: none is taken for another.

use std::fmt;
use std::ops::Deref;

use logweir_json::Text;

/// Declares a name; it is used as the text that it is.
macro_rules! names {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq)]
            pub struct $name<'a>(pub Text<'a>);

            impl<'a> Deref for $name<'a> {
                type Target = Text<'a>;

                fn deref(&self) -> &Text<'a> {
                    &self.0
                }
            }

            impl fmt::Display for $name<'_> {
                fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                    self.0.fmt(formatter)
                }
            }
        )*
    };
}

names! {
    /// An AWS account, by its twelve digits.
    Account;
    /// The name of a log group.
    LogGroup;
    /// The name of a log stream.
    LogStream;
    /// CloudWatch Logs' id of an event: the same at every delivery.
    EventId;
}

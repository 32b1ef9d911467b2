//! What runtimes write of an error that a function did not catch, as text.
//!
//! Python and Node.js: `[ERROR] KeyError: 'x'` and `TypeError: x`; Java: `no such order: java.lang.IllegalStateException` and the
//! trace below; .NET: `System.InvalidOperationException: no`; Ruby: a line that announces the JSON behind it
//! (<https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html> and the pages of the other runtimes beside it).

/// Longest name of a type, in bytes.
const MAX_TYPE: usize = 160;
/// How lines begin that an error follows.
const HEADS: [&str; 6] =
    ["[ERROR] ", "[ERROR]\t", "[CRITICAL] ", "Unhandled exception. ", "Uncaught Exception ", "Uncaught "];
/// What types of errors are named after.
const ENDS: [&str; 6] = ["Error", "Exception", "Fault", "Failure", "Exit", "Interrupt"];
/// How Python's traces begin.
const PYTHON: &str = "Traceback (most recent call last)";
/// How the lines of a stack trace begin, but for blanks.
const FRAMES: [&str; 5] = ["at ", "File \"", "Traceback (most recent", "Caused by:", "from /"];

/// An error as the runtime wrote it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Uncaught<'m> {
    /// The error's type, such as `KeyError` or `java.lang.IllegalStateException`.
    pub error_type: Option<&'m str>,
    /// What it says.
    pub message: Option<&'m str>,
    /// Where it came from: all lines but the first.
    pub stack_trace: Option<&'m str>,
}

impl<'m> Uncaught<'m> {
    /// Reads what a runtime or a function wrote. A mere `Type: message` counts if the line is known to tell of an error.
    pub fn parse(text: &'m str, is_error: bool) -> Option<Self> {
        let text = text.trim_ascii();
        if text.starts_with("Error raised from handler method") {
            return Some(Self::default());
        }
        let headed = HEADS.iter().find_map(|head| text.strip_prefix(head)).or_else(|| in_thread(text));
        let text = headed.unwrap_or(text);
        let (first, rest) = text.split_once(['\n', '\r']).unwrap_or((text, ""));
        let (first, stack) = (first.trim_ascii_end(), rest.trim_ascii_end());
        let has_frames = stack.split(['\n', '\r']).take(4).any(is_frame);
        let java = of_java(first, stack).filter(|_| has_frames);
        let named = || of_name(first, has_frames);
        // What the function logged with a trace: Python writes the error last.
        let last = || stack.contains(PYTHON).then(|| of_name(stack.lines().next_back()?, true))?;
        let (error_type, message) = java.or_else(named).or_else(last)?;
        (headed.is_some() || has_frames || is_error).then_some(Self {
            error_type: Some(error_type),
            message: message.filter(|message| !message.is_empty()),
            stack_trace: Some(stack.trim_ascii_start()).filter(|stack| !stack.is_empty()),
        })
    }
}

/// What follows `Exception in thread "main" `.
fn in_thread(text: &str) -> Option<&str> {
    text.strip_prefix("Exception in thread \"")?.split_once("\" ").map(|(_, rest)| rest)
}

/// `KeyError: 'x'`, or the type alone.
fn of_name(line: &str, is_told: bool) -> Option<(&str, Option<&str>)> {
    let (name, message) = line.split_once(": ").map_or((line, None), |(name, message)| (name, Some(message)));
    let is_told = is_told || ENDS.iter().any(|end| name.ends_with(end));
    (is_type(name) && is_told).then_some((name, message))
}

/// `no such order: java.lang.IllegalStateException`, which Lambda writes before the trace that begins with the type.
fn of_java<'m>(first: &'m str, stack: &str) -> Option<(&'m str, Option<&'m str>)> {
    let (message, name) = first.rsplit_once(": ")?;
    (is_type(name) && name.contains('.') && stack.trim_ascii_start().starts_with(name)).then_some((name, Some(message)))
}

fn is_frame(line: &str) -> bool {
    let line = line.trim_ascii_start();
    FRAMES.iter().any(|frame| line.starts_with(frame))
}

/// `KeyError`, `botocore.exceptions.ClientError`, `Function<RuntimeError>`, `Shop::NoOrder`.
fn is_type(name: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'$' | b':' | b'<' | b'>');
    let last = name.rsplit(['.', ':', '$']).next().unwrap_or_default();
    name.len() <= MAX_TYPE
        && name.bytes().all(is_part)
        && last.bytes().next().is_some_and(|byte| byte.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_runtimes() {
        for (text, is_error, expected) in [
            (
                "[ERROR] ZeroDivisionError: division by zero\rTraceback (most recent call last):\r\u{a0}\u{a0}File \"/var/task/a.py\", line 3\r",
                false,
                Some((Some("ZeroDivisionError"), Some("division by zero"), true)),
            ),
            (
                "[ERROR] Runtime.ImportModuleError: Unable to import module 'app': No module named 'x'\nTraceback (most recent call last):",
                false,
                Some((
                    Some("Runtime.ImportModuleError"),
                    Some("Unable to import module 'app': No module named 'x'"),
                    true,
                )),
            ),
            ("[ERROR] KeyError", false, Some((Some("KeyError"), None, false))),
            (
                "no such order: java.lang.IllegalStateException\njava.lang.IllegalStateException: no such order\n\tat shop.Handler.handle(Handler.java:12)\n",
                false,
                Some((Some("java.lang.IllegalStateException"), Some("no such order"), true)),
            ),
            (
                "java.lang.NullPointerException\n\tat shop.Handler.handle(Handler.java:12)\n",
                false,
                Some((Some("java.lang.NullPointerException"), None, true)),
            ),
            (
                "Exception in thread \"main\" java.lang.NoSuchMethodError: x\n\tat a.B.c(B.java:1)",
                false,
                Some((Some("java.lang.NoSuchMethodError"), Some("x"), true)),
            ),
            (
                "System.InvalidOperationException: no such order\n   at Shop.Function.Handle(Order o)",
                true,
                Some((Some("System.InvalidOperationException"), Some("no such order"), true)),
            ),
            (
                "Unhandled exception. System.ArgumentNullException: Value cannot be null. (Parameter 'x')\n   at A.B()",
                false,
                Some((Some("System.ArgumentNullException"), Some("Value cannot be null. (Parameter 'x')"), true)),
            ),
            (
                "TypeError: x is undefined\n    at handler (/var/task/index.js:3:9)",
                true,
                Some((Some("TypeError"), Some("x is undefined"), true)),
            ),
            ("TypeError: x is undefined", true, Some((Some("TypeError"), Some("x is undefined"), false))),
            ("TypeError: x is undefined", false, None),
            (
                "could not pay\nTraceback (most recent call last):\n  File \"a.py\", line 3, in f\n    x()\nKeyError: 'x'\n",
                true,
                Some((Some("KeyError"), Some("'x'"), true)),
            ),
            ("Error raised from handler method", false, Some((None, None, false))),
            ("[ERROR] no such order", false, None),
            ("card refused", true, None),
            ("Order 7: no stock", true, None),
            ("Result: fine\n  at noon", false, Some((Some("Result"), Some("fine"), true))),
            ("at noon\nat night", true, None),
            ("", true, None),
        ] {
            let found = Uncaught::parse(text, is_error);
            let found = found.map(|found| (found.error_type, found.message, found.stack_trace.is_some()));
            assert_eq!(found, expected, "{text:?}");
        }
    }
}

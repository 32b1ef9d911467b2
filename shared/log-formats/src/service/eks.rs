//! The authenticator of a cluster's control plane: who was let in.

use super::Service;
use super::columns::Columns;

const NAMES: [&str; 7] = ["msg", "arn", "client", "method", "path", "uid", "username"];

/// A line that says whether somebody was let in, in logfmt.
pub(super) fn authenticator(line: &str) -> Option<(Service, Columns<'_>)> {
    if !line.starts_with("time=\"") {
        return None;
    }
    let message = value(line, "msg")?;
    let is_told = matches!(message, "access granted" | "access denied") && value(line, "client").is_some();
    let values = NAMES.map(|name| value(line, name).unwrap_or_default());
    is_told.then(|| (Service::EksAuthenticator, Columns::new(&NAMES, values)))
}

/// The value of a key, without the quotes around it.
fn value<'m>(line: &'m str, name: &str) -> Option<&'m str> {
    let mut rest = line;
    loop {
        let (key, text) = rest.split_once('=')?;
        let (value, behind) = match text.strip_prefix('"') {
            Some(body) => {
                let end = body.find('"')?;
                (&body[..end], &body[end + 1..])
            }
            None => text.split_at(text.find(' ').unwrap_or(text.len())),
        };
        if key == name {
            return Some(value);
        }
        rest = behind.trim_start();
    }
}

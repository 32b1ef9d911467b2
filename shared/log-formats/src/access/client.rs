//! What stands before the time: the server's name, the client's address among those of proxies, who it is.

use std::net::IpAddr;

use crate::shape;

/// The fields before the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Client<'m> {
    pub(super) virtual_host: Option<&'m str>,
    pub(super) host: &'m str,
    pub(super) logname: &'m str,
    pub(super) user: &'m str,
}

impl<'m> Client<'m> {
    /// Reads all that stands before the blank before the time.
    pub(super) fn parse(head: &'m str) -> Option<Self> {
        let (first, rest) = word(head)?;
        if let Some((list, behind)) = list(head) {
            return Self::of(None, first_address(list)?, behind);
        }
        let (second, behind_second) = word(rest)?;
        if second == "-" {
            return Self::of(None, first, rest);
        }
        // Of a proxy and what it was told, in brackets or not, the client is who is not of a network of one's own.
        let listed = list(rest);
        match (address(first), listed.or_else(|| address(second).map(|_| (second, behind_second)))) {
            (Some(own), Some((others, behind))) => {
                let told = first_address(others)?;
                let is_told = listed.is_some() || is_private(own) || address(told).is_none_or(|told| !is_private(told));
                Self::of(None, if is_told { told } else { first }, behind)
            }
            (None, Some((list, behind))) => Self::of(Some(first), first_address(list)?, behind),
            // A user's name may have blanks, an address is no server's name; two names are a server's and a client's.
            (None, None) if rest.split(' ').count() == 3 => Self::of(Some(first), second, behind_second),
            _ => Self::of(None, first, rest),
        }
    }

    fn of(virtual_host: Option<&'m str>, host: &'m str, rest: &'m str) -> Option<Self> {
        let host = bare(host).filter(|bare| bare.parse::<IpAddr>().is_ok()).unwrap_or(host);
        let (logname, user) = word(rest)?;
        let words = user.split(' ');
        let is_user =
            !user.is_empty() && (words.clone().count() == 1 || words.into_iter().all(|word| !matches!(word, "" | "-")));
        is_user.then_some(Self { virtual_host, host, logname, user })
    }
}

/// A field without quotes, and what follows the space behind it.
fn word(text: &str) -> Option<(&str, &str)> {
    let (word, rest) = shape::token(text)?;
    Some((word, rest.strip_prefix(' ')?))
}

/// Several addresses with commas between, bare or in quotes or brackets, and what follows the space behind them.
fn list(text: &str) -> Option<(&str, &str)> {
    let (list, rest) = match text.as_bytes().first()? {
        b'"' => text[1..].split_once('"')?,
        b'(' => text[1..].split_once(')')?,
        _ => {
            let mut end = 0;
            loop {
                let (word, _) = shape::token(&text[end..])?;
                end += word.len();
                if !word.ends_with(',') {
                    break;
                }
                end += usize::from(text[end..].starts_with(' '));
            }
            let (list, rest) = text.split_at(end);
            if !list.contains(',') {
                return None;
            }
            (list, rest)
        }
    };
    let is_list = list.split(',').all(|item| matches!(item.trim_ascii(), "unknown" | "-") || address(item).is_some());
    Some((list, rest.strip_prefix(' ')?)).filter(|_| is_list)
}

/// The first address of a list; the first of its items if it has none.
fn first_address(list: &str) -> Option<&str> {
    let items = || list.split(',').map(str::trim_ascii);
    items().find(|item| address(item).is_some()).or_else(|| items().next()).filter(|item| !item.is_empty())
}

/// An address, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim_ascii();
    // No other text is worth a try.
    if !text.starts_with(|first: char| first.is_ascii_hexdigit() || matches!(first, ':' | '[')) {
        return None;
    }
    bare(text)?.parse().or_else(|_| text.parse()).ok()
}

/// A text without a port and the brackets of an address of IPv6.
fn bare(text: &str) -> Option<&str> {
    match text.strip_prefix('[') {
        Some(text) => text.split_once(']').map(|(address, _)| address),
        None => {
            Some(text.split_once(':').filter(|(_, port)| shape::is_digits(port)).map_or(text, |(address, _)| address))
        }
    }
}

/// Whether an address is of a network of one's own (RFC 1918, RFC 6598, RFC 4193) or of the machine itself.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            address.is_private() || address.is_loopback() || first == 100 && (64..128).contains(&second)
        }
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    }
}

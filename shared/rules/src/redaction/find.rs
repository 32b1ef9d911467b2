//! Where secrets of a kind are, each in time linear in the text. What is found begins and ends between characters.
//!
//! A secret is bounded by what is no ASCII letter or digit: what goes on is something longer.

mod network;
mod numbers;
mod tokens;

use std::ops::Range;

use super::gate::Found;
use super::kind::Kind;

/// Tells `found` of all secrets of a kind, in order and without overlap, in a text that was looked at.
pub(super) fn find(kind: Kind, text: &str, looked: &Found, found: &mut impl FnMut(Range<usize>)) {
    let text = text.as_bytes();
    match kind {
        Kind::Email => network::emails(text, found),
        Kind::Ipv4 => network::ipv4(text, looked.ipv4, found),
        Kind::Ipv6 => network::ipv6(text, found),
        Kind::Card => numbers::cards(text, found),
        Kind::Phone => numbers::phones(text, found),
        Kind::AwsAccessKey => tokens::aws_access_keys(text, found),
        Kind::AwsSecretKey => tokens::aws_secret_keys(text, found),
        Kind::Jwt => tokens::jwts(text, found),
        Kind::Bearer => tokens::bearers(text, found),
    }
}

/// Whether a secret may not begin or end beside the byte at a place.
fn is_word(text: &[u8], at: Option<usize>) -> bool {
    at.and_then(|at| text.get(at)).is_some_and(u8::is_ascii_alphanumeric)
}

/// Whether a secret may begin at a place.
fn may_begin(text: &[u8], at: usize) -> bool {
    !is_word(text, at.checked_sub(1))
}

/// Whether a secret may end before a place.
fn may_end(text: &[u8], end: usize) -> bool {
    !is_word(text, Some(end))
}

/// How many bytes from a place on are of a class.
fn run(text: &[u8], from: usize, is_one: impl Fn(u8) -> bool) -> usize {
    text[from.min(text.len())..].iter().take_while(|byte| is_one(**byte)).count()
}

/// How many bytes up to a place are of a class, and not before `from`.
fn run_before(text: &[u8], from: usize, end: usize, is_one: impl Fn(u8) -> bool) -> usize {
    text[from..end].iter().rev().take_while(|byte| is_one(**byte)).count()
}

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::super::kind::NAMES;
    use super::*;

    fn found(name: &str, text: &str) -> Vec<String> {
        let (_, kinds) = NAMES.iter().find(|(known, _)| *known == name).expect("a kind");
        let mut all = Vec::new();
        for kind in *kinds {
            find(*kind, text, &super::super::gate::look(text), &mut |range| all.push(text[range].to_owned()));
        }
        all
    }

    #[test]
    fn each_kind_is_found_and_what_looks_like_it_is_not() {
        for (name, text, expected) in [
            ("email", "from anna.b+c@mail.example.org, to x@y", &["anna.b+c@mail.example.org"][..]),
            (
                "email",
                "'a@b.cd' <jörg@exämple.org>. u:p@h.io/x npm@1.2.3 @aws.account a@b.cd.",
                &["a@b.cd", "jörg@exämple.org", "p@h.io", "a@b.cd"],
            ),
            ("email", "@ a@ @b.cd a@.cd a@b. a@b.cd@e.fg", &["a@b.cd"]),
            (
                "ipv4",
                "203.0.113.7 - 10.0.0.256 v1.2.3.4 (192.0.2.1) 1.2.3 _10.1.2.3_",
                &["203.0.113.7", "192.0.2.1", "10.1.2.3"],
            ),
            (
                "ipv4",
                "Chrome/131.0.0.0 10.1.2.3.443 10.1.2.3: 010.001.002.003 1.2.3.4567",
                &["10.1.2.3", "10.1.2.3", "010.001.002.003"],
            ),
            ("ipv6", "from 2001:db8::1, [::1]:443 at 12:30:45 fe80::1%eth0", &["2001:db8::1", "::1", "fe80::1"]),
            (
                "ipv6",
                "addr:2001:db8::1. fe80::1: ::ffff:192.0.2.1 1:2:3:4:5:6:7:8",
                &["2001:db8::1", "fe80::1", "::ffff:192.0.2.1", "1:2:3:4:5:6:7:8"],
            ),
            ("ipv6", "std::a::b foo::bar orders::service 00:1a:2b:3c:4d:5e 2026:11:20:00 :: a::", &["a::"]),
            ("ip", "10.1.2.3 ::1", &["10.1.2.3", "::1"]),
            ("card", "4111 1111 1111 1111 200 5500-0000-0000-0004", &["4111 1111 1111 1111", "5500-0000-0000-0004"]),
            (
                "card",
                "378282246310005,4111111111111112 1795260000123 30569309025904",
                &["378282246310005", "30569309025904"],
            ),
            (
                "card",
                "20261121112000123 2026112111200012 x4111111111111111 4111111111111111x 2223003122003222",
                &["2223003122003222"],
            ),
            (
                "phone",
                "+49 30 1234567, (202) 555-0143 202-555-0143 202.555.0143 tel:+442071838750",
                &["+49 30 1234567", "(202) 555-0143", "202-555-0143", "202.555.0143", "+442071838750"],
            ),
            (
                "phone",
                "+1 (202) 555-0143; +0000] 00+1000 12345678 1795260000123 10.200.300.4000 +1 day",
                &["+1 (202) 555-0143"],
            ),
            (
                "aws_access_key",
                "key AKIAIOSFODNN7EXAMPLE used, AKIAIOSFODNN7EXAMPLEX, ASIA_",
                &["AKIAIOSFODNN7EXAMPLE"],
            ),
            ("aws_secret_key", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY=", &[]),
            (
                "aws_secret_key",
                "s=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY,",
                &["wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"],
            ),
            ("aws_secret_key", "da39a3ee5e6b4b0d3255bfef95601890afd80709 /usr/local/lib/Some/Path/To/A/Thing2Run", &[]),
            (
                "jwt",
                "token=eyJhbGciOiJI.eyJzdWIi.SflKx-w_ end eyJa.b. eyJ.x eyJa",
                &["eyJhbGciOiJI.eyJzdWIi.SflKx-w_", "eyJa.b."],
            ),
            (
                "bearer",
                "Authorization: Bearer abc.DEF-1==\" bearer  x forbearer y BEARER",
                &["Bearer abc.DEF-1==", "bearer  x"],
            ),
        ] {
            assert_eq!(found(name, text), expected, "{name}: {text}");
        }
    }
}

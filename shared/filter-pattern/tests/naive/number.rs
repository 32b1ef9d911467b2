//! Numbers as digits, compared without rounding.

use std::cmp::Ordering;

/// A number that is not zero: the digits of 0.DIGITS × 10^`magnitude`, without zeros at either end.
struct Size {
    magnitude: i128,
    digits: String,
}

/// How two texts compare as numbers; nothing if one of them is none.
pub(super) fn compare(left: &str, right: &str) -> Option<Ordering> {
    let (left_negative, left) = read(left)?;
    let (right_negative, right) = read(right)?;
    let size = |left: &Size, right: &Size| {
        left.magnitude.cmp(&right.magnitude).then_with(|| left.digits.as_str().cmp(right.digits.as_str()))
    };
    Some(match (left, right) {
        (None, None) => Ordering::Equal,
        (Some(_), None) if left_negative => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
        (None, Some(_)) if right_negative => Ordering::Greater,
        (None, Some(_)) => Ordering::Less,
        (Some(left), Some(right)) => match (left_negative, right_negative) {
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => size(&left, &right),
            (true, true) => size(&right, &left),
        },
    })
}

/// `[+-] (digits [. digits*] | . digits) [e [+-] digits]`: whether it has a minus, and its size if it is not zero.
fn read(text: &str) -> Option<(bool, Option<Size>)> {
    let negative = text.starts_with('-');
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, read_exponent(exponent)?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) || whole.len() + fraction.len() == 0 {
        return None;
    }
    let all = format!("{whole}{fraction}");
    let digits = all.trim_start_matches('0');
    if digits.is_empty() {
        return Some((negative, None));
    }
    let leading_zeros = all.len() - digits.len();
    let magnitude = i128::try_from(whole.len()).ok()? - i128::try_from(leading_zeros).ok()? + exponent;
    Some((negative, Some(Size { magnitude, digits: digits.trim_end_matches('0').to_owned() })))
}

/// An exponent; those beyond 10^18 are documented to count as that.
fn read_exponent(text: &str) -> Option<i128> {
    let negative = text.starts_with('-');
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = digits.trim_start_matches('0');
    let most = 10_i128.pow(18);
    let size = if digits.len() > 19 { most } else { digits.parse().unwrap_or(0).min(most) };
    Some(if negative { -size } else { size })
}

//! Names as parts of keys: reversible, and harmless to whatever lists or downloads the objects.

/// Appends `name` to `key`. Slashes stay folders; bytes outside S3's safe set are percent-encoded, and so are what
/// would make an empty, `.` or `..` folder.
///
/// Safe set: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>.
///
/// ```
/// let mut key = String::new();
/// logweir_archive::encode_segments("app//../web [1]", &mut key);
/// assert_eq!(key, "app/%2F%2E%2E/web%20%5B1%5D");
/// assert_eq!(logweir_archive::decode_segments(&key).as_deref(), Some("app//../web [1]"));
/// ```
pub fn encode_segments(name: &str, key: &mut String) {
    // A slash is a folder's end only where something stands before and behind it; "%2F" counts as something.
    let mut rest = name;
    let mut at_start = true;
    while !rest.is_empty() {
        let end = rest.find('/').unwrap_or(rest.len());
        let segment = &rest[..end];
        encode_flat(segment, key);
        let has_slash = end < rest.len();
        rest = &rest[(end + usize::from(has_slash)).min(rest.len())..];
        if has_slash {
            let folder = !(rest.is_empty() || segment.is_empty() && at_start);
            key.push_str(if folder { "/" } else { "%2F" });
            // Behind an encoded slash the folder it stands in is not empty, so the next slash may be one.
            at_start = folder;
        } else {
            at_start = false;
        }
    }
}

/// Appends `name` as one folder: slashes are encoded too.
pub(crate) fn encode_flat(name: &str, key: &mut String) {
    match name {
        "." => key.push_str("%2E"),
        ".." => key.push_str("%2E%2E"),
        _ => name.bytes().for_each(|byte| encode_byte(byte, key)),
    }
}

fn encode_byte(byte: u8, key: &mut String) {
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'!' | b'-' | b'_' | b'.' | b'*' | b'\'' | b'(' | b')' => {
            key.push(char::from(byte));
        }
        _ => {
            key.push('%');
            key.push(HEX[usize::from(byte >> 4)]);
            key.push(HEX[usize::from(byte & 15)]);
        }
    }
}

/// The name that [`encode_segments`] was given; nothing if it never was.
pub fn decode_segments(encoded: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (digits, after) = after.split_first_chunk::<2>()?;
        let digit = |digit: u8| char::from(digit).to_digit(16);
        bytes.push(u8::try_from(digit(digits[0])? << 4 | digit(digits[1])?).ok()?);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encoded(name: &str) -> String {
        let mut key = String::new();
        encode_segments(name, &mut key);
        key
    }

    #[test]
    fn hostile_names_make_no_odd_folders() {
        for (name, key) in [
            ("", ""),
            ("/", "%2F"),
            ("//", "%2F%2F"),
            ("a/", "a%2F"),
            ("a//b", "a/%2Fb"),
            (".", "%2E"),
            ("../../etc", "%2E%2E/%2E%2E/etc"),
            ("a/./b", "a/%2E/b"),
            ("%2F", "%252F"),
            ("é\0", "%C3%A9%00"),
            ("/aws/lambda/f", "%2Faws/lambda/f"),
        ] {
            assert_eq!(encoded(name), key, "{name:?}");
        }
    }

    proptest! {
        #[test]
        fn every_name_comes_back_and_every_folder_is_sound(name in prop_oneof![any::<String>(), "[./a%]{0,12}"]) {
            let key = encoded(&name);
            prop_assert_eq!(decode_segments(&key), Some(name.clone()));
            if !name.is_empty() {
                for segment in key.split('/') {
                    prop_assert!(!matches!(segment, "" | "." | ".."), "{} of {:?}", key, name);
                }
            }
        }
    }
}

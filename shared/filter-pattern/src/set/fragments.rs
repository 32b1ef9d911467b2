//! Which parts of words are looked for: few, and such as seldom stand elsewhere.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Bytes by which a search tells fragments from all else at first.
const GRAM: usize = 4;
/// How long fragments with the same beginning are: the first length at which they are few, or no longer than that.
const LENGTHS: [usize; 3] = [12, 8, 6];
/// Fragments with the same beginning: each is compared wherever that stands, and a hostile message may be full of it.
const MAX_SIBLINGS: usize = 16;

/// Parts of words, sorted: a text that holds one of the words holds one of them. No word is empty.
///
/// A fragment begins with those four bytes of its word that are worth most: rare in log lines, frequent in the words.
pub(super) fn fragments(words: &BTreeSet<Vec<u8>>) -> BTreeSet<&[u8]> {
    let mut popularity: HashMap<&[u8], u32> = HashMap::new();
    for word in words {
        grams(word).collect::<BTreeSet<_>>().into_iter().for_each(|gram| *popularity.entry(gram).or_default() += 1);
    }
    let worth = |gram: &[u8]| rarity(gram) + popularity.get(gram).map_or(0, |words| words.ilog2());
    let mut families: BTreeMap<&[u8], BTreeSet<&[u8]>> = BTreeMap::new();
    for word in words {
        if let Some((at, gram)) = grams(word).enumerate().max_by_key(|(at, gram)| (worth(gram), Reverse(*at))) {
            families.entry(gram).or_default().insert(&word[at..]);
        }
    }
    families.into_iter().flat_map(|(gram, members)| cut(gram, &members)).collect()
}

/// The runs of four bytes of a word, or the word if it is shorter.
fn grams(word: &[u8]) -> impl Iterator<Item = &[u8]> {
    word.windows(word.len().clamp(1, GRAM))
}

/// Members of a family, shortened until they are few.
fn cut<'w>(gram: &'w [u8], members: &BTreeSet<&'w [u8]>) -> BTreeSet<&'w [u8]> {
    let to =
        |length: usize| -> BTreeSet<&[u8]> { members.iter().map(|part| &part[..part.len().min(length)]).collect() };
    LENGTHS.into_iter().map(to).find(|parts| parts.len() <= MAX_SIBLINGS).unwrap_or_else(|| BTreeSet::from([gram]))
}

/// How seldom bytes follow one another in log lines, in some such unit as bits.
fn rarity(gram: &[u8]) -> u32 {
    let bits = |byte: &u8| match byte {
        b' ' => 3,
        b'0'..=b'9' | b'"' | b'\\' | b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' => 4,
        b'.' | b'-' | b':' | b'/' | b',' => 5,
        b'a'..=b'z' => 6,
        _ => 7,
    };
    gram.iter().map(bits).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(words: impl IntoIterator<Item = String>) -> Vec<String> {
        let words = words.into_iter().map(String::into_bytes).collect();
        fragments(&words).into_iter().map(|part| String::from_utf8_lossy(part).into_owned()).collect()
    }

    #[test]
    fn words_of_one_kind_share_their_fragments() {
        let services = (0..100).map(|number| format!("service_{number}"));
        assert!(of(services.clone()).len() <= MAX_SIBLINGS, "{:?}", of(services));
        let one = |word: &str| of([word.to_owned()]);
        assert_eq!(one("404"), ["404"]);
        assert_eq!(one("a"), ["a"]);
        assert_eq!(one("handled in 12 ms"), ["dled in 12 m"], "what is rare begins it, and it is not long");
        assert_eq!(one("the request XYZ-1"), ["XYZ-1"]);
    }

    #[test]
    fn each_word_holds_a_fragment() {
        let words: BTreeSet<Vec<u8>> = (0..3_000_u32)
            .map(|number| format!("{}{}x{number}", "ab".repeat(number as usize % 5), number * number % 701))
            .map(String::into_bytes)
            .collect();
        let parts = fragments(&words);
        for word in &words {
            assert!(parts.iter().any(|part| word.windows(part.len()).any(|window| window == *part)));
        }
        assert!(parts.len() < words.len() / 2);
    }
}

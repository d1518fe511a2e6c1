//! Numbers as words that can be said over a telephone: proquints (Wilkerson, arXiv:0901.4016), five letters for 16 bits,
//! consonants and vowels in turn.

const CONSONANTS: [char; 16] = [
    'b', 'd', 'f', 'g', 'h', 'j', 'k', 'l', 'm', 'n', 'p', 'r', 's', 't', 'v', 'z',
];
const VOWELS: [char; 4] = ['a', 'i', 'o', 'u'];

/// The words for `bytes`, two bytes a word; an odd last byte stands before a zero.
pub(crate) fn spoken(bytes: &[u8]) -> String {
    let words: Vec<String> = bytes.chunks(2).map(word).collect();
    words.join(" ")
}

fn word(pair: &[u8]) -> String {
    let mut bytes = pair.iter().copied().map(u16::from);
    let value = bytes.next().unwrap_or_default() << 8 | bytes.next().unwrap_or_default();
    let consonant = |shift: u32| CONSONANTS.get(usize::from(value >> shift & 15));
    let vowel = |shift: u32| VOWELS.get(usize::from(value >> shift & 3));
    [
        consonant(12),
        vowel(10),
        consonant(6),
        vowel(4),
        consonant(0),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::spoken;

    /// From the paper: addresses of IPv4.
    #[test]
    fn agrees_with_the_paper() {
        for (bytes, words) in [
            ([127, 0, 0, 1], "lusab babad"),
            ([63, 84, 220, 193], "gutih tugad"),
            ([63, 118, 7, 35], "gutuk bisog"),
            ([140, 98, 193, 141], "mudof sakat"),
            ([64, 255, 6, 200], "haguz biram"),
            ([212, 58, 253, 68], "tibup zujah"),
            ([216, 68, 232, 21], "todah vobij"),
        ] {
            assert_eq!(spoken(&bytes), words);
        }
    }
}

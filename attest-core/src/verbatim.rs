//! What stands in a JSON string as it is, without an escape (RFC 8259, section 7).

/// How many bytes stand before the first quote, backslash or control character, and whether they are ASCII; eight at a
/// time, since texts are most of a receipt.
pub(crate) fn length(bytes: &[u8]) -> (usize, bool) {
    let (words, rest) = bytes.as_chunks();
    let mut all = 0;
    let mut length = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        let ends = ends(word);
        if ends != 0 {
            return stop(length, word, ends, all);
        }
        all |= word;
        length += 8;
    }
    // What is left, and zeros, which end it: at least one.
    let mut last = 0;
    for (i, byte) in rest.iter().enumerate() {
        last |= u64::from(*byte) << (8 * i);
    }
    stop(length, last, ends(last), all)
}

const EACH: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x80 * EACH;

/// The highest bit of each byte that ends a text. A borrow may set those of bytes above one, so that only the lowest
/// counts.
fn ends(word: u64) -> u64 {
    let below = |word: u64, limit: u64| word.wrapping_sub(limit * EACH) & !word & HIGH;
    // A quote is 2 more than a blank: with that bit turned it comes next to the control characters, which stay below.
    below(word ^ (2 * EACH), u64::from(b'!')) | below(word ^ (u64::from(b'\\') * EACH), 1)
}

/// The result where `word`, which stands behind `length` bytes, has a byte that ends the text.
fn stop(length: usize, word: u64, ends: u64, all: u64) -> (usize, bool) {
    let count = ends.trailing_zeros() / 8;
    let before = word & !(u64::MAX << (8 * count));
    (length + count as usize, (all | before) & HIGH == 0)
}

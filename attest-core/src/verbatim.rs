//! What stands in a JSON string as it is, without an escape (RFC 8259, section 7).

/// How many bytes stand before the first quote, backslash or control character, and whether they are ASCII; eight at a
/// time, since texts are most of a receipt.
pub(crate) fn length(bytes: &[u8]) -> (usize, bool) {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x80 * EACH;
    // The highest bit of each byte that is less than `limit`, up to 128. A borrow may set those of bytes above one, so
    // that only the lowest counts.
    let below = |word: u64, limit: u64| word.wrapping_sub(limit * EACH) & !word & HIGH;
    let (words, rest) = bytes.as_chunks();
    let mut all = 0;
    for (i, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let quote = below(word ^ (u64::from(b'"') * EACH), 1);
        let backslash = below(word ^ (u64::from(b'\\') * EACH), 1);
        let end = quote | backslash | below(word, u64::from(b' '));
        if end != 0 {
            let count = end.trailing_zeros() / 8;
            let before = word & !(u64::MAX << (8 * count));
            return (i * 8 + count as usize, (all | before) & HIGH == 0);
        }
        all |= word;
    }
    let ends = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..b' ');
    let count = rest.iter().position(ends).unwrap_or(rest.len());
    let ascii = rest.iter().take(count).all(u8::is_ascii);
    (words.len() * 8 + count, ascii && all & HIGH == 0)
}

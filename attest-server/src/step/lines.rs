//! Cutting a stream of bytes into log lines, in bounded memory.

use super::LINE_LIMIT;

/// The lines of one stream. Holds at most one unfinished line.
#[derive(Debug, Default)]
pub(super) struct Lines {
    partial: Vec<u8>,
}

impl Lines {
    /// Takes what was read; hands each finished line (or part of an overlong one) to `line`.
    pub(super) fn push(&mut self, mut bytes: &[u8], mut line: impl FnMut(String)) {
        while !bytes.is_empty() {
            let end = bytes.iter().position(|byte| *byte == b'\n');
            let (text, rest) = match end {
                Some(end) => (
                    bytes.get(..end).unwrap_or_default(),
                    bytes.get(end + 1..).unwrap_or_default(),
                ),
                None => (bytes, [].as_slice()),
            };
            let mut text = text;
            while self.partial.len() + text.len() > LINE_LIMIT {
                let (now, later) = text.split_at(LINE_LIMIT - self.partial.len());
                self.partial.extend_from_slice(now);
                let cut = boundary(&self.partial);
                let carried = self.partial.split_off(cut);
                line(lossy(&self.partial));
                self.partial = carried;
                text = later;
            }
            self.partial.extend_from_slice(text);
            if end.is_some() {
                line(lossy(&self.partial));
                self.partial.clear();
            }
            bytes = rest;
        }
    }

    /// The last line, where it had no newline.
    pub(super) fn finish(self) -> Option<String> {
        (!self.partial.is_empty()).then(|| lossy(&self.partial))
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Where to cut, so that no character is cut in two; the whole length for what is not UTF-8.
fn boundary(bytes: &[u8]) -> usize {
    let end = bytes.len();
    for back in 1..=4.min(end) {
        let at = end - back;
        match bytes.get(at) {
            Some(byte) if byte & 0b1100_0000 == 0b1000_0000 => {}
            Some(byte) => {
                let length = match byte {
                    0xc0..=0xdf => 2,
                    0xe0..=0xef => 3,
                    0xf0..=0xf7 => 4,
                    _ => 1,
                };
                return if length > back { at } else { end };
            }
            None => return end,
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(chunks: &[&[u8]]) -> Vec<String> {
        let mut lines = Lines::default();
        let mut found = Vec::new();
        for chunk in chunks {
            lines.push(chunk, |line| found.push(line));
        }
        found.extend(lines.finish());
        found
    }

    #[test]
    fn lines_end_at_newlines_wherever_the_reads_fall() {
        assert_eq!(cut(&[b"a\nb", b"c\n\nd"]), ["a", "bc", "", "d"]);
        assert!(cut(&[b"", b""]).is_empty());
    }

    #[test]
    fn an_overlong_line_becomes_several_of_the_limit() {
        let found = cut(&[&vec![b'x'; 2 * LINE_LIMIT + 5]]);
        let lengths: Vec<usize> = found.iter().map(String::len).collect();
        assert_eq!(lengths, [LINE_LIMIT, LINE_LIMIT, 5]);
        assert_eq!(cut(&[&vec![b'x'; LINE_LIMIT], b"\n"]).len(), 1);
    }

    #[test]
    fn a_character_is_never_cut_in_two() {
        let text = format!("x{}", "€".repeat(LINE_LIMIT));
        let found = cut(&[text.as_bytes()]);
        assert!(found.iter().all(|line| !line.contains('\u{fffd}')));
        assert_eq!(found.concat(), text);
    }

    #[test]
    fn what_is_not_utf8_is_replaced_and_bounded() {
        let found = cut(&[&vec![0x80; 3 * LINE_LIMIT]]);
        assert_eq!(found.len(), 3);
        assert!(found[0].chars().all(|c| c == '\u{fffd}'));
    }
}

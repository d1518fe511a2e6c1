//! The part of a stream that goes into the receipt: its start and its end, with a marker between them where it was cut.

use std::collections::VecDeque;

use super::EXCERPT_LIMIT;

/// Kept for the marker.
const MARKER: usize = 128;
/// How much is kept of the start, and of the end.
const HALF: usize = (EXCERPT_LIMIT - MARKER) / 2;

/// Collects a stream of any length in bounded memory.
#[derive(Debug, Default)]
pub(super) struct Excerpt {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    total: u64,
}

impl Excerpt {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.total += bytes.len() as u64;
        let room = (HALF - self.head.len()).min(bytes.len());
        let (head, rest) = bytes.split_at(room);
        self.head.extend_from_slice(head);
        let last = rest
            .get(rest.len().saturating_sub(HALF)..)
            .unwrap_or_default();
        let surplus = (self.tail.len() + last.len()).saturating_sub(HALF);
        self.tail.drain(..surplus.min(self.tail.len()));
        self.tail.extend(last);
    }

    /// The text, at most [`EXCERPT_LIMIT`] bytes.
    pub(super) fn finish(self) -> String {
        let tail: Vec<u8> = self.tail.into();
        let kept = (self.head.len() + tail.len()) as u64;
        if kept == self.total {
            let whole = [self.head, tail].concat();
            let text = String::from_utf8_lossy(&whole);
            if text.len() <= EXCERPT_LIMIT {
                return text.into_owned();
            }
            // Replaced bytes made it longer than it was.
            return join(&text, &text, self.total);
        }
        let (head, tail) = (
            String::from_utf8_lossy(&self.head),
            String::from_utf8_lossy(&tail),
        );
        join(&head, &tail, self.total)
    }
}

fn join(head: &str, tail: &str, total: u64) -> String {
    let head = head.get(..boundary_at_most(head, HALF)).unwrap_or(head);
    let from = boundary_at_least(tail, tail.len().saturating_sub(HALF));
    let tail = tail.get(from..).unwrap_or(tail);
    format!("{head}\n[attest: cut here, the step wrote {total} bytes]\n{tail}")
}

fn boundary_at_most(text: &str, at: usize) -> usize {
    (0..=at.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

fn boundary_at_least(text: &str, at: usize) -> usize {
    (at..text.len())
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(chunks: &[&[u8]]) -> String {
        let mut excerpt = Excerpt::default();
        for chunk in chunks {
            excerpt.push(chunk);
        }
        excerpt.finish()
    }

    #[test]
    fn what_fits_is_kept_as_it_is() {
        let text = "ä".repeat(HALF - 1);
        assert_eq!(
            excerpt(&[&text.as_bytes()[..7], &text.as_bytes()[7..]]),
            text
        );
        assert_eq!(excerpt(&[]), "");
    }

    #[test]
    fn a_long_stream_keeps_start_and_end_and_says_so() {
        let text = excerpt(&[b"first\n", &vec![b'x'; 3 * EXCERPT_LIMIT], b"\nlast"]);
        assert!(text.starts_with("first\n") && text.ends_with("\nlast"));
        assert!(text.contains(&format!("the step wrote {} bytes", 3 * EXCERPT_LIMIT + 11)));
        assert!(text.len() <= EXCERPT_LIMIT);
    }

    #[test]
    fn bytes_that_are_not_utf8_do_not_pass_the_limit() {
        let text = excerpt(&[&vec![0xff; EXCERPT_LIMIT - MARKER]]);
        assert!(text.len() <= EXCERPT_LIMIT);
        assert!(text.contains("cut here"));
    }
}

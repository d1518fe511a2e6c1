//! Step output in a receipt: 4 MiB in all, counted as JSON writes it.

/// All output in one receipt, bytes after escaping. Readers stop at 16 MiB.
const ALL: usize = 4 << 20;
const MARKER: &str =
    "\n[... cut: the receipt holds 4 MiB of output in all; the log has everything ...]\n";

/// Cuts the longest texts, each to the same length, so that all fit together. The end of a text is kept: that is where
/// errors are.
pub(super) fn fit(texts: &mut [&mut String]) {
    let sizes: Vec<usize> = texts.iter().map(|text| escaped(text)).collect();
    if sizes.iter().sum::<usize>() <= ALL {
        return;
    }
    let share = share(sizes);
    for text in texts {
        if escaped(text) > share {
            **text = cut(text, share.saturating_sub(escaped(MARKER)));
        }
    }
}

/// The largest length to which cutting everything longer makes it fit.
fn share(mut sizes: Vec<usize>) -> usize {
    sizes.sort_unstable();
    let mut room = ALL;
    let mut left = sizes.len();
    for size in sizes {
        let share = room / left.max(1);
        if size > share {
            return share;
        }
        room -= size;
        left -= 1;
    }
    ALL
}

fn cut(text: &str, length: usize) -> String {
    let mut kept = 0;
    let tail: Vec<char> = text
        .chars()
        .rev()
        .take_while(|character| {
            kept += escaped_char(*character);
            kept <= length
        })
        .collect();
    MARKER.chars().chain(tail.into_iter().rev()).collect()
}

fn escaped(text: &str) -> usize {
    text.chars().map(escaped_char).sum()
}

/// Bytes of a character in JSON.
fn escaped_char(character: char) -> usize {
    match character {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        character if character.is_control() => 6,
        character => character.len_utf8(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_left_alone() {
        let mut text = "a".repeat(64 << 10);
        fit(&mut [&mut text]);
        assert_eq!(text.len(), 64 << 10);
    }

    #[test]
    fn the_longest_are_cut_and_keep_their_ends() {
        let mut long: Vec<String> = (0..100)
            .map(|n| format!("{}end {n}", "\u{1}".repeat(64 << 10)))
            .collect();
        let mut short = "short".to_owned();
        let mut all: Vec<&mut String> = long.iter_mut().chain([&mut short]).collect();
        fit(&mut all);
        let total: usize = long.iter().map(|text| escaped(text)).sum();
        assert!(total <= ALL && total > ALL / 2, "{total}");
        assert!(
            long.iter()
                .enumerate()
                .all(|(n, text)| text.ends_with(&format!("end {n}")))
        );
        assert!(long[0].starts_with("\n[... cut"));
        assert_eq!(short, "short");
    }
}

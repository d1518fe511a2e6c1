//! What the specification's Rust program builds and tests: no dependencies, one rule, its tests.

/// The number of words in a text, as white space divides it.
fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

fn main() {
    let text = std::env::args().skip(1).collect::<Vec<_>>().join(" ");
    println!("{} words", words(&text));
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn words_are_divided_by_white_space() {
        assert_eq!(words("one  two\tthree"), 3);
    }

    #[test]
    fn nothing_has_no_words() {
        assert_eq!(words(" \n"), 0);
    }
}

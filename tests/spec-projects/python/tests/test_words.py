from words import words


def test_words_are_divided_by_white_space() -> None:
    assert words("one  two\tthree") == 3


def test_nothing_has_no_words() -> None:
    assert words(" \n") == 0

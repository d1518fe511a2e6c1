"""One rule: how many words a text has."""


def words(text: str) -> int:
    """The number of words in a text, as white space divides it."""
    return len(text.split())

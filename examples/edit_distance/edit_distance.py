"""Levenshtein's distance, as it is defined."""


def edit_distance(a: str, b: str) -> int:
    """The fewest letters to insert, delete or replace that turn a into b."""
    if not a or not b:
        return len(a) + len(b)
    if a[0] == b[0]:
        return edit_distance(a[1:], b[1:])
    return 1 + min(
        edit_distance(a[1:], b),
        edit_distance(a, b[1:]),
        edit_distance(a[1:], b[1:]),
    )

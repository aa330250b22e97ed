def compare(left: str, right: str) -> int:
    """-1, 0 or 1: numbers between dots, those that are missing count as 0."""
    mine = [int(part) for part in left.split(".")]
    theirs = [int(part) for part in right.split(".")]
    length = max(len(mine), len(theirs))
    mine += [0] * (length - len(mine))
    theirs += [0] * (length - len(theirs))
    for one, other in zip(mine, theirs):
        if one < other:
            return -1
        if one > other:
            return 1
    return 0

def spiral(rows: list[list[int]]) -> list[int]:
    """The numbers of a table from its outside to its middle, clockwise from the first."""
    found = []
    left = [list(row) for row in rows]
    while left and left[0]:
        found.extend(left.pop(0))
        for row in left:
            if row:
                found.append(row.pop())
        if left:
            found.extend(reversed(left.pop()))
        for row in reversed(left):
            if row:
                found.append(row.pop(0))
    return found

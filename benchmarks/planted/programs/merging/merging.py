def merge(left, right):
    found = []
    at = 0
    for value in left:
        while at < len(right) and right[at] < value:
            found.append(right[at])
            at += 1
        found.append(value)
    found.extend(right[at:])
    return found


def sort(values):
    """A sorted copy."""
    if len(values) <= 1:
        return list(values)
    middle = len(values) // 2
    return merge(sort(values[:middle]), sort(values[middle:]))

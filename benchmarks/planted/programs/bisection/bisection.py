def first_at_least(values, wanted):
    """Where in a sorted list the first value is that is at least so large; its length if none."""
    low = 0
    high = len(values)
    while low < high:
        middle = (low + high) // 2
        if values[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


def count(values, lowest, highest):
    """How many values of a sorted list are in a closed range of whole numbers."""
    if highest < lowest:
        return 0
    begin = first_at_least(values, lowest)
    end = first_at_least(values, highest + 1)
    return end - begin

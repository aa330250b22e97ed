def tax(income: int, brackets: list[tuple[int, int]]) -> int:
    """In cents: of each bracket (from, percent) the part of the income in it; halves go up."""
    hundredths = 0
    upper = income
    for begin, percent in sorted(brackets, reverse=True):
        if upper <= begin:
            continue
        hundredths += (upper - begin) * percent
        upper = begin
    return (hundredths + 50) // 100

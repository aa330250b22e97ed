LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


def is_leap(year):
    if year % 100 == 0:
        return year % 400 == 0
    return year % 4 == 0


def day_of_year(year, month, day):
    """1 for January 1st."""
    if month < 1 or month > 12:
        raise ValueError("no such month")
    lengths = list(LENGTHS)
    if is_leap(year):
        lengths[1] += 1
    if day < 1 or day > lengths[month - 1]:
        raise ValueError("no such day")
    return sum(lengths[: month - 1]) + day

VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}


def number(text: str) -> int:
    """What a Roman numeral stands for; a smaller letter before a larger one counts against it."""
    total = 0
    before = 0
    letters = text.strip().upper()
    if not letters:
        raise ValueError("no numeral")
    for letter in reversed(letters):
        if letter not in VALUES:
            raise ValueError(f"no Roman letter: {letter}")
        value = VALUES[letter]
        if value < before:
            total -= value
        else:
            total += value
            before = value
    return total

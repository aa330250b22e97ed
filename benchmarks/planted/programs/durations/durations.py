SECONDS = {"h": 3600, "m": 60, "s": 1}


def seconds(text: str) -> int:
    """How long something takes that is written as in 1h30m or 45s, the largest unit first."""
    total = 0
    digits = ""
    smallest = 3601
    for letter in text:
        if letter.isdigit():
            digits += letter
            continue
        unit = SECONDS.get(letter)
        if unit is None or not digits:
            raise ValueError(f"no duration: {text!r}")
        if unit >= smallest:
            raise ValueError("units should get smaller")
        total += int(digits) * unit
        smallest = unit
        digits = ""
    if digits or not text:
        raise ValueError("a unit is missing")
    return total

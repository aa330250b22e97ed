def encoded(text: str) -> str:
    """Each run of a letter as the letter, and how often it is there if more than once."""
    if not text:
        return ""
    found = []
    last = text[0]
    length = 1
    for letter in text[1:]:
        if letter == last:
            length += 1
            continue
        found.append(last if length == 1 else f"{last}{length}")
        last = letter
        length = 1
    found.append(last if length == 1 else f"{last}{length}")
    return "".join(found)

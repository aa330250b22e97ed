"""Arguments of `edit_distance`: two texts over few letters, alike or not."""

from random import Random


def draw(random: Random, size: int) -> tuple[str, str]:
    """Two texts of at most `size` letters; half of the time the second is the first, edited."""
    letters = "abcd" if random.random() < 0.8 else "aé漢😀"
    first = _text(random, letters, size)
    if random.random() < 0.5:
        return first, _text(random, letters, size)
    second = list(first)
    for _ in range(random.randint(0, 3)):
        place = random.randint(0, len(second))
        second[place : place + random.randint(0, 1)] = random.choices(letters, k=1)
    return first, "".join(second)[:size]


def _text(random: Random, letters: str, size: int) -> str:
    return "".join(random.choices(letters, k=random.randint(size - size // 4, size)))

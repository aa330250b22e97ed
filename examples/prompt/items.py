"""Three kinds of questions: `draw` makes one with its answer, `score` marks a reply."""

WORDS = [
    "apple",
    "river",
    "stone",
    "cloud",
    "lamp",
    "garden",
    "window",
    "silver",
    "basket",
    "candle",
    "orange",
    "bridge",
    "pencil",
    "rocket",
    "forest",
    "island",
    "mirror",
    "pepper",
    "saddle",
    "velvet",
]


def draw(random, family):
    if family == "last letters":
        words = random.sample(WORDS, 3)
        asked = f"Take the last letter of each word in '{' '.join(words)}' and put them together."
        return asked, "".join(word[-1] for word in words)
    if family == "smallest":
        numbers = random.sample(range(100, 1000), 5)
        return f"Which is the smallest of {', '.join(map(str, numbers))}?", str(min(numbers))
    words = random.sample(WORDS, 4)
    return f"Put in alphabetical order: {', '.join(words)}.", ", ".join(sorted(words))


def score(said, answer):
    """Right when the last line is the answer; half when the answer is somewhere in the reply."""
    lines = said.strip().lower().splitlines() or [""]
    if lines[-1].strip(" .'\"*`") == answer:
        return 1
    return 0.5 if answer in said.lower() else 0


def feedback(said, answer):
    return f"the last line should be exactly: {answer}"

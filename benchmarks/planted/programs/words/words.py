def top(text: str, count: int = 3) -> list[str]:
    """The words of a text that occur most, the alphabet decides between equals."""
    seen = {}
    for word in text.lower().split():
        word = word.strip(".,;:!?")
        if not word:
            continue
        seen[word] = seen.get(word, 0) + 1
    ranked = sorted(seen, key=lambda word: (-seen[word], word))
    return ranked[:count]

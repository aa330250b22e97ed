"""Text of a stranger as a person should see it: nothing in it hides or poses as something else.

A sign is spelled, by its number, when there is nothing to be seen of it (control characters, what
joins, turns or blanks others, tags, fillers), when it runs from right to left, when Python reads it
as another (NFKC), and when it looks like ASCII and is not. A word is left alone if it is of one
script and cannot be taken for one in ASCII: umlauts and Russian are read as they are, but neither a
Cyrillic a among Latin letters nor a word all of whose letters have a double. Where no rule knows
better a sign is spelled: rather one too many. The ideas are those of UTS 39; see also "Trojan
Source" (Boucher and Anderson, 2021).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

LONGEST_BLANK = 40
"""More spaces in a row than this are counted, so that nothing stands out of sight behind them."""
_BLANK = re.compile(rf" {{{LONGEST_BLANK + 1},}}")
_PARTS = re.compile(r"\w+|\W")
_BLANKS = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\u034f\U0001d159")
"""Letters and marks that show nothing."""
_LIKE_PUNCTUATION = frozenset(
    "\u2010\u2011\u2012\u2212\u2215\u2044\u2216\u29f5\u29f8\u2217\u204e\u066d\u2236\ua789\u02d0"
    "\u0589\u201a\u02cb\u02bc\u02b9\u02c8\u2032\u2035\u055a\u2039\u203a\u2223\u2758\u00b7\u2219"
    "\u22c5\u2768\u2769\u276a\u276b\u2774\u2775\u02c2\u02c3\u02c4\u02c6\u02dc\u223c\u2e40\u30fb"
)
_ONE_SCRIPT = {"HIRAGANA": "CJK", "KATAKANA": "CJK", "KATAKANA-HIRAGANA": "CJK"}
_READABLE = frozenset(
    ("LATIN", "GREEK", "CYRILLIC", "CJK", "HANGUL", "GEORGIAN", "ETHIOPIC", "DEVANAGARI")
) | frozenset(("BENGALI", "TAMIL", "TELUGU", "GUJARATI", "KANNADA", "MALAYALAM", "THAI"))
"""Scripts that people write in; of any other, every letter is spelled."""
_MARKED = _READABLE - {"LATIN", "GREEK", "CYRILLIC", "CJK", "HANGUL", "GEORGIAN"}
"""Scripts whose letters carry marks of their own."""
_LIKE_ASCII = frozenset(
    "авгекмнопрстухьѕіјћһѵԁԛԝӏүАВГЕКМНОПРСТУХЅІЈЬҮӀԌԚԜαβγεηικνορτυχωϲϳΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹͿოჿհ"
)
"""Letters of other scripts that can be taken for one of ASCII."""
_LAST_LATIN = "\u017f"
_NOT_LATIN = frozenset("\u0131\u0138\u017f\u00aa\u00ba\u00d7\u00b5\u00fe\u00f0")
"""Up to there, letters that pass for others: a dotless i, a long s."""


def visible(line: str) -> str:
    """A line in which everything can be seen; the end of a line in it is spelled, too."""
    if line.isascii() and line.isprintable() and not _BLANK.search(line):
        return line
    shown = "".join(_spelled(sign) if hides else sign for sign, hides in _signs(line))
    return _BLANK.sub(lambda found: f"[{len(found[0]):,} spaces]", shown)


def hidden(text: str) -> tuple[str, ...]:
    """What is spelled in a text, a line for each sign: how often, and what Unicode calls it."""
    found = Counter(
        sign
        for line in text.split("\n")
        if not (line.isascii() and line.isprintable())
        for sign, hides in _signs(line)
        if hides
    )
    told = [f"{_spelled(sign)} {_name(sign)} ({count:,})" for sign, count in found.items()]
    blanks = _BLANK.findall(text)
    if blanks:
        told.append(f"{max(map(len, blanks)):,} spaces in a row ({len(blanks):,})")
    return tuple(told)


def _spelled(sign: str) -> str:
    return sign.encode("unicode_escape").decode("ascii")


def _name(sign: str) -> str:
    return unicodedata.name(sign, f"{unicodedata.category(sign)} without a name").lower()


def _signs(line: str) -> Iterator[tuple[str, bool]]:
    """Each sign, and whether it hides or poses as another."""
    before = ""
    for part in _PARTS.findall(line):
        scripts = {_script(sign) for sign in part if sign.isalpha()}
        passes = _passes_for_ascii(part, scripts)
        for sign in part:
            yield sign, _hides(sign, before, alone=len(scripts) <= 1 and not passes)
            before = sign


def _script(sign: str) -> str:
    first = unicodedata.name(sign, "").partition(" ")[0]
    return _ONE_SCRIPT.get(first, first)


def _passes_for_ascii(word: str, scripts: set[str]) -> bool:
    """Whether a word of another script can be taken for one of ASCII."""
    letters = [sign for sign in word if sign.isalpha()]
    return bool(letters) and "LATIN" not in scripts and _LIKE_ASCII.issuperset(letters)


def _hides(sign: str, before: str, *, alone: bool) -> bool:
    if sign.isascii() or not sign.isprintable():
        return not sign.isprintable()
    category = unicodedata.category(sign)
    if _is_known(sign):
        return True
    if category.startswith("M"):
        return _script(before) not in _MARKED if before else True
    if not sign.isalnum():
        return False
    if _script(sign) == "LATIN":
        return sign > _LAST_LATIN or sign in _NOT_LATIN or not alone
    return not alone or category.startswith("N") or _script(sign) not in _READABLE


def _is_known(sign: str) -> bool:
    """Whether it hides or poses as another, whatever stands beside it."""
    if sign in _BLANKS or sign in _LIKE_PUNCTUATION:
        return True
    if unicodedata.bidirectional(sign) in ("R", "AL", "AN"):
        return True
    return sign != "\N{HORIZONTAL ELLIPSIS}" and unicodedata.normalize("NFKC", sign) != sign

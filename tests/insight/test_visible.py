"""Nothing hides in what a person is shown, and honest text stays readable."""

from __future__ import annotations

import unicodedata

import pytest

from successor.insight.difference import FileChange, shown
from successor.insight.visible import LONGEST_BLANK, hidden, visible


@pytest.mark.parametrize(
    ("name", "text", "spelled"),
    [
        ("Trojan Source", "if level != 'user\u202e \u2066# admin\u2069 \u2066':", "user\\u202e "),
        ("Cyrillic in Latin", "p\u0430ypal = 1", "p\\u0430ypal"),
        ("all Cyrillic", "\u0441\u043e\u0440\u0443(x)", "\\u0441\\u043e\\u0440\\u0443(x)"),
        ("Greek", "\u03bf = 0", "\\u03bf = 0"),
        ("Armenian", "\u0585pen(x)", "\\u0585pen"),
        ("Cherokee", "\u13aa = 1", "\\u13aa"),
        ("zero-width joiner", "ad\u200dmin", "ad\\u200dmin"),
        ("zero-width space", "a\u200bb", "a\\u200bb"),
        ("soft hyphen", "a\u00adb", "a\\xadb"),
        ("byte-order mark", "\ufeffimport os", "\\ufeffimport"),
        ("Hangul filler, a name in Python", "\u3164 = 1", "\\u3164"),
        ("braille blank", "a\u2800b", "\\u2800"),
        ("variation selector", "env\ufe0f", "env\\ufe0f"),
        ("tags", "a\U000e0041", "\\U000e0041"),
        ("grapheme joiner", "a\u034fb", "\\u034f"),
        ("a mark on ASCII", "e\u0301", "e\\u0301"),
        ("a ligature, which Python reads as fi", "\ufb01le", "\\ufb01le"),
        ("full width", "\uff41dmin", "\\uff41"),
        ("mathematical", "\U0001d41edit", "\\U0001d41e"),
        ("script g", "\u0261et", "\\u0261et"),
        ("a click that looks like !", "ok\u01c3=1", "ok\\u01c3=1"),
        ("a semicolon that is none", "a = 1\u037e b = 2", "\\u037e"),
        ("a slash that is none", "a\u2215b", "\\u2215"),
        ("a minus that is none", "a \u2212 b", "\\u2212"),
        ("digits", "int('\u0663')", "\\u0663"),
        ("from right to left without a control", "\u05d0\u05d1 = 1", "\\u05d0\\u05d1"),
        ("no-break space", "a\u00a0b", "\\xa0"),
        ("ANSI", "x\x1b[2K\x1b[1Aok", "\\x1b[2K\\x1b[1A"),
        ("OSC 8", "\x1b]8;;http://a\x1b\\b\x1b]8;;\x1b\\", "\\x1b]8;;"),
        ("C1 escape", "\x9b2K", "\\x9b2K"),
        ("carriage return", "evil()\rfine()", "evil()\\rfine()"),
        ("line separator", "# fine\u2028check()", "# fine\\u2028check()"),
        ("backspace", "evil\b\b\b\b", "\\x08"),
        ("a lone surrogate", "\ud800", "\\ud800"),
        ("unassigned", "\U000e1000", "\\U000e1000"),
        ("far right", "a = 1" + " " * 300 + "; evil()", "a = 1[300 spaces]; evil()"),
    ],
)
def test_what_hides_is_spelled_and_listed(name: str, text: str, spelled: str):
    assert spelled in visible(text), name
    assert visible(text).isprintable()
    assert hidden(f"fine\n{text}\nfine")
    assert visible(visible(text)) == visible(text)


@pytest.mark.parametrize(
    "text",
    [
        "def f(x):  # größer, naïve œuvre, Łódź",
        "# привет, мир",
        "# 日本語 テスト 한국어",
        "# नमस्ते",
        "“quotes” — and … → ✓ 👍 ≤ ∑",
        "print('x' * 40)" + " " * LONGEST_BLANK + "y",
    ],
)
def test_honest_text_is_left_alone(text: str):
    assert visible(text) == text
    assert hidden(text) == ()


def test_no_sign_at_all_is_invisible_or_moves_a_cursor():
    """Every assigned sign, beside ASCII, and one in a hundred of the others: what is left as it is
    has a shape and no direction.
    """
    signs = [
        sign
        for sign in map(chr, range(0x110000))
        if sign != "!"
        and (unicodedata.category(sign) not in ("Cn", "Co", "Cs") or ord(sign) % 100 == 0)
    ]
    beside = [f"a{sign}b" for sign in signs]
    shown = visible("!".join(beside)).split("!")
    for sign, before, after in zip(signs, beside, shown, strict=True):
        if after != before:
            continue
        assert sign.isprintable()
        assert unicodedata.category(sign)[0] not in "CMZ" or sign == " "
        assert unicodedata.bidirectional(sign) not in ("R", "AL", "AN", "RLE", "RLO", "RLI", "FSI")
        if sign.isalpha() and not sign.isascii():
            assert sign <= "\u017f", "a letter of another script stands among ASCII unmarked"
        assert sign == "\u2026" or unicodedata.normalize("NFKC", sign) == sign


def test_a_line_of_a_difference_goes_on_behind_its_sign_however_long_it_is():
    line = "+" + "".join(chr(97 + k % 26) for k in range(100_000)) + "; evil()"
    lines = [*shown([FileChange("a", f"{line}\n")])]
    assert all(each[0] == "+" and len(each) <= 203 for each in lines)
    assert "".join([lines[0], *(each[3:] for each in lines[1:])]) == line

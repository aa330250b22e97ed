"""Whatever cannot be judged gets one clear line."""

from __future__ import annotations

from pathlib import Path

import pytest

from subjects.program.labs import FIB, Desk, made
from successor.errors import UsageError

NO_HINTS = "def f(x, y):\n    return x.frobnicate(y)\n"


@pytest.mark.parametrize(
    ("files", "target", "told"),
    [
        ({"f.py": "def f(x):\n    return (\n"}, "f.py:f", "f.py, line 2: does not parse"),
        ({"f.py": "def f(x):\n    return x\n" + "#\n" * 500_000}, "f.py:f", "a file of its own"),
        ({"f.py": FIB}, "f.py:fibb", "has no function 'fibb'; did you mean 'fib'?"),
        ({"f.py": FIB}, "g.py:fib", "does not exist; did you mean 'f.py'?"),
        ({"f.py": FIB}, "f.py", "which function is asked?"),
        ({"f.py": FIB}, "f:fib", "should be file.py:function"),
        ({"d/f.py": FIB}, "d", "is a folder"),
        ({"f.py": FIB}, "../f.py:fib", "outside the lab's folder"),
        ({"f.py": "async def f(): ...\n"}, "f.py:f", "is awaited"),
        (
            {"f.py": "class A:\n    def __init__(self, x): ...\n    def f(self): ...\n"},
            "f.py:A.f",
            "needs an instance that takes arguments",
        ),
        ({"f.py": "# EVOLVE-BLOCK-START\n" + FIB}, "f.py:fib", "is never closed"),
    ],
)
def test_what_is_no_target_is_refused_at_once(
    tmp_path: Path, files: dict[str, str], target: str, told: str
):
    with pytest.raises(UsageError) as refusal:
        made(tmp_path, files, target)
    assert told in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("import random\ndef f(x: int):\n    return random.random()\n", "different answers"),
        ("import time\ndef f(x: int):\n    return time.time()\n", "different answers"),
        ("n = []\ndef f(x: int):\n    n.append(x)\n    return len(n)\n", "different answers"),
        (
            "import urllib.request as u\ndef f(x: int):\n    return u.urlopen('http://a.example')\n",
            "needs the network",
        ),
        ("def f(x: int):\n    return open('data.txt').read()\n", "needs files"),
        (
            'def f(x: int):\n    """\n    >>> f(1)\n    3\n    """\n    return x\n',
            "a test fails on it",
        ),
        (NO_HINTS, "cannot tell what f takes"),
        ("import nosuchmodule\ndef f(x: int):\n    return x\n", "cannot be imported"),
        ("class A: ...\ndef f(x: int):\n    return A()\n", "cannot be compared"),
        ("import os\ndef f(x: int):\n    os._exit(0)\n", "gives no answer"),
    ],
)
def test_what_cannot_be_judged_is_refused_before_the_first_version(
    tmp_path: Path, source: str, told: str
):
    subject = made(tmp_path, {"f.py": source}, "f.py:f")
    try:
        with pytest.raises(UsageError) as refusal:
            subject.create(1, Desk())
    finally:
        subject.close()
    assert told in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_tests_that_fail_on_the_original_leave_nothing_to_preserve(tmp_path: Path):
    test = "from f import fib\ndef test_fib():\n    assert fib(10) == 56\n"
    subject = made(tmp_path, {"f.py": FIB, "tests/test_f.py": test}, "f.py:fib")
    with pytest.raises(UsageError, match=r"nothing to preserve.*test_f\.test_fib: AssertionError"):
        subject.create(1, Desk())
    subject.close()


def test_a_setting_that_names_nothing_is_refused(tmp_path: Path):
    with pytest.raises(UsageError, match="has no function 'drew'; did you mean 'draw'"):
        made(
            tmp_path, {"f.py": FIB, "i.py": "def draw(r, n): ...\n"}, "f.py:fib", inputs="i.py:drew"
        )
    with pytest.raises(UsageError, match="speeds"):
        made(tmp_path, {"f.py": FIB}, "f.py:fib", objectives=("speeds",))

"""Exams of a language model: greedy, by slice, resumable; and what is imported when."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import pytest

from authors.workbench import Desk
from subjects.causal_lm.tiny import base_folder, tiny
from successor.errors import Halt
from successor.subjects.causal_lm import CausalLM
from successor.subjects.causal_lm.base import Base
from successor.subjects.causal_lm.settings import Settings
from successor.types import Draw, Version


def first(subject: CausalLM, desk: Desk) -> Version:
    return Version("v1", subject.create(1, desk).files, (), "")


def test_an_exam_asks_what_the_draw_says_and_the_same_again() -> None:
    subject, desk = tiny(), Desk()
    draw = Draw("held-out", 5, (("even/1", 20), ("any/1", 3)))
    exam = subject.examine(first(subject, desk), draw, desk)
    assert [(p.name, p.size, len(p.scores)) for p in exam.slices] == [
        ("even/1", 1.0, 20), ("any/1", 1.0, 3),
    ]  # fmt: skip
    assert exam.figures == {"unit": "level", "device": "cpu", "dtype": "float32"}
    again = tiny().examine(first(subject, desk), draw, desk)
    assert again == exam
    assert desk.saved is None  # a judge's step is not ours to keep


def test_an_exam_of_ones_own_has_every_slice_and_may_draw_several_answers() -> None:
    subject, desk = tiny(passes=4), Desk()
    exam = subject.evaluate_self(first(subject, desk), 1, desk)
    assert [part.name for part in exam.slices] == [name for name, _ in subject.asks()]
    assert {score * 4 for part in exam.slices for score in part.scores} <= {0, 1, 2, 3, 4}
    mean = sum(part.mean for part in exam.slices) / 3
    assert mean < float(exam.figures["pass@4"]) <= 1


def test_an_exam_that_was_ended_goes_on() -> None:
    subject = tiny()
    desk = Desk()
    version = first(subject, desk)
    whole = subject.evaluate_self(version, 1, desk)
    desk.saved, desk.reports, desk.halt_after = None, 0, 2
    with pytest.raises(Halt):
        subject.evaluate_self(version, 1, desk)
    assert desk.saved
    desk.halt_after = math.inf
    before = desk.reports
    assert subject.evaluate_self(version, 1, desk) == whole
    assert desk.reports - before == 2  # of three batches


def test_the_files_of_the_base_define_the_experiment(tmp_path: Path) -> None:
    subject = tiny()
    listing = subject.bound()["base model"].decode()
    assert "  model.safetensors\n" in listing
    assert subject.bound()["problems"] == b"test"
    for path in base_folder().iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    assert Base(tmp_path, "copy").digest == subject.base.digest
    (tmp_path / "config.json").write_bytes(b"{}")
    assert Base(tmp_path, "copy").digest != subject.base.digest


def test_what_every_answer_begins_with_has_the_template_or_does_without() -> None:
    subject = tiny()
    told = subject.speaker.text(subject.speaker.prompt("What?"))
    assert told == "Digit.What?"
    subject.speaker.tokenizer.chat_template = None
    assert subject.speaker.text(subject.speaker.prompt("What?")) == "Digit.\n\nWhat?\n\n"


def test_loading_the_parts_imports_neither_torch_nor_transformers() -> None:
    code = (
        "import sys, successor.subjects.causal_lm, successor.authors.language;"
        "print(sorted({'torch', 'transformers', 'peft', 'reasoning_gym'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_settings_say_what_numbers_and_where() -> None:
    told = Settings(base="m", families=("gcd",))
    assert (told.device, told.dtype) == ("auto", "auto")

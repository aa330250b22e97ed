"""`successor judgement`: what was chosen, and the roads that were not taken."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from cli.commands import Run, change
from cli.terminal import Terminal
from cli.test_json_docs import assert_fits, documented
from cli.test_review import SEEN, editor
from successor.ledger import Ledger, audit

CHOOSER = """
import json
from successor.types import Draft


class Chooser:
    name = "chooser"

    def write(self, brief, workspace):
        if brief.tried:
            return None
        ability = int(workspace.read(brief.lineage[-1].files["ability"]))
        files = [
            {"ability": workspace.write(str(value).encode())}
            for value in (ability + 1, ability * 2, ability * 4)
        ]
        told = [
            {"files": each, "predicted": {"reach": gain}}
            for each, gain in zip(files, (9.0, 2.0, 1.5))
        ]
        options = workspace.write(json.dumps(told).encode())
        return Draft(files[1], {"options": options, "screened_reach": 2.0})


def author(settings, subject):
    return Chooser()
"""


@pytest.fixture
def choosing(lab: Path) -> Path:
    (lab / "chooser.py").write_text(CHOOSER)
    change(lab, 'kind = "tiny.py:author"', 'kind = "chooser.py:author"')
    return lab


def kept(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_options_predictions_and_picks_are_on_record(choosing: Path, run: Run):
    assert run("improve", choosing, "--quiet").code == 0
    (told,) = run("judgement", choosing, "--json").lines
    assert_fits(told, documented("`successor judgement LAB --json`"))
    assert [len(each["options"]) for each in told["moments"]] == [4, 4]
    first = told["moments"][0]
    assert_fits(first, documented("A moment"))
    for row in told["picks"]:
        assert_fits(row, documented("A comparison of picks"))
    assert [each["what"] for each in first["options"]] == [
        "stay", "handed in", "passed over", "passed over",
    ]  # fmt: skip
    assert (first["ai"], first["greedy"], first["human"]) == (1, 2, None)
    assert first["predicted"] == 2.0
    assert first["measured"] == pytest.approx(2.0, rel=0.01)
    assert (told["replayed"], first["outcomes"]) == (None, None)
    assert audit(choosing / ".successor").problem is None


def test_roads_not_taken_are_tried_from_the_record_alone(choosing: Path, run: Run, tmp_path: Path):
    run("improve", choosing, "--quiet")
    copied = tmp_path / "elsewhere"
    shutil.copytree(choosing / ".successor", copied / ".successor")
    shutil.rmtree(choosing)
    before = kept(copied)
    picture = tmp_path / "picks.svg"
    (told,) = run("judgement", copied, "--replay", "--json", "--plot", picture).lines
    assert_fits(told, documented("`successor judgement LAB --json`"))
    assert kept(copied) == before, "nothing is written"
    assert picture.read_text("utf-8").startswith("<svg")
    assert told["replayed"] == 2
    for each in told["moments"]:
        assert each["outcomes"]["greedy"] == "won", "it predicted most and was worth least"
        assert each["outcomes"]["stay"] == "won"
    words = run("judgement", copied, "--replay").out
    assert "can't be told" in words
    assert "2 of 2 moments tried again" in words


def test_a_person_who_rejects_is_compared_at_detours_and_strong_moves(choosing: Path, run: Run):
    change(choosing, "[lab]", "[lab]\nstage = 2")
    assert run("improve", choosing, "--quiet").code == 3
    assert run("review", choosing, "--reject", "--reason", "too bold").code == 0
    (told,) = run("judgement", choosing, "--replay", "--json").lines
    (only,) = told["moments"]
    assert (only["human"], only["move"]) == (0, "detour")
    assert only["outcomes"]["human"] == "won"
    detours, strong = told["picks"][:2]
    assert (detours["move"], detours["won"], detours["share_of_all"]) == ("detour", 1, 1.0)
    assert (strong["move"], strong["moments"], strong["share"]) == ("strong", 0, None)
    assert detours["verdict"] == "can't tell"
    assert (
        "1 of 1 detour (100%) and 0 of 0 strong moves" in run("judgement", choosing, "--replay").out
    )


def test_a_person_who_accepts_picks_what_the_ai_picked(choosing: Path, run: Run):
    change(choosing, "[lab]", "[lab]\nstage = 2")
    run("improve", choosing, "--quiet")
    assert run("review", choosing, "--accept").code == 0
    (told,) = run("judgement", choosing, "--replay", "--json").lines
    assert told["moments"][0]["outcomes"]["human"] == "same"
    assert told["moments"][0]["move"] == "detour", "its author passed over a better one"


def test_a_persons_edit_is_an_option_and_no_moment_of_an_ai(
    choosing: Path, run: Run, tmp_path: Path
):
    change(choosing, "[lab]", "[lab]\nstage = 2")
    change(choosing, "=16", "=64")
    seat = Terminal("improve", choosing, EDITOR=editor(tmp_path, 'printf 32 > "$1"'))
    for key in ("e", "a", "q"):
        seat.read_until(SEEN)
        seat.press(key)
    assert seat.end() == 3
    (told,) = run("judgement", choosing, "--replay", "--json").lines
    edited, after = told["moments"]
    assert [each["what"] for each in edited["options"]][-1] == "edited"
    assert (edited["human"], edited["options"][-1]["predicted"]) == (4, {})
    assert edited["outcomes"]["human"] == "lost"
    assert edited["move"] == "strong", "32 is more than any of the author's"
    assert after["human"] is None, "it goes on waiting"


def test_no_time_is_no_moment(choosing: Path, run: Run):
    run("improve", choosing, "--quiet")
    (told,) = run("judgement", choosing, "--replay", "--budget", "0.000001s", "--json").lines
    assert told["replayed"] == 0
    assert "Give it longer" in run("judgement", choosing, "--replay", "--budget", "0.000001s").out


def test_options_that_cannot_be_read_are_none(choosing: Path, run: Run):
    text = (choosing / "chooser.py").read_text()
    for bad in ('"options": "no digest"', '"options": workspace.write(b"[1]")'):
        (choosing / "chooser.py").write_text(text.replace('"options": options', bad))
        assert run("improve", choosing, "--quiet", "--fresh").code == 0
        (told,) = run("judgement", choosing, "--json").lines
        assert {len(each["options"]) for each in told["moments"]} == {2}


def test_what_was_never_recorded_is_named(lab: Path, run: Run):
    done = run("judgement", lab)
    assert (done.code, done.out) == (2, "")
    run("improve", lab, "--quiet")
    assert run("judgement", lab, "--budget", "soon").code == 2
    with Ledger.read(lab / ".successor") as ledger:
        assert ledger.head.size
    (told,) = run("judgement", lab, "--json").lines
    assert json.dumps(told["moments"]).count('"passed over"') == 0

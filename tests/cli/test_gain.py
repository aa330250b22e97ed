"""`successor gain`: how much better than the start, by generation, hour and dollar."""

from __future__ import annotations

from pathlib import Path

from cli.commands import Run
from cli.test_json_docs import assert_fits, documented


def test_a_line_of_doublings(run: Run, lab: Path, tmp_path: Path):
    run("improve", lab, "--quiet")
    picture = tmp_path / "gain.svg"
    (told,) = run("gain", lab, "--json", "--plot", picture).lines
    assert_fits(told, documented("`successor gain LAB --json`"))
    times = [round(step["times"]) for step in told["line"]]
    assert times == [1, 2, 4]
    assert abs(told["times"] - 4) < 0.1
    assert abs(told["doublings_per_generation"] - 1) < 0.1
    assert told["doublings_per_usd"] is None
    (eight,) = (each for each in told["classes"] if each["name"] == "8")
    assert (eight["before"]["failed"], eight["before"]["items"]) == (20, 20)
    assert (eight["after"]["failed"], eight["after"]["rate"]) == (0, 0.0)
    assert 0.1 < eight["after"]["interval"][1] < 0.2, "none of 20 leaves room for some"
    assert picture.read_text("utf-8").startswith("<svg")
    words = run("gain", lab).out
    assert "4 times the start" in words
    assert "nothing was paid" in words


def test_the_report_has_what_was_gained_and_who_wrote_it(run: Run, lab: Path):
    run("improve", lab, "--quiet")
    page = run("report", lab, "--output", "-").out
    for heading in ("How far it reaches", "What was gained", "Where it goes", "Who wrote it"):
        assert f"<h2>{heading}</h2>" in page
    assert "4 times the start" in page
    assert "<td>closed loop</td>" in page


def test_one_version_has_gained_nothing_yet(run: Run, lab: Path):
    (lab / "successor.toml").write_text(
        (lab / "successor.toml")
        .read_text()
        .replace("generations = 9", "generations = 1")
        .replace("reliable_horizon=16", "reliable_horizon=4")
    )
    run("improve", lab, "--quiet")
    (told,) = run("gain", lab, "--json").lines
    assert (told["times"], told["doublings_per_generation"], told["classes"]) == (None, None, [])
    assert "No successor took over yet" in run("gain", lab).out
    page = run("report", lab, "--output", "-").out
    assert "No successor took over yet: the horizon is " in page
    assert "Nobody has written a candidate yet." in page
    assert "The data can&#x27;t tell" in page


def test_no_record_is_a_line_and_exit_code_2(run: Run, lab: Path):
    done = run("gain", lab)
    assert (done.code, done.out) == (2, "")
    assert "nothing is on record" in done.err

"""`successor futures`: what it reads, what it says, and what it says of bad input."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.commands import Run, change
from cli.test_json_docs import assert_fits, documented
from successor.cli.futures import PRESETS
from successor.insight.futures.presets import NAMES
from successor.insight.futures.series import read_series

TABLE = Path(__file__).parents[1] / "insight" / "data" / "metr" / "benchmark_results_1_1.yaml"


def write(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(rows))
    return path


@pytest.fixture
def doubling(tmp_path: Path) -> Path:
    return write(tmp_path / "s.csv", "generation,speedup", *(f"{n},{2**n}" for n in range(12)))


def test_a_series(run: Run, doubling: Path):
    done = run("futures", doubling, "--value", "speedup")
    assert done.code == 0
    assert done.out.startswith("Compounding: steady doublings.")
    (told,) = run("futures", doubling, "--value", "speedup", "--ahead", "4", "--json").lines
    assert told["verdict"] == "exponential"
    assert told["forecasts"][-1]["time"] == 15
    assert told["forecasts"][-1]["median"] == pytest.approx(2**15, rel=0.5)


def test_a_series_that_falls(run: Run, tmp_path: Path):
    path = write(tmp_path / "s.csv", "time,value", *(f"{n},{2.0**-n}" for n in range(12)))
    assert run("futures", path).out.startswith("Declining: steady halvings.")
    (told,) = run("futures", path, "--json").lines
    assert (told["verdict"], told["meaning"]) == ("exponential", "declining: steady halvings")


@pytest.mark.parametrize(
    ("times", "unit", "last"),
    [
        (("20240101", "20240201", "20250101"), "days", "2025-01-01"),
        (("2024-01-01", "20240201", "20250101"), "days", "2025-01-01"),
        (("20240101", "20240231", "20250101"), "time", "2.02501e+07"),
        (("18240101", "18240201", "18250101"), "time", "1.82501e+07"),
        (("20240101", "20240201", "20250101.0"), "time", "2.02501e+07"),
    ],
)
def test_eight_digits_are_dates_where_all_can_be(
    tmp_path: Path, times: tuple[str, ...], unit: str, last: str
):
    rows = [f"{at},{n + 1}" for n, at in enumerate(times)]
    series = read_series(write(tmp_path / "s.csv", "time,value", *rows))
    assert (series.unit, series.shown(series.times[-1])) == (unit, last)


def test_what_is_printed_is_what_is_documented(run: Run, doubling: Path, lab: Path):
    run("improve", lab, "--quiet")
    schema = documented("`successor futures PATH --json`")
    for words in ([doubling, "--value", "speedup"], [TABLE], [lab]):
        done = run("futures", *words, "--json")
        if done.code == 0:
            assert_fits(done.lines[0], schema)
    (told,) = run("futures", "--preset", "review-bound", "--json").lines
    assert_fits(told, documented("`successor futures --preset NAME --json`"))


def test_published_horizons_in_days(run: Run, tmp_path: Path):
    (told,) = run("futures", TABLE, "--json", "--plot", tmp_path / "f.svg").lines
    assert (told["unit"], told["points"]) == ("days", 14)
    assert told["forecasts"][0]["shown"].startswith("20")
    assert "<svg" in (tmp_path / "f.svg").read_text("utf-8")


def test_few_points_cannot_tell(run: Run, tmp_path: Path):
    path = write(tmp_path / "s.csv", "date,value", "2024-01-01,1", "2024-02-01,2", "2024-03-01,9")
    done = run("futures", path)
    assert done.code == 0
    assert "The data can't tell: 3 points; it takes 6." in done.out
    assert "odds" not in done.out
    assert "2024-03-31" not in done.out
    (told,) = run("futures", path, "--json", "--plot", tmp_path / "f.svg").lines
    assert (told["probabilities"], told["scores"], told["forecasts"]) == ({}, {}, [])
    assert "polyline" not in (tmp_path / "f.svg").read_text("utf-8")


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_simulated(run: Run, name: str):
    assert run("futures", "--preset", name, "--draws", "500").code == 0
    assert run("futures", "--preset", name, "--draws", "500", "--json").lines[0]["preset"] == name


def test_the_presets_of_the_command_are_those_that_there_are():
    assert sorted(PRESETS) == sorted(NAMES)


def test_numbers_of_a_world_can_be_set(run: Run, tmp_path: Path):
    bound = run("futures", "--preset", "review-bound", "--json").lines[0]
    words = ["--set", "review=0", "--set", "automated=1", "--plot", str(tmp_path / "w.svg")]
    free = run("futures", "--preset", "review-bound", *words, "--json").lines[0]
    assert (bound["future"], free["future"]) == ("compounds", "runs away")
    assert free["no_end_after"] > 0
    assert bound["fastest_labour"] == pytest.approx(10)
    assert free["fastest_labour"] is None


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["time,value", "1,2"], "1 point; growth needs two different times"),
        (["time,value", "1,2", "1,3"], "2 points; growth needs two different times"),
        (["time,value", "1,2", "2,-3"], "line 3: value '-3': should be a number above 0"),
        (["time,value", "1,2", "2,0"], "line 3: value '0': should be a number above 0"),
        (["time,value", "1,2", "soon,3"], "line 3: time 'soon': should be a number, or a date"),
        (["time,value", "1,2", "2,1_000"], "line 3: value '1_000'"),
        (["time,value", "1,2", "1_000,3"], "line 3: time '1_000'"),
        (["time,value,value", "1,2,3"], "line 1: two columns are called 'value'"),
        (["time,value", "1,2", "2024-01-01junk,3"], "line 3: time '2024-01-01junk': should be"),
        (["time,value", "20240101,2", "1,3", "2024-01-01,3"], "line 4: a date"),
        (["time,value", "1,2", "2024-01-01,3"], "line 3: a date, where earlier rows have numbers"),
        (["time,value", "1,2", ",3"], "line 3: no time or date"),
        (["time,width", "1,2"], "line 2: no value or horizon"),
        (["time,value", "1,nan"], "line 2: value 'nan'"),
        (["time,value", "-1e308,1", "1e308,2"], "further apart than numbers reach"),
    ],
)
def test_a_bad_series_is_named(run: Run, tmp_path: Path, rows: list[str], told: str):
    done = run("futures", write(tmp_path / "s.csv", *rows))
    assert done.code == 2
    assert told in done.err


def test_other_wrong_wishes(run: Run, tmp_path: Path, doubling: Path):
    far = write(tmp_path / "far.csv", "time,value", "1,1", "1e308,2")
    for words, told in (
        ([], "give a PATH with a series, a --preset, or a lab and a --preset"),
        ([doubling, "--preset", "ai-2027"], "is a model of its own"),
        ([doubling, "--preset", "review-bound"], "has to be the folder"),
        ([tmp_path / "no.csv"], "no such file"),
        ([tmp_path], "no lab with a record"),
        ([write(tmp_path / "s.txt", "1")], "should be a .csv"),
        ([doubling, "--set", "a=1"], "--set is for a --preset"),
        (["--preset", "ai-2027", "--set", "a=1"], "successor: --set: ai-2027 is a model"),
        ([doubling, "--preset", "ai-2027", "--set", "a=1"], "PATH and --set: ai-2027 is"),
        (["--preset", "review-bound", "--set", "review"], "should be KEY=NUMBER"),
        (["--preset", "review-bound", "--set", "revew=1"], "did you mean 'review'"),
        ([doubling, "--ahead", "nan"], "is not finite"),
        ([doubling, "--ahead", "inf"], "is not finite"),
        ([far, "--ahead", "1e308"], "--ahead 1e+308: further than numbers reach"),
    ):
        done = run("futures", *words)
        assert done.code == 2, words
        assert told in done.err


@pytest.mark.parametrize(
    "number", ["compute=-1e308", "exponent=1e308", "speed=1e308", "rho=-1e308"]
)
def test_a_world_of_numbers_beyond_all_bounds_ends(run: Run, number: str):
    done = run("futures", "--preset", "review-bound", "--set", number, "--json")
    assert done.code == 0
    assert len(done.lines[0]["levels"]) < 2000


def test_a_world_goes_on_from_a_lab(run: Run, lab: Path):
    run("improve", lab, "--quiet")
    few = run("futures", lab, "--preset", "review-bound")
    assert few.code == 2
    assert "3 versions in charge can be measured; a fit takes 4" in few.err
    change(lab, "=16", "=128")
    run("improve", lab, "--quiet", "--fresh")
    (told,) = run("futures", lab, "--json").lines
    assert told["returns"]["points"] == 6
    (low, high), r = told["returns"]["r_interval"], told["returns"]["r"]
    # How long each took is the machine's: any may be missing, and they are never out of order.
    there = [each for each in (low, r, high) if each is not None]
    assert there == sorted(there)
    (world,) = run("futures", lab, "--preset", "review-bound", "--json").lines
    assert_fits(world, documented("`successor futures --preset NAME --json`"))
    assert (world["unit"], world["settings"]["review"]) == ("hours of work", 0.0)
    assert world["from_lab"].keys() == {"doublings", "fishing_out", "review", "automated"}
    assert world["settings"]["exponent"] == 0.7, "the preset's"
    words = run("futures", lab, "--preset", "review-bound", "--set", "fishing_out=0.3").out
    assert "From the lab's record: doublings" in words
    assert "fishing_out =" not in words, "that one was wished for"


def test_a_function_that_has_no_lab_is_named(run: Run, tmp_path: Path):
    write(tmp_path / "f.py", "def f(): pass")
    for verb in ("futures", "authorship", "horizon"):
        done = run(verb, f"{tmp_path}/f.py:f")
        assert done.code == 2
        assert "has no lab yet" in done.err

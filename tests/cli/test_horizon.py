"""`successor horizon`: what it reads, what it says, and what it says of bad input."""

from __future__ import annotations

import json
import tracemalloc
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cli.commands import Run
from cli.test_json_docs import assert_fits, documented
from successor.insight.horizon.rows import Columns, read_rows
from successor.insight.horizon.runs import Runs

METR = Path(__file__).parents[1] / "insight" / "data" / "metr"
TABLE = METR / "benchmark_results_1_1.yaml"
ROW = {"alias": "a", "task_id": "t", "task_family": "f", "human_minutes": 4, "score_binarized": 1}
FAIL = ("--hack-policy", "fail")


def rows(path: Path, *changes: Mapping[str, object]) -> Path:
    path.write_text("".join(json.dumps({**ROW, **change}) + "\n" for change in changes))
    return path


def two_models(path: Path) -> Path:
    return rows(
        path,
        *(
            {
                "alias": name,
                "task_id": f"{size}",
                "human_minutes": size,
                "score_binarized": int(size < reach or at == 0),
                "release_date": released,
                "reward_hack": at == 3,
            }
            for name, reach, released in (("old", 4, "2024-01-01"), ("new", 64, "2024-12-31"))
            for size in (1, 2, 4, 8, 16, 32, 64, 128)
            for at in range(4)
        ),
    )


def test_a_published_table(run: Run):
    done = run("horizon", TABLE, "--since", "2023-01-01")
    assert done.code == 0
    assert "doubles every 130.801 days" in done.out
    (told,) = run("horizon", TABLE, "--since", "2023-01-01", "--json").lines
    assert told["trend"]["doubling_time"] == pytest.approx(130.801, abs=5e-4)
    assert len(told["models"]) == 17
    (gpt,) = [each for each in told["models"] if each["name"] == "gpt_5_2025_08_07_inspect"]
    assert (gpt["p50"], gpt["release_date"]) == (213.954459, "2025-08-07")


def test_what_is_printed_is_what_is_documented(run: Run, tmp_path: Path, lab: Path):
    run("improve", lab, "--quiet")
    schema = documented("`successor horizon PATH --json`")
    for words in ([TABLE], [two_models(tmp_path / "r.jsonl"), *FAIL], [lab, *FAIL]):
        (told,) = run("horizon", *words, "--json").lines
        assert_fits(told, schema)
        assert_fits(told["trend"], documented("A trend"))
        for model in told["models"]:
            assert_fits(model, documented("A model"))


def test_runs_with_dates_and_hacks(run: Run, tmp_path: Path):
    path = two_models(tmp_path / "r.jsonl")
    found = {
        policy: run("horizon", path, "--hack-policy", policy, "--json").lines[0]
        for policy in ("fail", "pass", "drop")
    }
    p50 = {policy: told["models"][1]["p50"] for policy, told in found.items()}
    assert p50["fail"] < p50["drop"] < p50["pass"]
    assert found["fail"]["hacks"] == 16
    assert found["fail"]["trend"]["method"] == "bootstrap"
    assert 50 < found["fail"]["trend"]["doubling_time"] < 150
    assert run("horizon", path).code == 2


def test_a_model_without_success_is_told_to_be_in_no_trend(run: Run, tmp_path: Path):
    path = two_models(tmp_path / "r.jsonl")
    none = [{**ROW, "alias": "none", "task_id": f"{size}", "task_family": "f"} for size in (1, 2)]
    none = [{**each, "human_minutes": int(str(each["task_id"]))} for each in none]
    with path.open("a", encoding="utf-8") as file:
        for each in none:
            row = {**each, "score_binarized": 0, "release_date": "2023-01-01"}
            file.write(json.dumps(row) + "\n")
    (told,) = run("horizon", path, *FAIL, "--json").lines
    assert told["trend"]["models"] == ["old", "new"]
    assert told["trend"]["left_out"] == ["none"]
    assert "Note: horizon 0, which no trend can hold: none." in run("horizon", path, *FAIL).out


def test_dates_may_stand_in_a_file_of_their_own(run: Run, tmp_path: Path):
    path = rows(tmp_path / "r.jsonl", {}, {"score_binarized": 0, "task_id": "u"})
    (tmp_path / "dates.yaml").write_text("date:\n  a: 2024-02-03\n")
    (told,) = run("horizon", path, *FAIL, "--dates", tmp_path / "dates.yaml", "--json").lines
    assert told["models"][0]["release_date"] == "2024-02-03"
    (told,) = run("horizon", path, *FAIL, "--json").lines
    assert told["models"][0]["release_date"] is None
    assert any("no release date" in note for note in told["notes"])
    (tmp_path / "dates.yaml").write_text("a: soon\n")
    done = run("horizon", path, *FAIL, "--dates", tmp_path / "dates.yaml")
    assert done.code == 2
    assert "a: release date 'soon': should be like 2025-02-24" in done.err


def test_any_size_in_a_csv_is_called_by_its_name(run: Run, tmp_path: Path):
    path = tmp_path / "sums.csv"
    lines = [f"m,{digits},{int(digits < 9)}" for digits in (2, 4, 8, 16, 32) for _ in range(4)]
    path.write_text("\n".join(["model,digits,score", *lines]))
    (told,) = run("horizon", path, *FAIL, "--size", "digits", "--json").lines
    assert told["unit"] == "digits"
    assert 8 < told["models"][0]["p50"] < 16
    assert told["models"][0]["tasks"] == 5


def log(score: object = "C", **sample: object) -> dict[str, Any]:
    named = {"task": "ctf", "model": "lab/m1", "metadata": {"release_date": "2025-01-02"}}
    samples = [
        {"id": at, "epoch": 1, "metadata": {"human_minutes": 2.0**at, **sample}}
        | {"scores": {"match": {"value": score if at < 3 else "I"}}}
        for at in range(6)
    ]
    return {"version": 2, "status": "success", "eval": named, "samples": samples}


def archive(path: Path, told: dict[str, Any]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("header.json", json.dumps({**told, "samples": None}))
        for sample in told["samples"]:
            file.writestr(f"samples/{sample['id']}_epoch_1.json", json.dumps(sample))
        file.writestr("summaries.json", "[]")
    return path


def test_inspect_logs_of_either_kind(run: Run, tmp_path: Path):
    (tmp_path / "one.json").write_text(json.dumps(log()))
    archive(tmp_path / "two.eval", log())
    for path in (tmp_path / "one.json", tmp_path / "two.eval"):
        (told,) = run("horizon", path, *FAIL, "--json").lines
        (model,) = told["models"]
        assert (model["name"], model["release_date"]) == ("lab/m1", "2025-01-02")
        assert 4 < model["p50"] < 8
    (both,) = run("horizon", tmp_path, *FAIL, "--json").lines
    assert both["models"][0]["runs"] == 12


def test_samples_without_a_score_are_left_out_and_told(run: Run, tmp_path: Path):
    told = log()
    told["samples"][0]["scores"] = {}
    path = archive(tmp_path / "log.eval", told)
    (found,) = run("horizon", path, *FAIL, "--json").lines
    assert found["models"][0]["runs"] == 5
    assert any("1 samples without a score" in note for note in found["notes"])


def test_a_lab_is_a_table_of_its_versions(run: Run, lab: Path):
    run("improve", lab, "--quiet")
    (told,) = run("horizon", lab, *FAIL, "--json").lines
    assert told["kind"] == "record"
    assert told["trend"]["unit"] == "minutes of work"
    p50 = [each["p50"] for each in told["models"] if each["p50"] is not None]
    assert p50 == sorted(p50)
    assert told["trend"]["method"] in {"", "residuals"}, "not of the items of exams alone"
    (status,) = run("status", lab, "--json").lines
    if told["models"][-1]["p50"] is not None:
        assert told["models"][-1]["p50"] == pytest.approx(status["horizon"], rel=1e-6)


def test_a_plot_is_an_svg(run: Run, tmp_path: Path):
    from xml.etree import ElementTree as ET

    path = tmp_path / "trend.svg"
    assert run("horizon", TABLE, "--plot", path).code == 0
    root = ET.fromstring(path.read_text("utf-8"))  # noqa: S314 - written a line above
    assert len(root.findall("{*}circle")) == 17
    assert len(root.findall("{*}polyline")) == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"human_minutes": -3}, "line 2: size -3: should be above 0"),
        ({"human_minutes": 0}, "line 2: size 0: should be above 0"),
        ({"human_minutes": "long"}, "human_minutes or size or difficulty is 'long'"),
        ({"human_minutes": None}, "line 2: no human_minutes or size or difficulty; it has alias"),
        ({"score_binarized": 2}, "line 2: score 2: should be between 0 and 1"),
        ({"score_binarized": None}, "line 2: no score_binarized or score or success"),
        ({"score_binarized": float("nan")}, "is nan: should be a number"),
        ({"human_minutes": True}, "line 2: human_minutes or size or difficulty is True"),
        ({"human_minutes": "1_000"}, "difficulty is '1_000': should be a number"),
        ({"human_minutes": 10**400}, "line 2: human_minutes or size or difficulty is 1000"),
        ({"alias": None}, "line 2: no alias or agent or model"),
        ({"alias": {"a": 1}}, "line 2: alias or agent or model is {'a': 1}: should be text"),
        ({"task_id": ["t"]}, "line 2: task_id or task is ['t']: should be text"),
        ({"alias": "a\0b"}, r"line 2: alias or agent or model is 'a\x00b': no name has a NUL"),
        ({"human_minutes": 5}, "line 2: task 't' has size 5, and 4 in an earlier run"),
        ({"task_family": "g"}, "line 2: task 't' is of family 'g', and of 'f' earlier"),
        ({"release_date": "yesterday"}, "line 2: release date 'yesterday'"),
        ({"release_date": "2024-01-01junk"}, "line 2: release date '2024-01-01junk'"),
        ({"release_date": "18240101"}, "line 2: release date '18240101'"),
        ({"release_date": 20240231}, "line 2: release date 20240231"),
        ({"reward_hack": "perhaps"}, "hack is 'perhaps': should be true or false"),
    ],
)
def test_a_bad_row_is_named(run: Run, tmp_path: Path, change: dict[str, object], told: str):
    done = run("horizon", rows(tmp_path / "r.jsonl", {}, change), *FAIL)
    assert done.code == 2
    assert told in done.err
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("r.jsonl", "", "no runs in it"),
        ("r.jsonl", "{", "line 1: no JSON"),
        ("r.jsonl", "[1]\n", "line 1: should be one JSON object"),
        ("r.jsonl", "[" * 100_000, "line 1: no JSON"),
        ("t.yaml", "a: " + "[" * 100_000, "no YAML"),
        ("r.csv", "", "line 1: no heading"),
        ("r.csv", "model,size,score\nm,1\n", "line 2: should have 3 values"),
        ("r.csv", "model,model,size,score\nm,n,1,1\n", "line 1: two columns are called 'model'"),
        ("r.jsonl", '{"alias": "a", "alias": "b"}\n', "line 1: 'alias' stands in it twice"),
        ("t.yaml", "results: 3\n", "no table of horizons"),
        ("t.yaml", "a: [", "no YAML"),
        ("t.yaml", "results: {m: {metrics: {}}}", "m: no p50_horizon_length"),
        ("t.yaml", "results: {m: {p50_horizon_length: -1}}", "is -1: should be at least 0"),
        ("l.json", "{}", "no Inspect log"),
        ("l.eval", "not a zip", "it is no zip archive"),
        ("r.parquet", "?", "no kind of file that is known"),
    ],
)
def test_a_bad_file_is_named(run: Run, tmp_path: Path, name: str, text: str, told: str):
    (tmp_path / name).write_text(text)
    done = run("horizon", tmp_path / name, *FAIL)
    assert done.code == 2
    assert told in done.err


def test_other_wrong_wishes(run: Run, tmp_path: Path):
    path = rows(tmp_path / "r.jsonl", {})
    for words, told in (
        ([tmp_path / "no.jsonl", *FAIL], "no such file"),
        ([TABLE, path, *FAIL], "several files may be given of runs only"),
        ([TABLE, "--hack-policy", "pass"], "needs the runs"),
        ([path, *FAIL, "--penalty", "nan"], "is not finite"),
        ([path, *FAIL, "--penalty", "inf"], "is not finite"),
        ([path, *FAIL, "--draws", "1"], "--draws 1: should be 100 or more, or 0"),
        ([TABLE, "--since", "2025-01-01", "--until", "2024-01-01"], "is after --until"),
        ([tmp_path.parent / "nothing", *FAIL], "no such file"),
    ):
        done = run("horizon", *words)
        assert done.code == 2
        assert told in done.err
    (tmp_path / "empty").mkdir()
    assert "neither a lab" in run("horizon", tmp_path / "empty", *FAIL).err


@pytest.mark.parametrize("spelled", [20240203, "20240203", "2024-02-03T10:00:00Z", "2024-02-03"])
def test_a_date_is_spelled_in_these_ways(run: Run, tmp_path: Path, spelled: object):
    path = rows(tmp_path / "r.jsonl", {"release_date": spelled})
    (told,) = run("horizon", path, *FAIL, "--json").lines
    assert told["models"][0]["release_date"] == "2024-02-03"


def test_one_model_has_no_trend_and_says_why(run: Run, tmp_path: Path):
    path = rows(tmp_path / "r.jsonl", {"release_date": "2024-01-01"})
    done = run("horizon", path, *FAIL)
    assert done.code == 0
    assert "No trend: a trend needs a state of the art of two dates or more" in done.out
    assert "every run succeeded: at least 4" in done.out


@pytest.mark.parametrize(
    ("score", "told"),
    [(0, "no model of the state of the art has a horizon"), (1, "two dates or more")],
)
def test_models_that_are_all_alike_have_no_trend(run: Run, tmp_path: Path, score: int, told: str):
    days = [f"2024-0{month}-01" for month in (1, 5, 9)]
    made = [
        {"alias": day, "release_date": day, "task_id": f"t{size}", "human_minutes": size,
         "score_binarized": score}
        for day in days for size in (1, 2, 4)
    ]  # fmt: skip
    path = rows(tmp_path / "r.jsonl", *made)
    assert told in run("horizon", path, *FAIL, "--draws", "100").out
    (found,) = run("horizon", path, *FAIL, "--draws", "100", "--json").lines
    assert found["trend"]["doubling_time"] is None


def test_a_state_of_the_art_that_stands_still_is_called_so(run: Run, tmp_path: Path):
    table = "".join(
        f"  m{year}: {{p50_horizon_length: 3.1, release_date: {year}-01-01}}\n"
        for year in (2021, 2022, 2024)
    )
    path = tmp_path / "t.yaml"
    path.write_text(f"results:\n{table}")
    assert "stands still" in run("horizon", path).out


def test_memory_does_not_grow_with_the_runs(tmp_path: Path):
    def peak(runs: int) -> int:
        path = tmp_path / f"{runs}.jsonl"
        with path.open("w", encoding="utf-8") as file:
            for at in range(runs):
                row = {**ROW, "run_id": at, "task_id": f"t{at % 50}", "score_binarized": at % 2}
                file.write(json.dumps(row) + "\n")
        tracemalloc.start()
        read_rows(path, Columns(), Runs())
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(8000) < 1.5 * peak(1000)


def test_a_line_without_end_is_refused_before_it_is_read(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("successor.insight.horizon.rows.LONGEST", 1000)
    (tmp_path / "r.jsonl").write_text("[" + "1," * 1000)
    assert "line 1: longer than any row" in run("horizon", tmp_path / "r.jsonl", *FAIL).err

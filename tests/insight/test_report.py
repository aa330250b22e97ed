"""The report says what the record says, escapes it, and loads nothing."""

from __future__ import annotations

import base64
import json
import re
import tomllib
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest

from insight.told_run import ABILITIES, BETTER, SETTINGS, Clock, tell
from successor.errors import SuccessorError, UsageError
from successor.insight.report.charts import (
    MOST_ROWS,
    chart_data,
    embedded,
    heat_rows,
    named,
    slices,
)
from successor.insight.report.data import Story, VersionRow, _Fold, story
from successor.insight.report.html import duration, number
from successor.insight.report.writing import render, write_report
from successor.ledger import Decided, Entry, Ledger, Written, journal
from successor.ledger.events import Tally
from successor.types import Decision

ASSETS = files("successor.insight").joinpath("assets")


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    def set_clock(clock: Clock) -> None:
        monkeypatch.setattr(journal, "time", clock)

    return tell(tmp_path / "lab", set_clock)


@pytest.fixture
def told(record: Path) -> Story:
    with Ledger.read(record) as ledger:
        return story(ledger.entries(), ledger.head.root)


class Page(HTMLParser):
    """Elements by name, and the text of scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self._in_script = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._in_script = tag == "script"
        if self._in_script:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.scripts[-1] += data

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.elements if tag == name]


def test_every_version_decision_and_second_is_in_the_story(told: Story) -> None:
    assert len(told.versions) == len(ABILITIES)
    assert [row.outcome for row in told.versions][:3] == ["first", "promoted", "rejected"]
    assert len(told.line) == 1 + len(BETTER)
    assert [row.lane for row in told.versions] == [0, 0, 1, 0, 0, 1, 2, 0, 0]
    assert told.stop is not None
    assert told.stop.base_case == "target"
    assert sum(cost.seconds for cost in told.costs) == pytest.approx(told.worked_s, abs=1.0)


@pytest.fixture
def taken_back(record: Path) -> Story:
    """The story, once the version two before the last was put in charge again."""
    with Ledger.read(record) as ledger:
        line = [each.id for each in ledger.lineage(_in_charge(ledger))]
    with Ledger.open(record, settings=SETTINGS, seed=7) as ledger:
        ledger.roll_back(line[-3], "ada", "wrong <in> May")
        return story(ledger.entries(), ledger.head.root)


def _in_charge(ledger: Ledger) -> str:
    incumbent = ledger.incumbent()
    assert incumbent is not None
    return incumbent.id


def test_what_was_rolled_back_is_neither_in_line_nor_in_the_figures(
    told: Story, taken_back: Story
) -> None:
    gone = [row.version.id for row in told.line[-2:]]
    assert [row.version.id for row in taken_back.line] == [r.version.id for r in told.line[:-2]]
    outcomes = {row.version.id: row.outcome for row in taken_back.versions}
    assert [outcomes[each] for each in gone] == ["rolled back"] * 2
    assert taken_back.stop is None
    text = render(taken_back)
    last = taken_back.line[-1]
    assert f"<dt>In charge</dt><dd>{last.short}<small>" in text
    assert f"to {number(last.headline)} digits. 2 versions that had taken over were" in text
    assert "<dt>Promotions</dt><dd>3<small>of 9 versions; 2 rolled back</small>" in text
    assert f"It was rolled back to {last.short} by ada" in text
    assert "wrong &lt;in&gt; May" in text
    assert f"{gone[0][:8]} (revoked), {gone[1][:8]} (revoked)" in text
    assert "Nothing has ended it yet" not in text
    assert "What was rolled back" not in render(told)


def test_what_was_put_in_charge_again_is_in_line(record: Path, taken_back: Story) -> None:
    last = next(row for row in reversed(taken_back.versions) if row.outcome == "rolled back")
    with Ledger.open(record, settings=SETTINGS, seed=7) as ledger:
        ledger.roll_back(last.version.id, "ada", "it was right")
        told = story(ledger.entries(), ledger.head.root)
    assert told.line[-1].version == last.version
    assert not [row for row in told.versions if row.outcome == "rolled back"]
    assert [len(back.revoked) for back in told.backs] == [0, 0]
    assert "(in charge again since)" in render(told)


def test_a_lab_whose_first_version_is_in_charge_again_says_so(record: Path) -> None:
    with Ledger.open(record, settings=SETTINGS, seed=7) as ledger:
        first = ledger.lineage(_in_charge(ledger))[0].id
        ledger.roll_back(first, "ada", "all of it")
        text = render(story(ledger.entries(), ledger.head.root))
    assert "The first version is in charge. 5 versions that had taken over were rolled" in text
    assert "has no successor yet" not in text


def test_what_was_promoted_and_written_once_more_stays_what_it_was(told: Story) -> None:
    fold = _Fold()
    row = told.line[-1]
    decided = Decided(row.generation, Decision(row.version.id, "promoted", "better", "policy"))
    again = Decided(9, Decision(row.version.id, "rejected", "was rolled back before", "ledger"))
    written = Written(row.generation, 0, row.version, row.figures)
    later = Written(9, 0, row.version, {})
    for at, event in enumerate((written, decided, later, again), 1):
        fold.take(Entry(at, float(at), event))
    (kept,) = fold.rows.values()
    assert (kept.outcome, kept.generation) == ("promoted", row.generation)


def test_an_interval_below_nothing_is_explained(told: Story) -> None:
    assert "The interval is that of the effect alone" in render(told)


def test_an_accuracy_has_no_unit(told: Story) -> None:
    rows = [
        replace(row, horizon=None, gains={"accuracy": 0.5 + at / 20}, figures={"unit": "size"})
        for at, row in enumerate(told.versions)
    ]
    text = render(replace(told, versions=tuple(rows)))
    assert "The accuracy went from 0.5 to 0.9. " in text


def test_horizons_follow_the_abilities(told: Story) -> None:
    for row, ability in zip(told.versions, ABILITIES, strict=True):
        assert row.horizon is not None
        assert row.horizon.p50 == pytest.approx(ability, rel=0.15)


def test_a_written_report_is_whole_and_leaves_nothing_beside_it(
    record: Path, tmp_path: Path
) -> None:
    output = write_report(record, tmp_path / "report.html")
    assert output.read_text("utf-8").rstrip().endswith("</html>")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lab", "report.html"]


def test_the_same_record_gives_the_same_report(record: Path, tmp_path: Path) -> None:
    first = write_report(record, tmp_path / "a.html").read_bytes()
    assert write_report(record, tmp_path / "b.html").read_bytes() == first


def test_text_of_the_record_is_escaped(told: Story) -> None:
    text = render(told)
    assert "<any>" not in text
    assert "<ran>" not in text
    assert "Add numbers of &lt;any&gt; length" in text


def test_data_cannot_close_its_script() -> None:
    hostile = {"reason": "</script><script>alert(1)</script><!--", "and": "&"}
    text = embedded(hostile)
    assert not set("<>&") & set(text)
    assert json.loads(text) == hostile


def test_only_its_own_scripts_may_run_and_nothing_loads(told: Story) -> None:
    parsed = Page(render(told))
    policy = next(m["content"] for m in parsed.all("meta") if "http-equiv" in m) or ""
    allowed = set(re.findall(r"'sha256-([^']+)'", policy))
    kinds = [attributes.get("type") for attributes in parsed.all("script")]
    run = [text for text, kind in zip(parsed.scripts, kinds, strict=True) if kind is None]
    assert allowed == {base64.b64encode(sha256(t.encode()).digest()).decode() for t in run}
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy.split("script-src")[1].split(";")[0]
    loading = {"src", "href", "srcset", "action", "poster", "data"}
    assert not [attributes for _, attributes in parsed.elements if loading & attributes.keys()]


def test_every_chart_has_words_and_a_table(told: Story) -> None:
    parsed = Page(render(told))
    figures = parsed.all("figure")
    assert len(figures) == 8
    assert all(figure["aria-label"] for figure in figures)
    assert len(parsed.all("caption")) >= len(parsed.all("details")) - 1
    drawn = re.findall(r'draw\("([\w-]+)"', ASSETS.joinpath("report.js").read_text("utf-8"))
    drawn += ["heat-0", "heat-1"]
    assert set(drawn) == {
        place["id"] for place in parsed.all("div") if place.get("class") == "plot"
    }


def test_a_record_that_has_only_begun_has_a_report(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / ".successor", settings={}, seed=1) as ledger:
        ledger.started()
    text = write_report(tmp_path / ".successor", tmp_path / "report.html").read_text("utf-8")
    assert "No version has been examined yet." in text
    assert "Nothing has ended it yet" in text


def test_a_long_record_keeps_its_heat_map_readable(told: Story) -> None:
    many = Story(told.versions * 40, told.costs, told.sessions, 0, 0, 0, 0, 0, 0, "")
    shown = heat_rows(many)
    assert len(shown) <= MOST_ROWS + 1
    assert all(row.in_line for row in shown)
    assert shown[-1] is many.line[-1]


def test_a_heat_map_of_many_sizes_leaves_out_what_one_version_alone_was_asked(told: Story) -> None:
    row = next(row for row in told.versions if row.tallies)
    one = row.tallies[0]

    def asked(*sizes: int) -> VersionRow:
        tallies = tuple(replace(one, name=str(size), size=float(size)) for size in sizes)
        return replace(row, tallies=tallies)

    rows = [asked(*range(1, 21), 100 + at) for at in range(10)]
    assert [int(part.name) for part in slices(rows)] == [*range(1, 21), 109]
    assert len(slices(rows[:3])) == 23


def test_chart_data_is_plain_json(told: Story) -> None:
    assert json.loads(embedded(chart_data(told)))["target"] == 256


def test_a_lab_without_a_record_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        write_report(tmp_path / ".successor", tmp_path / "report.html")


def test_an_output_that_cannot_be_written_is_told(record: Path, tmp_path: Path) -> None:
    with pytest.raises(SuccessorError, match="cannot write the report"):
        write_report(record, tmp_path / "nowhere" / "report.html")


def test_code_of_others_is_unchanged_and_licensed() -> None:
    vendored = tomllib.loads(ASSETS.joinpath("vendored.toml").read_text("utf-8"))
    assert set(vendored) == {"d3.min.js", "plot.umd.min.js"}
    for name, facts in vendored.items():
        content = ASSETS.joinpath(name).read_bytes()
        assert sha256(content).hexdigest() == facts["sha256"]
        assert b"</script" not in content.lower()
        assert ASSETS.joinpath(facts["licence"].split(", ")[1]).is_file()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "–"),
        (0.0213, "0.0213"),
        (64.0, "64"),
        (1024.4, "1,024"),
        (3.14e8, "3.1e+08"),
        (0, "0"),
    ],
)
def test_numbers_are_short(value: float | None, shown: str) -> None:
    assert number(value) == shown


@pytest.mark.parametrize(("seconds", "shown"), [(41, "41s"), (125, "2m 05s"), (4330, "1h 12m")])
def test_durations_are_short(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("area/order", "order"),
        ("tests", "all"),
        ("speed/8", None),
        ("8 carries", None),
        ("8", None),
    ],
)
def test_what_has_no_size_is_called_by_its_name(name: str, label: str | None):
    assert named(Tally(name, 1.0, 1, 1.0)) == label

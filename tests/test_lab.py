"""Reading `successor.toml` and finding the parts that it names."""

from __future__ import annotations

import marshal
import sys
import traceback
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from types import CodeType

import pytest

from cli.commands import change, make_lab
from successor import labfile
from successor.errors import SuccessorError, UsageError
from successor.judge import PairedJudge
from successor.judge import Settings as Asking
from successor.lab import charter_of, improve_self, load, open_lab, set_aside
from successor.ledger import Ledger, SessionStarted
from successor.plugins import find


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    return make_lab(tmp_path / "lab")


def refusal(lab: Path) -> list[str]:
    with pytest.raises(UsageError) as caught:
        labfile.read(lab)
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("5m", 300), ("1h30m", 5400), ("1h 30m", 5400), ("2d", 172800), (45, 45)],
)
def test_a_duration_is_read(text: object, seconds: float):
    assert labfile.parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "soon", "5 parsecs", "-5m", "0s", "m5", "5mm", "1h30", "90 5m", True, None]
)
def test_what_is_no_duration_is_refused(text: object):
    with pytest.raises(ValueError, match="a duration such as"):
        labfile.parse_duration(text)


@pytest.mark.parametrize("text", ["horizon", "=4", "horizon=far", "a b=3", ""])
def test_what_is_no_target_is_refused(text: str):
    with pytest.raises(ValueError, match="METRIC=VALUE"):
        labfile.parse_target(text)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("goal", "gaol", "[lab] gaol = 'Count further': no such key; did you mean 'goal'?"),
        ('"Count further"', "3", "[lab] goal = 3: should be a valid string"),
        ("[lab]", "[lab]\nseed = -1", "[lab] seed = -1: should be greater than or equal to 0"),
        ("[lab]", "[lab]\nseed = true", "[lab] seed = true: should be a valid integer"),
        ("[lab]", "[lab]\nstage = 5", "[lab] stage = 5: should be less than or equal to 4"),
        (
            '"1m"',
            '"a while"',
            (
                "[base_cases] wall_clock = 'a while': "
                'should be a duration such as "90s", "5m" or "1h30m", above 0 and at most 100 years'
            ),
        ),
        ('"Count further"', '""', "[lab] goal = '': should have at least 1 character"),
        (
            "[lab]",
            "foo = 3\n[lab]",
            "foo = 3: no such table; known: author, base_cases, judge, lab, subject",
        ),
        ("[base_cases]", "[base_case]", "[base_case]: no such table; did you mean 'base_cases'?"),
    ],
)
def test_a_mistake_is_one_line_that_names_it(lab: Path, old: str, new: str, line: str):
    change(lab, old, new)
    assert f"{lab / 'successor.toml'}: {line}" in refusal(lab)


def test_every_mistake_is_told_at_once(lab: Path):
    (lab / "successor.toml").write_text('[lab]\ngoal = ""\nstage = 0\n', encoding="utf-8")
    assert len(refusal(lab)) == 4


@pytest.mark.parametrize("text", ["lab = 3", "[lab", "goal"])
def test_a_file_that_is_no_lab_file_is_refused_in_lines_that_name_it(lab: Path, text: str):
    (lab / "successor.toml").write_text(text, encoding="utf-8")
    assert all(line.startswith(str(lab / "successor.toml")) for line in refusal(lab))


def test_bytes_that_are_no_text_are_refused(lab: Path):
    (lab / "successor.toml").write_bytes(b"\xff\xfe")
    assert "not valid TOML" in refusal(lab)[0]


def test_overrides_win_over_the_file(lab: Path):
    read = labfile.read(lab, {"base_cases": {"generations": 2}, "author": {"strategy": "agree"}})
    assert read.base_cases.generations == 2
    assert read.base_cases.wall_clock == 60
    assert read.author.settings == {"strategy": "agree"}


def test_a_factory_is_found_by_entry_point_by_module_and_in_the_labs_folder(lab: Path):
    assert find("judges", "paired", lab) is find("judges", "successor.judge.paired:paired", lab)
    assert find("subjects", "tiny.py:subject", lab) is find("subjects", "tiny.py:subject", lab)


def test_two_labs_do_not_share_a_file_of_the_same_name(lab: Path, tmp_path: Path):
    other = make_lab(tmp_path / "other")
    ours, theirs = (find("subjects", "tiny.py:subject", each) for each in (lab, other))
    assert ours is not theirs


def test_a_file_that_fails_to_load_may_be_mended(lab: Path):
    text = (lab / "tiny.py").read_text(encoding="utf-8")
    (lab / "tiny.py").write_text("import a_module_nobody_has", encoding="utf-8")
    with pytest.raises(SuccessorError, match="a_module_nobody_has"):
        load(lab)
    (lab / "tiny.py").write_text(text, encoding="utf-8")
    load(lab).close()


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("def subject(:", "SyntaxError: .*tiny.py, line 1"),
        ("import sys\nsys.exit(3)", r"SystemExit: 3 \(tiny.py, line 2\)"),
        ("def subject(a, b, c):\n    return 1 / 0", r"ZeroDivisionError: .* \(tiny.py, line 2\)"),
    ],
)
def test_a_labs_own_code_that_fails_is_blamed_in_a_line(lab: Path, code: str, told: str):
    (lab / "tiny.py").write_text(code, encoding="utf-8")
    with pytest.raises(UsageError, match=told) as caught:
        load(lab)
    assert "\n" not in str(caught.value)


def test_a_part_of_the_lab_that_changed_is_another_experiment(lab: Path):
    load(lab).close()
    with load(lab) as opened:
        improve_self(opened)
    with (lab / "tiny.py").open("a") as file:
        file.write("# changed\n")
    with pytest.raises(UsageError, match=r"depends on it: tiny.py\.\n"):
        load(lab)


@pytest.mark.parametrize("changed", ["tiny.py", "beside.py", "below/deep.py", "new.py"])
def test_own_code_that_changed_is_not_even_run(lab: Path, changed: str):
    (lab / "beside.py").write_text("", encoding="utf-8")
    (lab / "below").mkdir()
    (lab / "below" / "deep.py").write_text("", encoding="utf-8")
    with load(lab) as opened:
        improve_self(opened)
    trace = lab / "trace"
    with (lab / changed).open("a") as file:
        file.write(f"\nopen({str(trace)!r}, 'w').close()\n")
    for look in (load, charter_of):
        (lab / "policy.toml").write_text("stage = 3\n", encoding="utf-8")
        with pytest.raises(UsageError, match=rf"depends on it: {changed}\.\n"):
            look(lab)
    assert not trace.exists()


def test_another_part_in_the_place_of_one_is_not_even_run(lab: Path):
    with load(lab) as opened:
        improve_self(opened)
    trace = lab / "trace"
    text = (lab / "tiny.py").read_text("utf-8")
    hostile = f"open({str(trace)!r}, 'w').close()\n"
    (lab / "other.py").write_text(text + hostile, encoding="utf-8")
    told = (lab / "successor.toml").read_text("utf-8")
    (lab / "successor.toml").write_text(told.replace("tiny.py:author", "other.py:author"), "utf-8")
    with pytest.raises(UsageError, match=r"\[author\] kind = 'other.py:author', on record"):
        load(lab)
    assert not trace.exists()


def test_hidden_folders_and_environments_are_not_the_labs_own(lab: Path):
    with load(lab) as opened:
        improve_self(opened)
    for name in (".hidden", "env"):
        (lab / name).mkdir()
        (lab / name / "more.py").write_text("", encoding="utf-8")
    (lab / "env" / "pyvenv.cfg").write_text("", encoding="utf-8")
    load(lab).close()


def test_the_working_directory_may_change_meanwhile(lab: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(lab.parent)
    with load(lab.name) as opened:
        improve_self(opened)
        monkeypatch.chdir("/")
        improve_self(opened)


def test_the_settings_in_force_are_on_record(lab: Path):
    with open_lab(lab, {"base_cases": {"target": "horizon=8"}}) as opened:
        opened.parts.ledger.started()
    settings = Ledger.read(lab / ".successor").entries(SessionStarted)[0].event.settings
    assert settings["subject"] == {"kind": "tiny.py:subject", "ability": 4}
    assert settings["base_cases"]["target"] == ["horizon", 8]  # pyright: ignore - JSON values


def default_author(lab: Path) -> None:
    change(lab, 'kind = "tiny.py:author"', 'kind = "training"')
    change(lab, 'kind = "tiny.py:subject"', 'kind = "model/adder"')
    change(lab, "ability = 4", "")


AS_BY_DEFAULT = {
    "author": {"strategy": "amplify", "growth": 2, "filters": ["commute", "shift", "confidence"]},
    "judge": {"kind": "paired", "alpha": 0.05},
}


def test_a_setting_stated_as_it_is_by_default_is_no_other_experiment(lab: Path):
    default_author(lab)
    with load(lab) as opened:
        opened.parts.ledger.started()
    settings = Ledger.read(lab / ".successor").entries(SessionStarted)[0].event.settings
    assert settings["author"]["strategy"] == "amplify"  # pyright: ignore - JSON values
    open_lab(lab, AS_BY_DEFAULT).close()
    with pytest.raises(UsageError, match=r"\[author\] growth = 3, on record 2"):
        open_lab(lab, {"author": {"growth": 3}})


def test_a_default_that_was_stated_may_be_left_out(lab: Path):
    default_author(lab)
    with open_lab(lab, AS_BY_DEFAULT) as opened:
        opened.parts.ledger.started()
    load(lab).close()


def test_a_record_of_what_was_stated_only_goes_on_either_way(lab: Path):
    """So were records before defaults were filled in."""
    default_author(lab)
    stated = labfile.read(lab).model_dump(mode="json")
    assert stated["author"] == {"kind": "training"}
    with Ledger.open(lab / ".successor", settings=stated, seed=1) as ledger:
        ledger.started()
    load(lab).close()
    open_lab(lab, AS_BY_DEFAULT).close()
    with pytest.raises(UsageError, match=r"\[judge\] alpha = 0.01, on record 0.05"):
        open_lab(lab, {"judge": {"alpha": 0.01}})


def test_the_lab_says_after_how_many_items_a_question_stays_open(lab: Path):
    for most in (None, 64):
        with open_lab(lab, {"judge": {} if most is None else {"most": most}}, fresh=True) as opened:
            judge = opened.parts.judge
            assert isinstance(judge, PairedJudge)
            assert judge.settings.most == (most or Asking().most)
    with pytest.raises(
        UsageError, match=r"\[judge\] most = 8: should be greater than or equal to 64"
    ):
        open_lab(lab, {"judge": {"most": 8}}, fresh=True)


def test_what_is_wrong_with_a_part_is_told_once_in_a_traceback(lab: Path):
    change(lab, "ability = 4", "ability = -4")
    with pytest.raises(UsageError) as caught:
        load(lab)
    assert "".join(traceback.format_exception(caught.value)).count("ability = -4") == 1


def test_the_stage_may_be_lowered_and_the_goal_may_not_move(lab: Path):
    with load(lab) as opened:
        opened.parts.ledger.started()
    change(lab, "[lab]", "[lab]\nstage = 2")
    load(lab).close()
    change(lab, "Count further", "Count to three")
    with pytest.raises(UsageError, match="goal = 'Count to three', on record 'Count further'"):
        load(lab)


def test_below_stage_4_a_better_candidate_waits(lab: Path):
    change(lab, "[lab]", "[lab]\nstage = 3")
    with load(lab) as opened:
        from successor import run

        assert run(opened).base_case == "review"
        assert [made.outcome for made in opened.parts.ledger.decisions()][1:] == ["waiting"]


def test_a_record_is_set_aside_once_for_every_time(lab: Path):
    assert set_aside(lab) is None
    for number in (1, 2):
        load(lab).close()
        assert set_aside(lab) == lab / f".successor-{number}"
    assert not (lab / ".successor").exists()


OUTSIDE = """\
[lab]
goal = "faster"

[subject]
kind = "program"
target = "double.py:double"

[author]
kind = "inbox"

[judge]
kind = "race"

[base_cases]
generations = 1
"""


@pytest.mark.parametrize(
    ("kind", "random"),
    [('"inbox"', True), ('"search"\nauthors = ["rewrite", "inbox"]', True), ('"rewrite"', False)],
)
def test_where_outsiders_write_the_seed_cannot_be_foreseen(
    tmp_path: Path, kind: str, *, random: bool
):
    seeds = list[int]()
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "double.py").write_text("def double(n: int) -> int:\n    return n + n\n")
        (folder / "successor.toml").write_text(OUTSIDE.replace('"inbox"', kind))
        with open_lab(folder) as lab:
            lab.parts.ledger.started({})
        with open_lab(folder) as again:  # goes on with the seed that is on record
            assert again.settings.lab.seed == lab.settings.lab.seed
        with open_lab(folder, fresh=True) as anew:
            assert (anew.settings.lab.seed != lab.settings.lab.seed) is random
        seeds.append(lab.settings.lab.seed)
    assert (seeds[0] != seeds[1]) is random
    assert (1 in seeds) is not random


def test_a_seed_that_is_given_is_kept(tmp_path: Path):
    (tmp_path / "double.py").write_text("def double(n: int) -> int:\n    return n + n\n")
    (tmp_path / "successor.toml").write_text(OUTSIDE.replace("[lab]", "[lab]\nseed = 1"))
    with open_lab(tmp_path) as lab:
        assert lab.settings.lab.seed == 1


def test_what_lies_compiled_beside_own_code_is_not_run(lab: Path, tmp_path: Path):
    trace = tmp_path / "trace"
    hostile = f"open({str(trace)!r}, 'w').close()\n"
    with (lab / "tiny.py").open("a") as file:
        file.write("import sys\nsys.path.insert(0, __file__.rpartition('/')[0])\nimport beside\n")
    for name in ("tiny", "beside"):
        path = lab / f"{name}.py"
        path.touch()
        place = lab / "__pycache__" / f"{name}.{sys.implementation.cache_tag}.pyc"
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(_unchecked(compile(path.read_text("utf-8") + hostile, path, "exec")))
    with load(lab) as opened:
        improve_self(opened)
    assert not trace.exists()


def _unchecked(code: CodeType) -> bytes:
    """A file of bytecode that holds whatever its source says (PEP 552)."""
    return MAGIC_NUMBER + (1).to_bytes(4, "little") + bytes(8) + marshal.dumps(code)


def test_own_code_behind_a_link_is_bound(lab: Path):
    (lab / ".hidden").mkdir()
    real = (lab / "tiny.py").rename(lab / ".hidden" / "real.py")
    (lab / "tiny.py").symlink_to(real)
    (lab / "round").symlink_to(lab)
    with load(lab) as opened:
        improve_self(opened)
    with real.open("a") as file:
        file.write("# changed\n")
    with pytest.raises(UsageError, match=r"depends on it: .*tiny\.py"):
        load(lab)


@pytest.mark.parametrize("changed", ["__init__", "counting", "new"])
def test_an_installed_part_that_changed_is_not_even_run(
    lab: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str
):
    """Whoever can upgrade a package could put another judge in the place of the one on record."""
    package = tmp_path / "installed" / f"others_{changed.strip('_')}"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "counting.py").write_bytes((lab / "tiny.py").read_bytes())
    monkeypatch.setattr(sys, "path", [str(package.parent), *sys.path])
    for part in ("subject", "author"):
        change(lab, f'"tiny.py:{part}"', f'"{package.name}.counting:{part}"')
    with load(lab) as opened:
        improve_self(opened)
    with load(lab):
        pass
    with (package / f"{changed}.py").open("a") as file:
        file.write("# changed\n")
    with pytest.raises(UsageError, match=rf"depends on it: {package.name} \(installed\)\.\n"):
        load(lab)


def test_code_that_prices_answers_is_compared_before_it_is_run(tmp_path: Path):
    trace = tmp_path / "trace"
    lab = tmp_path / "lab"
    lab.mkdir()
    (lab / "double.py").write_text("def double(n: int) -> int:\n    return n + n\n")
    (lab / "score.py").write_text(
        "def cost(arguments, answer):\n    return abs(answer - 2 * arguments[0]) + 1.0\n"
    )
    named = OUTSIDE.replace("[author]", 'cost = "score.py:cost"\n\n[author]')
    (lab / "successor.toml").write_text(named.replace('"faster"', '"cheaper"'))
    with load(lab) as opened:
        improve_self(opened)
    with (lab / "score.py").open("a") as file:
        file.write(f"open({str(trace)!r}, 'w').close()\n")
    (lab / "policy.toml").write_text("stage = 3\n", encoding="utf-8")
    for look in (load, charter_of):
        with pytest.raises(UsageError, match=r"depends on it: score\.py\.\n"):
            look(lab)
    assert not trace.exists()

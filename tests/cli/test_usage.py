from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest

import successor.cli as commands
from cli.commands import Run, change


def test_a_lab_that_is_not_there_is_one_line_and_exit_2(run: Run):
    found = run("improve", "nowhere")
    assert (found.code, found.out) == (2, "")
    assert found.err == "successor: nowhere: no such folder; give the folder of a lab\n"


@pytest.mark.parametrize("verb", ["improve", "status", "audit", "report", "rollback", "diff"])
@pytest.mark.parametrize("name", ["no\nsuch", "no\x1b[2Jsuch", "add\n.py:add"])
def test_a_path_cannot_begin_a_line_of_its_own(run: Run, verb: str, name: str):
    found = run(verb, name)
    assert (found.code, found.out) == (2, "")
    (line,) = found.err.splitlines()
    assert line == f"successor: {name!r}: a path with control characters; give it another name"


@pytest.mark.parametrize("verb", ["improve", "status"])
def test_the_file_of_a_lab_is_no_lab_and_its_folder_is_named(lab: Path, run: Run, verb: str):
    found = run(verb, lab / "successor.toml")
    assert found.code == 2
    assert found.err == (
        f"successor: {lab / 'successor.toml'} is the file of a lab: give its folder, {lab}\n"
    )


def test_a_folder_without_a_lab_file_is_told_what_to_write(tmp_path: Path, run: Run):
    found = run("improve", tmp_path)
    assert found.code == 2
    assert "successor.toml" in found.err
    example = found.err.split("such as:\n\n", maxsplit=1)[1]
    (tmp_path / "successor.toml").write_text(example, encoding="utf-8")
    from successor import labfile

    assert labfile.read(tmp_path).author.kind == "training"


def test_a_lab_that_nothing_has_to_end_is_refused_before_anything_is_written(lab: Path, run: Run):
    change(lab, 'wall_clock = "1m"\ngenerations = 9\n', "")
    found = run("improve", lab)
    assert found.code == 2
    assert "nothing has to end this recursion" in found.err
    assert "wall_clock" in found.err
    assert not (lab / ".successor").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["improve", "a.py:f", "--inputs", " "], "Invalid value for '--inputs': is blank."),
        (["improve", "a.py:f", "--goal", ""], "Invalid value for '--goal': is blank."),
        (["improve", "a.py:f", "--tests", ""], "Invalid value for '--tests': is blank."),
        (["rollback", "lab", "--reason", ""], "Invalid value for '--reason': is blank."),
        (["imprve", "lab"], "Did you mean 'improve'"),
        (["improve", "lab", "--buget", "3m"], "--budget"),
        (["improve"], "TARGET"),
        (["improve", "lab", "--budget", "soon"], "a duration such as"),
        (["improve", "lab", "--target", "far"], "METRIC=VALUE"),
        (["improve", "lab", "--generations", "0"], "x>=1"),
        (["report", "lab", "--open", "maybe"], "auto"),
    ],
)
def test_wrong_usage_is_two_lines_and_exit_2(run: Run, arguments: list[str], told: str):
    found = run(*arguments)
    assert (found.code, found.out) == (2, "")
    assert told in found.err
    assert len(found.err.splitlines()) <= 2
    assert "--help" in found.err


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("ability = 4", "ability = -4", "[subject] ability = -4"),
        ("tiny.py:subject", "tiny.py:nobody", "no function 'nobody'"),
        ("tiny.py:subject", "gone.py:subject", "does not exist"),
        ("tiny.py:subject", "model/ader", "did you mean 'model/adder'"),
        ("tiny.py:author", "trainig", "did you mean 'training'"),
        ("reliable_horizon=16", "reliable_horizn=16", "did you mean 'reliable_horizon'"),
        ("[base_cases]", "[judge]\nalpha = 2.0\n[base_cases]", "[judge] alpha = 2.0"),
        ("[base_cases]", "[judge]\nalfa = 0.1\n[base_cases]", "did you mean 'alpha'?"),
        ('"tiny.py:author"', '"training"\nstratgy = "agree"', "did you mean 'strategy'?"),
        ('"tiny.py:author"', '"training"\nsteps = 1', "steps = 1: should be greater than or"),
        ('"tiny.py:author"', '"training"\nfilters = ["no"]', "filters[0] = 'no': should be 'comm"),
        ('"tiny.py:subject"', '"program"', "[subject] target: missing; it is required"),
        ("Count further", "", "[lab] goal = '': should have at least 1 character"),
        ("Count further", "  ", "[lab] goal = '  ': should be one line of printable characters"),
        ("Count further", "x" * 501, "...: should have at most 500 characters"),
        ('"1m"', '"0s"', "[base_cases] wall_clock = '0s': should be a duration such as"),
        ("[base_cases]", "[judge]\nalpha = 1e-320\n[base_cases]", "[judge] alpha = 1e-320"),
        ("tiny.py:subject", ":", "no such kind"),
        ("tiny.py:subject", "..foo:bar", "no such kind"),
        ("tiny.py:subject", "\\u0000.py:f", "no such kind"),
        ("tiny.py:subject", "../tiny.py:subject", "outside the lab's folder"),
        ("tiny.py:subject", "../../../../etc/passwd:root", "no such kind"),
        ("tiny.py:subject", "os:getcwd", "is no factory of subjects"),
        ("tiny.py:subject", "builtins:print", "has no method 'create'"),
        ("tiny.py:subject", "builtins:dict", "is no factory of subjects"),
        ("tiny.py:subject", "tiny.py:author", "is no factory of subjects"),
        ("tiny.py:author", "tiny.py:subject", "is no factory of authors"),
        ("reliable_horizon=16", "horizon=nan", "[base_cases] target = 'horizon=nan'"),
        ("reliable_horizon=16", "horizon=inf", "[base_cases] target = 'horizon=inf'"),
        ("reliable_horizon=16", "horizon=-5", "[base_cases] target = 'horizon=-5'"),
        ('"1m"', f'"{"9" * 400}d"', "[base_cases] wall_clock = '999"),
        ("[base_cases]", f"[base_cases]\nexamples = {10**20}", "[base_cases] examples = "),
        ("[base_cases]", f"[base_cases]\nconfirm = {10**20}", "[base_cases] confirm = "),
        ("Count further", "Count\\u001b]0;further\\u0007", "[lab] goal = "),
        ("Count further", "Count\\nfurther", "[lab] goal = "),
        ("Count further", "Count \\u202efurther", "[lab] goal = "),
    ],
)
def test_a_part_that_does_not_fit_is_named(lab: Path, run: Run, old: str, new: str, told: str):
    change(lab, old, new)
    found = run("improve", lab)
    assert found.code == 2
    assert told in found.err
    assert str(lab / "successor.toml") in found.err
    assert len(found.err.splitlines()) == 1
    assert not (lab / ".successor").exists()


def test_an_option_is_blamed_and_not_the_file(lab: Path, run: Run):
    found = run("improve", lab, "--target", "beauty=3")
    assert found.err.startswith("successor: --target 'beauty': no such metric")


@pytest.mark.parametrize("arguments", [(), ("--fresh",)])
@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("speedup=2", "--target 'speedup': not measured here; there is: horizon, reliable_horizon"),
        ("reliable_horizon=999999", "reliable_horizon=999999': cannot be reached"),
        ("horizon=13", "measure 12 at most"),
    ],
)
def test_a_target_that_no_exam_can_measure_is_refused_before_any_work(
    lab: Path, run: Run, target: str, told: str, arguments: tuple[str, ...]
):
    adder = 'model/adder"\nlargest = 15\nlabelled = 2 #'
    change(lab, "tiny.py:subject", adder)
    change(lab, "ability = 4", "")
    change(lab, '"tiny.py:author"', '"training"')
    (lab / ".successor").mkdir()
    found = run("improve", lab, "--target", target, *arguments)
    assert found.code == 2
    assert told in found.err
    assert len(found.err.splitlines()) == 1
    assert not [*(lab / ".successor").iterdir()]


@pytest.mark.parametrize("kind", ["search", "rewrite", "tune", "evolve"])
def test_an_author_of_programs_is_refused_for_a_model(lab: Path, run: Run, kind: str):
    change(lab, "tiny.py:subject", 'model/adder"\nlabelled = 2 #')
    change(lab, "ability = 4", "")
    change(lab, '"tiny.py:author"', f'"{kind}"')
    found = run("improve", lab)
    assert found.code == 2
    assert 'writes programs; for this subject: "training"' in found.err
    assert len(found.err.splitlines()) == 1


def test_training_is_refused_for_what_is_no_model(lab: Path, run: Run):
    change(lab, '"tiny.py:author"', '"training"')
    found = run("improve", lab)
    assert found.code == 2
    assert 'trains models; for this subject: "search"' in found.err


def test_a_report_needs_the_name_of_a_file(lab: Path, run: Run):
    assert run("improve", lab, "--quiet").code == 0
    found = run("report", lab, "--output", "")
    assert (found.code, len(found.err.splitlines())) == (2, 1)
    assert "names no file" in found.err


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("lab = 3", ("--seed", "2")),
        ("base_cases = 5", ("--generations", "3")),
        ("base_cases = [1, 2]", ("--generations", "3")),
        ('author = "x"', ("--strategy", "amplify")),
    ],
)
def test_an_option_for_what_is_no_table_is_no_traceback(
    lab: Path, run: Run, text: str, arguments: tuple[str, str]
):
    (lab / "successor.toml").write_text(text, encoding="utf-8")
    found = run("improve", lab, *arguments)
    assert found.code == 2
    assert f"should be a table, [{text.split(maxsplit=1)[0]}]" in found.err


def test_a_mark_at_the_beginning_of_the_file_is_no_mistake(lab: Path, run: Run):
    text = (lab / "successor.toml").read_bytes()
    (lab / "successor.toml").write_bytes(b"\xef\xbb\xbf" + text)
    assert run("improve", lab, "--generations", "1").code == 0


@pytest.mark.parametrize("arguments", [(), ("--fresh",)])
def test_a_file_in_the_place_of_the_record_is_told(lab: Path, run: Run, arguments: tuple[str, ...]):
    (lab / ".successor").write_text("mine", encoding="utf-8")
    found = run("improve", lab, *arguments)
    assert found.code == 2
    assert "move it away" in found.err
    assert len(found.err.splitlines()) == 1


def test_a_part_that_cannot_be_imported_fails_in_one_line(lab: Path, run: Run):
    (lab / "tiny.py").write_text("import a_module_nobody_has", encoding="utf-8")
    found = run("improve", lab)
    assert found.code == 1
    assert "a_module_nobody_has" in found.err
    assert len(found.err.splitlines()) == 1


def test_a_bug_in_a_part_is_a_line_that_says_where(lab: Path, run: Run):
    (lab / "tiny.py").write_text("import json\njson.loads('{')", encoding="utf-8")
    found = run("improve", lab)
    assert (found.code, len(found.err.splitlines())) == (2, 1)
    assert "failed with JSONDecodeError: " in found.err
    assert found.err.endswith("(tiny.py, line 2)\n")


def misbehave(lab: Path, instead: str) -> None:
    """Have the lab's author do something else in place of its work."""
    part = lab / "tiny.py"
    text = part.read_text(encoding="utf-8")
    work = "        for step in range(50):\n"
    assert work in text
    part.write_text(text.replace(work, f"        {instead}\n{work}"), encoding="utf-8")


@pytest.mark.parametrize(
    ("instead", "told"),
    [
        ("{}['lost']", "its own code failed with KeyError: 'lost' (tiny.py, line "),
        ("raise SystemExit(0)", "its own code failed with SystemExit: 0 (tiny.py, line "),
        ("return 5", "the author 'doubler' returned 5, which is no Draft\n"),
    ],
)
def test_a_part_that_misbehaves_in_a_run_is_a_line(lab: Path, run: Run, instead: str, told: str):
    misbehave(lab, instead)
    found = run("improve", lab, "--quiet")
    assert (found.code, len(found.err.splitlines())) == (1, 1)
    assert told in found.err
    assert run("audit", lab).code == 0


def test_what_a_part_prints_is_no_line_of_the_results(lab: Path, run: Run):
    misbehave(lab, "print('hello')")
    found = run("improve", lab, "--json", "--generations", "2")
    assert found.code == 0
    assert [json.loads(line) for line in found.out.splitlines()]
    assert "hello" in found.err


@pytest.mark.parametrize("verb", sorted(commands.cli.commands))
def test_the_help_of_every_verb_leads_with_examples_and_names_the_environment(run: Run, verb: str):
    text = run(verb, "--help").out
    assert text.index("Examples:") < text.index("Options:")
    assert text.count(f"successor {verb} ") >= 2
    command = commands.cli.commands[verb]
    for option in command.params:
        if isinstance(option, click.Option) and option.allow_from_autoenv:
            name = option.opts[-1] if option.opts[-1].startswith("--") else option.opts[0]
            variable = name.removeprefix("--").upper().replace("-", "_")
            assert f"SUCCESSOR_{verb.upper()}_{variable}" in "".join(text.split())


def test_it_runs_as_a_module_and_knows_its_version():
    command = [sys.executable, "-m", "successor", "--version"]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert found.stdout.startswith("successor 0.")


def test_a_reader_that_goes_away_is_no_traceback(lab: Path, run: Run):
    assert run("improve", lab, "--quiet").code == 0
    command = f"{sys.executable} -m successor lineage {lab} --json | true"
    found = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert found.stderr == ""


@pytest.mark.parametrize("closed", [">&-", "2>&-", "2>/dev/full"])
def test_a_stream_that_is_not_there_ends_no_run(lab: Path, run: Run, closed: str):
    command = f"{sys.executable} -m successor improve {lab} {closed}"
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert run("status", lab, "--json").lines[0]["incumbent"]

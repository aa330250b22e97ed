"""Write the generated parts of docs/ anew: verbs, settings of a lab, tables of measurements.

    python tools/docs.py           write them
    python tools/docs.py --check   exit 1 when a page is not what would be written

A generated part stands between `<!-- generated: WHAT -->` and `<!-- end -->`.
"""

import ast
import dataclasses
import inspect
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from successor.authors import (
    agent,
    combined,
    evolve,
    inbox,
    itself,
    language,
    llm,
    mutate,
    reflect,
    rewrite,
    training,
    tune,
)
from successor.cli import cli
from successor.judge.race_settings import RaceSettings
from successor.labfile import LabFile
from successor.policyfile import KeyTable, PolicyFile, SignaturesTable
from successor.subjects import causal_lm, improver, program, prompt, script, transformer

DOCS = Path(__file__).resolve().parent.parent / "docs"
MEASURED = DOCS / "benchmarks"
sys.path.append(str(DOCS.parent / "benchmarks"))
PART = re.compile(r"(<!-- generated: (?P<what>[\w ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def verbs() -> str:
    """The help of `successor` and of each of its verbs, as a terminal 80 columns wide shows it."""
    spelled = cli.context_settings["help_option_names"]  # click remembers the first spelling
    whole = click.Context(cli, info_name="successor", terminal_width=80, help_option_names=spelled)
    parts = [f"```text\n{cli.get_help(whole)}\n```\n"]
    parts += _helps(cli, whole, "")
    return "\n" + "\n".join(parts) + "\n"


def _helps(group: click.Group, parent: click.Context, before: str) -> Iterator[str]:
    for name, verb in sorted(group.commands.items()):
        context = click.Context(verb, info_name=name, parent=parent, terminal_width=80)
        yield f"## {before}{name}\n\n```text\n{verb.get_help(context)}\n```\n"
        if isinstance(verb, click.Group):
            yield from _helps(verb, context, f"{before}{name} ")


def settings() -> str:
    """A table of keys for each table of `successor.toml`."""
    return "\n" + "".join(_table(name) for name in LabFile.model_fields)


def _table(name: str) -> str:
    model = LabFile.model_fields[name].annotation
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        raise TypeError(f"[{name}] is no table of settings")
    lines = [f"## [{name}]", "", model.__doc__ or "", "", "| key | default | meaning |"]
    lines.append("| --- | --- | --- |")
    for key, field in model.model_fields.items():
        default = "required" if field.default is PydanticUndefined else _default(field.default)
        lines.append(f"| `{key}` | {default} | {field.description} |")
    return "\n".join([*lines, "", ""])


def policy() -> str:
    """A table of the keys of `policy.toml`."""
    rows = [
        f"| `{before}{key}` | {_shown_default(field)} | {field.description} |"
        for before, model in (
            ("", PolicyFile),
            ("[signatures] ", SignaturesTable),
            ("[[people]] ", KeyTable),
        )
        for key, field in model.model_fields.items()
        if field.description
    ]
    return "\n".join(["", "| key | default | meaning |", "| --- | --- | --- |", *rows, "", ""])


def _shown_default(field: FieldInfo) -> str:
    return (
        "required"
        if field.is_required()
        else _default(field.get_default(call_default_factory=True))
    )


def parts() -> str:
    """A table of keys for each part that is built in, from the docstrings of its settings."""
    heads = {
        "[subject] of model/adder, model/multiplier, model/reverser": transformer.Settings,
        "[subject] of model/causal_lm": causal_lm.Settings,
        "[subject] of program": program.Settings,
        "[subject] of program, with an evaluator": script.Settings,
        "[subject] of prompt": prompt.Settings,
        "[subject] of improver": improver.Settings,
        "[author] of training": training.Settings,
        "[author] of language_training": language.Settings,
        "[author] of search": combined.Settings,
        "[author] of rewrite": rewrite.Settings,
        "[author] of tune": tune.Settings,
        "[author] of evolve": evolve.Settings,
        "[author] of mutate": mutate.Settings,
        "[author] of itself": itself.Settings,
        "[author] of llm": llm.Settings,
        "[author] of reflect": reflect.Settings,
        "[author] of agent": agent.Settings,
        "[author] of inbox": inbox.Settings,
        "[judge] of race": RaceSettings,
    }
    return "\n" + "".join(_part(head, settings) for head, settings in heads.items())


def _part(head: str, settings: type) -> str:
    told = _field_docstrings(settings)
    lines = [f"## {head}", "", "| key | default | meaning |", "| --- | --- | --- |"]
    for field in dataclasses.fields(settings):
        default = getattr(field.default, "default", field.default)
        shown = "required" if default is PydanticUndefined else _default(default)
        if getattr(field.default, "default_factory", None) is not None:
            shown = "empty"
        meaning = told.get(field.name, field.name.replace("_", " ").capitalize() + ".")
        lines.append(f"| `{field.name}` | {shown} | {meaning} |")
    return "\n".join([*lines, "", ""])


def controls() -> str:
    """What the loop is worth beside its controls."""
    from controls import table

    if not (MEASURED / "adder.json").exists():
        return "\nNot measured yet: `make bench`.\n\n"
    return f"\n{table.page(json.loads((MEASURED / 'adder.json').read_text('utf-8')))}\n"


def error_rates() -> str:
    """How often the judge promotes what is no better."""
    import null

    result = null.restored(json.loads((MEASURED / "null.json").read_text("utf-8")))
    return f"\n{null.fragment(result)}\n"


def policies() -> str:
    """What each policy costs, and what it lets through."""
    import policies as measured

    result = measured.restored(json.loads((MEASURED / "policies.json").read_text("utf-8")))
    return f"\n{measured.fragment(result)}\n"


def program_error_rates() -> str:
    """How often a program that only looks different is promoted."""
    import null_program

    text = (MEASURED / "null_program.json").read_text("utf-8")
    return f"\n{null_program.fragment(null_program.restored(json.loads(text)))}\n"


def race_error_rates() -> str:
    """What the simulated races of docs/benchmarks/null_race.json come to."""
    import null_race

    text = (MEASURED / "null_race.json").read_text("utf-8")
    return f"\n{null_race.fragment(null_race.restored(json.loads(text)))}\n"


def programs() -> str:
    """What the labs of programs come to."""
    import programs as labs

    if not (MEASURED / "programs.json").exists():
        return "\nNot measured yet: `python benchmarks/programs.py`.\n\n"
    rows = labs.restored(json.loads((MEASURED / "programs.json").read_text("utf-8")))
    return f"\n{labs.fragment(rows)}\n"


def packages() -> str:
    """What became of functions of packages that nobody here wrote."""
    import packages

    if not (MEASURED / "packages.json").exists():
        return "\nNot measured yet: `python benchmarks/packages.py`.\n\n"
    figures = json.loads((MEASURED / "packages.json").read_text("utf-8"))
    return f"\n{packages.fragment(packages.restored(figures))}\n"


def planted_bugs() -> str:
    """What `successor fix` repairs, and how often wrongly."""
    import fix

    if not (MEASURED / "fix.json").exists():
        return "\nNot measured yet: `python benchmarks/fix.py`.\n\n"
    return f"\n{fix.fragment(json.loads((MEASURED / 'fix.json').read_text('utf-8')))}\n"


def models() -> str:
    """What a local model adds to the authors that need none."""
    import models as arms

    if not (MEASURED / "models.json").exists():
        return "\nNot measured yet: `python benchmarks/models.py`.\n\n"
    return f"\n{arms.restored(json.loads((MEASURED / 'models.json').read_text('utf-8')))}\n"


def prompts() -> str:
    """What prompts of a local model come to, beside GEPA's."""
    import prompts as both

    if not (MEASURED / "prompts.json").exists():
        return "\nNot measured yet: `python benchmarks/prompts.py`.\n\n"
    return f"\n{both.restored(json.loads((MEASURED / 'prompts.json').read_text('utf-8')))}\n"


def side_by_side() -> str:
    """What peers and we come to with the same model and as many calls."""
    import peers

    if not (MEASURED / "peers.json").exists():
        return "\nNot measured yet: `python benchmarks/peers.py`.\n\n"
    return f"\n{peers.restored(json.loads((MEASURED / 'peers.json').read_text('utf-8')))}\n"


def training_speed() -> str:
    """How fast the small transformer trains."""
    import speed

    if not (MEASURED / "speed.json").exists():
        return "\nNot measured yet: `python benchmarks/speed.py`.\n\n"
    return f"\n{speed.rows(json.loads((MEASURED / 'speed.json').read_text('utf-8')))}\n\n"


def horizons() -> str:
    """How METR's horizon compares with a loop over scikit-learn."""
    import horizon

    if not (MEASURED / "horizon.json").exists():
        return "\nNot measured yet: `python benchmarks/horizon.py`.\n\n"
    return f"\n{horizon.fragment(json.loads((MEASURED / 'horizon.json').read_text('utf-8')))}\n\n"


def kinds_of_growth() -> str:
    """How often a kind of growth is told rightly."""
    import futures

    if not (MEASURED / "futures.json").exists():
        return "\nNot measured yet: `python benchmarks/futures.py --write`.\n\n"
    return f"\n{futures.fragment(json.loads((MEASURED / 'futures.json').read_text('utf-8')))}\n\n"


def sandbox_rates() -> str:
    """How many programs a second the sandbox runs."""
    import sandbox

    if not (MEASURED / "sandbox.json").exists():
        return "\nNot measured yet: `python benchmarks/sandbox.py`.\n\n"
    return f"\n{sandbox.told(sandbox.restored((MEASURED / 'sandbox.json').read_text('utf-8')))}\n"


def long_records() -> str:
    """How the record holds up when it is long."""
    import ledgers

    if not (MEASURED / "ledgers.json").exists():
        return "\nNot measured yet: `python benchmarks/ledgers.py`.\n\n"
    return f"\n{ledgers.rows(json.loads((MEASURED / 'ledgers.json').read_text('utf-8')))}\n\n"


def _field_docstrings(settings: type) -> dict[str, str]:
    body = ast.parse(inspect.getsource(settings)).body[0]
    told: dict[str, str] = {}
    name = ""
    for node in body.body if isinstance(body, ast.ClassDef) else []:
        match node:
            case ast.AnnAssign(target=ast.Name(id=name)):
                pass
            case ast.Expr(value=ast.Constant(value=str() as text)) if name:
                told[name] = " ".join(text.split())
            case _:
                pass
    return told


def _default(value: object) -> str:
    return "none" if value is None else f"`{value!r}`".replace("'", '"')


SOURCES: dict[str, Callable[[], str]] = {
    "verbs": verbs,
    "settings": settings,
    "policy": policy,
    "parts": parts,
    "controls": controls,
    "error rates": error_rates,
    "policies": policies,
    "race error rates": race_error_rates,
    "program error rates": program_error_rates,
    "programs": programs,
    "packages": packages,
    "planted bugs": planted_bugs,
    "local models": models,
    "prompts": prompts,
    "peers": side_by_side,
    "training speed": training_speed,
    "horizons": horizons,
    "kinds of growth": kinds_of_growth,
    "sandbox": sandbox_rates,
    "long records": long_records,
}


def renewed(text: str) -> str:
    """A page with its generated parts written anew."""
    return PART.sub(lambda found: found[1] + SOURCES[found["what"]]() + found[3], text)


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail when a page is out of date.")
def main(*, check: bool) -> None:
    """Write the generated parts of docs/ anew."""
    stale: list[str] = []
    for path in sorted(DOCS.rglob("*.md")):
        before = path.read_text("utf-8")
        if (after := renewed(before)) != before:
            stale.append(str(path.relative_to(DOCS.parent)))
            if not check:
                path.write_text(after, "utf-8")
    if check and stale:
        sys.exit(f"out of date: {', '.join(stale)}\nRun `make docs`.")


if __name__ == "__main__":
    main()

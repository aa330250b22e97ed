"""A stranger's way: make keys, name people, sign, be refused, sign a promotion, audit."""

from __future__ import annotations

import json
import shutil
from base64 import b64decode, b64encode
from pathlib import Path
from typing import cast

import pytest

from cli.commands import Run, change
from successor.cli import run_command
from successor.lab import load
from successor.ledger import Ledger
from successor.ledger.steps import Generation
from successor.oversight import THRESHOLD
from successor.types import Decision, Overseer, Verdict

pytestmark = pytest.mark.usefixtures("keys")


def test_from_keys_to_a_signed_promotion(in_force: Path, run: Run) -> None:
    assert run("improve", in_force, "--quiet").code == 3
    unsigned = run("review", in_force, "--accept")
    assert unsigned.code == 2
    assert "needs a signature, of: ada, bob; give --key NAME" in unsigned.err
    stranger = run("review", in_force, "--accept", "--key", "eve")
    assert (stranger.code, "none of this lab's people" in stranger.err) == (2, True)
    (found,) = run("review", in_force, "--accept", "--key", "ada", "--json").lines
    assert (found["decision"], found["by"]) == ("promoted", "ada")
    (audited,) = run("audit", in_force, "--json").lines
    assert (audited["verified"], audited["charters"], audited["signed_promotions"]) == (True, 1, 1)


def test_which_rule_decided_is_told_with_who_has_to_sign(in_force: Path, run: Run) -> None:
    change(in_force, "stage = 3", "stage = 3 ")
    nothing = run("policy", "explain", in_force)
    assert (nothing.code, nothing.err.count("\n")) == (2, 1)
    run("improve", in_force, "--quiet")
    waits = run("policy", "explain", in_force)
    assert waits.code == 0
    assert "passed       charter      the run kept to what people had signed" in waits.out
    assert "decided      stage        at stage 3 a human decides, and nobody has" in waits.out
    assert "failed       signatures   the promotion has 0 of 1 signatures" in waits.out
    run("review", in_force, "--accept", "--key", "bob", "--reason", "fine")
    (found,) = run("policy", "explain", in_force, "--json").lines
    assert (found["decided_by"], found["outcome"], found["by"]) == ("promotion", "promoted", "bob")
    assert {each["standing"] for each in found["rules"][:-1]} == {"passed"}
    (older,) = run("policy", "explain", in_force, found["candidate"][:12], "--json").lines
    assert older == found


def test_a_run_that_asks_for_more_than_was_signed_is_the_reason(in_force: Path, run: Run) -> None:
    run("improve", in_force, "--quiet")
    change(in_force, "stage = 3", "stage = 4")
    change(in_force, "generations = 9", "generations = 99")
    assert run("improve", in_force, "--quiet").code == 3
    (found,) = run("policy", "explain", in_force, "--json").lines
    assert (found["decided_by"], found["outcome"]) == ("charter", "waiting")
    assert "people have to sign first: the base case generations: 9 to 99" in found["reason"]
    assert found["agrees"]


def test_nothing_is_done_before_people_have_signed(guarded: Path, run: Run) -> None:
    stopped = run("improve", guarded)
    assert stopped.code == 3
    assert "people have to sign first: policy.toml is not in force yet" in stopped.err
    assert "successor policy check" in stopped.err
    (summary,) = run("improve", guarded, "--json").lines
    assert (summary["stopped_by"], summary["versions"]) == ("charter", 0)


def test_one_person_counts_once_and_a_stranger_never(guarded: Path, run: Run) -> None:
    for _ in range(2):
        (found,) = run("policy", "sign", guarded, "--key", "ada", "--json").lines
        assert (found["signed"], found["missing"]) == (["ada"], 1)
    again = run("policy", "sign", guarded, "--key", "ada")
    assert (again.code, "ada has signed it already" in again.err) == (0, True)
    assert run("policy", "sign", guarded, "--key", "eve").code == 2
    assert run("policy", "check", guarded).code == 3


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("policy.toml", "change = 2", "change = 1", "the rules: change 2 to 1"),
        ("policy.toml", "promotion = 1", "promotion = 2", "the rules: promotion 1 to 2"),
        ("policy.toml", "stage = 3", "stage = 4", "the rules: stage 3 to 4"),
        ("policy.toml", 'name = "bob"', 'name = "rob"', "the people: rob comes (SHA256:"),
        ("policy.toml", "[sig", 'witnesses = ["../w"]\n[sig', "the witnesses: none to ../w"),
        ("successor.toml", 'wall_clock = "1m"', 'wall_clock = "2m"', "wall_clock: 60 to 120"),
        ("successor.toml", "generations = 9", "", "generations: 9 to none"),
    ],
)
def test_a_change_needs_two_people(
    in_force: Path, run: Run, file: str, old: str, new: str, told: str
) -> None:
    path = in_force / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    (stop,) = run("improve", in_force, "--json").lines
    assert stop["stopped_by"] == "charter"
    assert told in run("policy", "check", in_force).out
    assert run("policy", "sign", in_force, "--key", "ada").code == 0
    assert run("policy", "check", in_force).code == 3
    assert run("improve", in_force, "--quiet").code == 3
    assert run("policy", "sign", in_force, "--key", "bob").code == 0
    assert run("improve", in_force, "--json").lines[-1]["stopped_by"] == "review"


@pytest.mark.parametrize("verb", ["review", "rollback"])
def test_nothing_is_decided_by_files_that_ask_for_more_than_was_signed(
    in_force: Path, run: Run, verb: str
) -> None:
    """It would be on record for good, and no signature makes up for it later."""
    assert run("improve", in_force, "--quiet").code == 3
    words = ["review", in_force, "--accept", "--key", "ada"]
    if verb == "rollback":
        assert run(*words).code == 0
        words = ["rollback", in_force, "--key", "ada"]
    change(in_force, 'wall_clock = "1m"', 'wall_clock = "2m"')
    refused = run(*words)
    assert refused.code == 3
    assert "people have not signed what its files say: the base case wall_clock" in refused.err
    assert run("audit", in_force).code == 0
    change(in_force, 'wall_clock = "2m"', 'wall_clock = "1m"')
    assert run(*words).code == 0
    assert run("audit", in_force).code == 0


def test_no_variable_of_the_environment_decides(
    in_force: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("improve", in_force, "--quiet").code == 3
    monkeypatch.setenv("SUCCESSOR_REVIEW_ACCEPT", "1")
    assert run("review", in_force).code == 3
    monkeypatch.setenv("SUCCESSOR_REVIEW_KEY", "ada")
    assert run("review", in_force).code == 2
    assert run("status", in_force, "--json").lines[0]["waiting"]


def test_the_new_people_of_a_policy_do_not_let_themselves_in(in_force: Path, run: Run) -> None:
    """Who may sign a change is for the charter in force to say."""
    (in_force / "policy.toml").unlink()
    assert run("policy", "init", in_force, "eve", "bob").code == 0
    assert run("policy", "sign", in_force, "--key", "eve").code == 2
    assert run("policy", "sign", in_force, "--key", "bob", "--json").lines[0]["missing"] == 1
    assert run("policy", "check", in_force).code == 3
    assert run("policy", "sign", in_force, "--key", "ada").code == 0
    assert run("policy", "check", in_force).code == 0


def test_who_signs_is_shown_who_comes_and_who_goes(in_force: Path, run: Run) -> None:
    known = {each["name"]: each for each in run("keys", "list", "--json").lines[0]["keys"]}
    prints = {name: f"{each['fingerprint'][:23]}..." for name, each in known.items()}
    path = in_force / "policy.toml"
    text = path.read_text("utf-8")
    other = text.replace('name = "bob"', 'name = "eve"')
    path.write_text(other.replace(known["bob"]["key"], known["eve"]["key"]))
    told = f"the people: eve comes ({prints['eve']}); bob goes ({prints['bob']})"
    assert told in run("policy", "check", in_force).out
    signed = run("policy", "sign", in_force, "--key", "ada")
    assert f"What is signed ({told})" in signed.err
    assert f"charter ({told}): signed by ada; 1 more must, of bob" in run("status", in_force).out
    path.write_text(text.replace(known["ada"]["key"], known["eve"]["key"]))
    told = f"the people: ada has another key ({prints['ada']} to {prints['eve']})"
    assert told in run("policy", "check", in_force).out
    lines = text.split("[[people]]")
    path.write_text("[[people]]".join([lines[0], f"{lines[2]}\n", lines[1]]))
    assert "the people: in another order" in run("policy", "check", in_force).out


def test_another_key_of_the_same_name_is_told_from_the_one_that_counts(
    in_force: Path, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (listed,) = run("keys", "list", "ada", "--json").lines
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "elsewhere"))
    (made,) = run("keys", "new", "ada", "--no-passphrase", "--json").lines
    assert run("stop", in_force).code == 0
    refused = run("resume", in_force, "--reason", "x", "--key", "ada")
    assert refused.code == 2
    assert listed["keys"][0]["fingerprint"] in refused.err
    assert made["fingerprint"] in refused.err


def test_a_promotion_can_take_two_people(guarded: Path, run: Run) -> None:
    path = guarded / "policy.toml"
    path.write_text(path.read_text("utf-8").replace("promotion = 1", "promotion = 2"), "utf-8")
    for name in ("ada", "bob"):
        run("policy", "sign", guarded, "--key", name)
    assert run("improve", guarded, "--quiet").code == 3
    for _ in range(2):
        (found,) = run("review", guarded, "--accept", "--key", "ada", "--json").lines
        assert found["decision"] == "waiting"
    (found,) = run("review", guarded, "--accept", "--key", "bob", "--json").lines
    assert (found["decision"], found["by"]) == ("promoted", "ada, bob")


def test_a_policy_lowers_the_stage_at_once(lab: Path, run: Run) -> None:
    assert run("policy", "init", lab, "ada", "--stage", "2").code == 0
    run("policy", "sign", lab, "--key", "ada")
    ran = run("improve", lab, "--stage", "4")
    assert ran.code == 3
    assert "Stage 2 (suggest): policy.toml allows no higher one." in ran.err
    assert "A candidate waits" in ran.err


def test_who_rejects_needs_no_key(in_force: Path, run: Run) -> None:
    run("improve", in_force, "--quiet")
    assert run("review", in_force, "--reject", "--json").lines[0]["decision"] == "rejected"


def test_a_signature_of_another_lab_is_none_here(in_force: Path, run: Run, tmp_path: Path) -> None:
    envelope = tmp_path / "envelope.json"
    with Ledger.read(in_force / ".successor") as ledger:
        body = ledger.charter()
        assert body is not None
        envelope.write_bytes(ledger.signatures(body)[0])
    other = run("policy", "sign", in_force, "--envelope", envelope)
    assert other.code == 2
    assert "in force" in other.err
    change(in_force, 'wall_clock = "1m"', 'wall_clock = "2m"')
    other = run("policy", "sign", in_force, "--envelope", envelope)
    assert (other.code, "nobody of this lab's people signed exactly this" in other.err) == (2, True)


def test_a_record_in_which_somebody_promoted_without_people_is_found_out(
    in_force: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by a program that leaves the overseer out and writes to the record itself."""

    class Lenient:
        def decide(self, verdict: Verdict, _: object) -> Decision:
            return Decision(verdict.candidate, "promoted", "trust me", "ada")

    genuine = Generation.decided

    def decided(step: Generation, verdict: Verdict, _: Overseer) -> Decision:
        return genuine(step, verdict, cast("Overseer", Lenient()))

    monkeypatch.setattr(Generation, "decided", decided)
    run("improve", in_force, "--quiet")
    audited = run("audit", in_force)
    assert audited.code == 4
    assert "(Decided): promoted without the signature of one of the people" in audited.err


def test_a_run_that_asked_for_more_than_people_signed_is_found_out(
    in_force: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by a program that does not ask whether its charter is in force."""

    def all_is_well(_now: object, _law: object) -> str:
        return ""

    assert run("improve", in_force, "--quiet").code == 3
    change(in_force, "generations = 9", "generations = 90")
    for place in ("oversight.overseer", "director"):
        monkeypatch.setattr(f"successor.{place}.not_in_force", all_is_well)
    assert run("review", in_force, "--accept", "--key", "ada").code == 0
    audited = run("audit", in_force)
    assert audited.code == 4
    assert "had not allowed: the base case generations: 9 to 90" in audited.err


def test_to_look_at_a_policy_leaves_no_record_and_waits_for_no_run(guarded: Path, run: Run) -> None:
    looked = run("policy", "check", guarded)
    assert looked.code == 3
    assert "Signed by nobody; 2 more must." in looked.out
    assert not (guarded / ".successor").exists()
    run("policy", "sign", guarded, "--key", "ada")
    record = guarded / ".successor" / "record.sqlite"
    with load(guarded):
        before = record.read_bytes()
        assert "Signed by ada; 1 more must." in run("policy", "check", guarded).out
        assert record.read_bytes() == before


def test_who_is_elsewhere_signs_on_a_copy_and_sends_the_envelope(
    guarded: Path, run: Run, tmp_path: Path
) -> None:
    assert run("policy", "sign", guarded, "--key", "ada").code == 0
    copy, envelope = tmp_path / "copy", tmp_path / "bob.json"
    shutil.copytree(guarded, copy)
    assert run("policy", "sign", copy, "--key", "bob", "--out", envelope).code == 0
    assert run("policy", "sign", guarded, "--envelope", envelope).code == 0
    assert run("improve", guarded, "--quiet").code == 3
    later = shutil.copytree(guarded, tmp_path / "later")
    assert run("review", later, "--accept", "--key", "bob", "--out", envelope).code == 3
    told = json.loads(envelope.read_bytes())
    other = b64encode(b64decode(told["payload"]) + b" ").decode()
    for key, value in (("payload", other), ("payloadType", "text/plain")):
        forged = tmp_path / "forged.json"
        forged.write_text(json.dumps({**told, key: value}), "utf-8")
        refused = run("review", guarded, "--accept", "--envelope", forged)
        assert (refused.code, "nobody of this lab's people signed" in refused.err) == (2, True)
    (found,) = run("review", guarded, "--accept", "--envelope", envelope, "--json").lines
    assert (found["decision"], found["by"]) == ("promoted", "bob")
    assert run("stop", guarded).code == 0
    stopped = shutil.copytree(guarded, tmp_path / "stopped")
    lift = ("resume", stopped, "--reason", "seen", "--key", "ada", "--out", envelope)
    assert run(*lift).code == 3
    assert run("resume", guarded, "--reason", "seen", "--envelope", envelope).code == 0
    assert run("audit", guarded).code == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("policy", "sign", "LAB"), "who signs"),
        (("policy", "sign", "LAB", "--agent"), "give --key NAME too"),
        (
            ("policy", "sign", "LAB", "--key", "ada", "--out", "x"),
            "nothing to sign, or nothing on record yet",
        ),
        (("policy", "sign", "LAB", "--key", "nobody"), "no such key"),
        (("policy", "init", "LAB", "ada"), "is there already"),
        (("review", "LAB", "--reject", "--key", "ada"), "a signature is for --accept"),
        (("keys", "new", "dan"), "--no-passphrase"),
        (("keys", "new", "ada", "--no-passphrase"), "already"),
    ],
)
def test_mistakes_are_told_in_one_line(
    guarded: Path, run: Run, arguments: tuple[str, ...], told: str
) -> None:
    made = run(*(guarded if each == "LAB" else each for each in arguments))
    assert made.code == 2
    assert told in made.err
    assert len(made.err.splitlines()) <= 2


def test_keys_are_listed(run: Run) -> None:
    (found,) = run("keys", "list", "--json").lines
    assert [each["name"] for each in found["keys"]] == ["ada", "bob", "eve"]
    assert all(each["fingerprint"].startswith("SHA256:") for each in found["keys"])
    assert run("keys", "list").out.count("ssh-ed25519 ") == 3


def test_a_lab_stops_there_until_two_people_signed_a_higher_one(lab: Path, run: Run) -> None:
    assert run("policy", "init", lab, "ada", "bob").code == 0
    policy = lab / "policy.toml"
    written = policy.read_text("utf-8").replace("stage = 3", "stage = 4")
    policy.write_text(f"{written}\n[thresholds]\nhorizon = 6\n", "utf-8")
    for name in ("ada", "bob"):
        assert run("policy", "sign", lab, "--key", name).code == 0
    for _ in range(2):  # whenever it is taken up
        found = run("improve", lab, "--json")
        assert found.code == 3
        assert (found.lines[-1]["stopped_by"], found.lines[-1]["promotions"]) == (THRESHOLD, 1)
    assert "successor policy sign" in run("improve", lab).err
    policy.write_text(f"{written}\n[thresholds]\nhorizon = 600\n", "utf-8")
    assert run("improve", lab, "--json").lines[-1]["stopped_by"] == "charter"
    assert "1 more must" in run("policy", "sign", lab, "--key", "ada").out
    assert run("improve", lab).code == 3
    assert run("policy", "sign", lab, "--key", "bob").code == 0
    assert run("improve", lab, "--json").lines[-1]["stopped_by"] == "target"
    change(lab, "generations = 9", "generations = 8")
    policy.write_text(f"{written}\n[thresholds]\nhorizon = 5\n", "utf-8")
    found = run("improve", lab, "--json").lines[-1]
    assert found["stopped_by"] == THRESHOLD, "a lower one needs nobody"


def test_what_is_about_to_be_signed_is_shown_before_the_passphrase_is_asked_for(
    guarded: Path, run: Run
) -> None:
    with (guarded / "policy.toml").open("a", encoding="utf-8") as file:
        file.write("[thresholds]\nhorizon = 512\ngrowth = 8\n")
    assert run_command(["keys", "new", "dan", "--no-passphrase"]) == 0
    refused = run("policy", "sign", guarded, "--key", "dan")
    assert refused.code == 2
    for told in (
        "stage         3 (autonomous), at most 3",
        "people        bob: ssh-ed25519 ",
        "signatures    promotion 1, change 2",
        "thresholds    horizon 512.0, growth 8.0",
        "judge         kind paired, alpha ",
        "base_cases    target ",
    ):
        assert told in refused.err.split("none of this lab's people")[0]
    assert "Thresholds: horizon 512.0, growth 8.0." in run("policy", "check", guarded).out


def test_a_name_that_looks_like_another_shows_before_it_is_signed(guarded: Path, run: Run) -> None:
    path = guarded / "policy.toml"
    text = path.read_text("utf-8")
    path.write_text(text.replace('name = "bob"', 'name = "b\N{CYRILLIC SMALL LETTER O}b"'), "utf-8")
    shown = run("policy", "sign", guarded, "--key", "ada").err
    assert r"people        b\u043eb: ssh-ed25519 " in shown


def test_a_lost_policy_and_a_lost_record_are_named(in_force: Path, run: Run) -> None:
    policy, record = in_force / "policy.toml", in_force / ".successor"
    policy.rename(in_force / "elsewhere.toml")
    gone = run("policy", "check", in_force)
    assert (gone.code, "policy.toml is gone" in gone.out) == (3, True)
    assert "more must" not in gone.out
    (in_force / "elsewhere.toml").rename(policy)
    (record / "record.sqlite").rename(in_force / "kept")
    lost = run("policy", "check", in_force)
    assert (lost.code, "no event is on record, though the store has objects" in lost.err) == (
        4,
        True,
    )
    record.rename(in_force / ".successor-1")
    aside = run("policy", "check", in_force)
    assert aside.code == 3
    assert f"is lost (an earlier one is in {in_force / '.successor-1'})" in aside.out
    shutil.rmtree(in_force / ".successor-1")
    assert "nobody has signed yet, or the record is lost" in run("policy", "check", in_force).out


def test_hints_name_the_key_where_one_is_needed(in_force: Path, run: Run) -> None:
    run("improve", in_force, "--quiet")
    assert "--accept --key NAME, or --reject" in run("review", in_force).err
    assert "--reason TEXT --key NAME" in run("stop", in_force).err
    assert "--reason TEXT --key NAME" in run("status", in_force).out
    for verb, *options in (("improve", "--fresh"), ("rollback", "--key", "ada")):
        assert "--reason TEXT --key NAME" in run(verb, in_force, *options).err


def test_who_asks_for_more_by_an_option_is_told_that_it_cannot_be_signed(
    in_force: Path, run: Run
) -> None:
    stopped = run("improve", in_force, "--budget", "2m")
    assert stopped.code == 3
    assert "An option cannot be signed: say it in successor.toml" in stopped.err
    change(in_force, 'wall_clock = "1m"', 'wall_clock = "2m"')
    assert "See what to sign: successor policy check" in run("improve", in_force).err


def test_what_is_tighter_holds_unsigned_and_nobody_is_asked(in_force: Path, run: Run) -> None:
    change(in_force, 'wall_clock = "1m"', 'wall_clock = "30s"')
    checked = run("policy", "check", in_force)
    assert checked.code == 0
    assert "It is not looser than what people signed, and holds unsigned." in checked.out
    assert "more must" not in checked.out


def test_a_copied_record_without_its_lab_is_no_mistake_in_the_lab(
    in_force: Path, run: Run, tmp_path: Path
) -> None:
    copy = tmp_path / "elsewhere"
    shutil.copytree(in_force / ".successor", copy / ".successor")
    refused = run("policy", "check", copy)
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert "is a record without its lab" in refused.err

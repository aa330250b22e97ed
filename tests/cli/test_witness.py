"""Against a head that is kept elsewhere, an older copy and another past show."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cli.commands import Run, change
from successor.errors import UsageError
from successor.ledger import Ledger, verify_consistency
from successor.oversight import Witnessed, head_of, heads_in, tell, vouched, witness_at
from successor.signing import public_keys, sealed, signer

pytestmark = pytest.mark.usefixtures("keys")


@pytest.fixture(params=["../elsewhere/heads", "git:../elsewhere/heads.git"], ids=["file", "git"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a witness lies, from a lab on: a file that is not there yet, an empty repository."""
    told = str(request.param)
    (tmp_path / "elsewhere").mkdir()
    if told.startswith("git:"):
        git("init", "-q", "--bare", str(tmp_path / "elsewhere" / "heads.git"))
    return told


def git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], check=True)


def watched(lab: Path, run: Run, place: str) -> str:
    """A lab whose policy names a witness, before its first run; the witness's own name."""
    assert run("policy", "init", lab, "ada", "--stage", "4").code == 0
    path = lab / "policy.toml"
    path.write_text(f'witnesses = ["{place}"]\n{path.read_text("utf-8")}', "utf-8")
    assert run("policy", "sign", lab, "--key", "ada").code == 0
    return str(witness_at(place, lab))


def set_back(lab: Path, run: Run, older: Path) -> None:
    """Let a run go on, and put the record of two generations in the place of its own; in
    `elsewhere-before` is what its witness had then.
    """
    assert run("improve", lab, "--quiet", "--generations", "2").code == 0
    shutil.copytree(lab / ".successor", older)
    shutil.copytree(lab.parent / "elsewhere", lab.parent / "elsewhere-before")
    assert run("improve", lab, "--quiet").code == 0
    shutil.rmtree(lab / ".successor")
    shutil.copytree(older, lab / ".successor")


def test_a_run_tells_its_witness_and_goes_on_from_what_it_has(
    lab: Path, run: Run, place: str
) -> None:
    witness = watched(lab, run, place)
    assert run("improve", lab, "--quiet").code == 0
    heads = heads_in(witness_at(witness, lab))
    with Ledger.read(lab / ".successor") as ledger:
        assert (heads[-1].size, heads[-1].root) == ledger.head
        assert len(heads) > len(ledger.generations())
    plain = run("audit", lab)
    assert (plain.code, "Not held against its witness; do so with: " in plain.out) == (0, True)
    assert f"successor audit {lab} --witness {witness}\n" in plain.out
    assert run("audit", lab, "--json").lines[0]["witnesses"] == [witness]
    assert "Not held against" not in run("audit", lab, "--witness", witness).out
    (found,) = run("audit", lab, "--witness", witness, "--json").lines
    assert (found["verified"], found["witnessed"]) == (True, len(heads))


def test_an_older_copy_of_the_record_is_refused(
    lab: Path, run: Run, tmp_path: Path, place: str
) -> None:
    """It verifies in itself, down to the last byte: only the witness knows."""
    witness = watched(lab, run, place)
    set_back(lab, run, tmp_path / "older")
    assert run("audit", lab).code == 0
    for refused in (run("audit", lab, "--witness", witness), run("improve", lab, "--quiet")):
        assert refused.code == 4
        assert "it is an older copy, or lost its end" in refused.err


def test_another_past_is_refused(lab: Path, run: Run, tmp_path: Path, place: str) -> None:
    """Two ways on from one beginning: the witness has seen one of them."""
    witness = watched(lab, run, place)
    set_back(lab, run, tmp_path / "older")
    (tmp_path / "elsewhere").rename(tmp_path / "hidden")
    (tmp_path / "elsewhere-before").rename(tmp_path / "elsewhere")
    witness = witness.replace("elsewhere", "hidden")
    assert run("rollback", lab, "--json").code in (0, 2)
    assert run("improve", lab, "--quiet").code == 0
    refused = run("audit", lab, "--witness", witness)
    assert refused.code == 4
    assert "the past was rewritten" in refused.err or "older copy" in refused.err


def test_another_record_in_its_place_fails_the_audit(lab: Path, run: Run, place: str) -> None:
    """With other people, other keys, and all signatures in order, for all that anybody knows."""
    witness = watched(lab, run, place)
    shutil.rmtree(lab / ".successor")
    (lab / "policy.toml").unlink()
    assert run("improve", lab, "--quiet").code == 0
    assert run("audit", lab).code == 0
    refused = run("audit", lab, "--witness", witness)
    assert refused.code == 4
    assert "has no head of this record: it is another record" in refused.err


def test_a_witness_that_cannot_be_told_ends_the_run(lab: Path, run: Run, place: str) -> None:
    watched(lab, run, place)
    shutil.rmtree(lab.parent / "elsewhere")
    refused = run("improve", lab, "--quiet")
    assert refused.code == 2
    assert "cannot be a witness" in refused.err


@pytest.mark.parametrize("lost", ["all of it", "its end"])
def test_a_witness_that_lost_what_it_was_told_ends_the_run_before_it_begins(
    lab: Path, run: Run, tmp_path: Path, place: str, lost: str
) -> None:
    """Whoever sets a record back would take from its witness, too, what is in the way."""
    witness = watched(lab, run, place)
    before = tmp_path / "before"
    if lost == "its end":
        assert run("improve", lab, "--quiet", "--generations", "1").code == 0
        shutil.copytree(tmp_path / "elsewhere", before)
    else:
        before.mkdir()
        if place.startswith("git:"):
            git("init", "-q", "--bare", str(before / "heads.git"))
    assert run("improve", lab, "--quiet", "--generations", "3").code == 0
    shutil.rmtree(tmp_path / "elsewhere")
    before.rename(tmp_path / "elsewhere")
    refused = run("improve", lab, "--quiet")
    assert refused.code == 4
    assert f"{witness} should know of" in refused.err
    assert run("audit", lab, "--witness", witness).code != 0, "nor does it testify"
    told = refused.err.rpartition("successor ")[2].split()
    assert run(*told).code == 0, "what it says helps"
    assert run("improve", lab, "--quiet").code == 0


def test_a_head_proves_that_the_record_goes_on_from_an_earlier_one(lab: Path, run: Run) -> None:
    run("improve", lab, "--quiet", "--generations", "1")
    before = run("head", lab, "--json").lines[0]
    run("improve", lab, "--quiet")
    after = run("head", lab, "--since", before["events"], "--json").lines[0]
    old = (before["events"], bytes.fromhex(before["ledger_head"]))
    new = (after["events"], bytes.fromhex(after["ledger_head"]))
    proof = [bytes.fromhex(each) for each in after["proof"]]
    assert after["record"] == before["record"]
    assert verify_consistency(old, new, proof)
    assert not verify_consistency((old[0], bytes(32)), new, proof)


def test_a_signed_head_says_who_vouches_for_it(lab: Path, run: Run, tmp_path: Path) -> None:
    run("improve", lab, "--quiet", "--generations", "1")
    witness = witness_at("heads", tmp_path)
    assert run("head", lab, "--key", "ada", "--to", witness).code == 0
    (head,) = heads_in(witness)
    everybody = [*public_keys().values()]
    assert [key.comment for key in vouched(head, everybody)] == ["ada"]
    other = Witnessed(head.record, head.size + 1, head.root, head.signed)
    assert vouched(other, everybody) == ()


def test_a_witness_keeps_what_it_was_told_once_and_heads_of_several_records(
    tmp_path: Path, place: str
) -> None:
    (tmp_path / "lab").mkdir()
    witness = witness_at(place, tmp_path / "lab")
    one, other = Witnessed("ab", 3, "cd"), Witnessed("ef", 3, "cd")
    for head in (one, other, one):
        tell(witness, head)
    assert heads_in(witness) == (one, other)


def test_a_torn_line_is_left_out_and_the_next_one_begins_anew(tmp_path: Path) -> None:
    path, witness = tmp_path / "heads", witness_at("heads", tmp_path)
    one, other = Witnessed("ab", 3, "cd"), Witnessed("ab", 4, "ef")
    for cut in range(1, len(one.to_line())):
        path.write_bytes(one.to_line() + b"\n" + one.to_line()[:cut])
        tell(witness, other)
        assert heads_in(witness) == (one, other)


def test_several_labs_tell_one_repository_at_once(tmp_path: Path) -> None:
    git("init", "-q", "--bare", str(tmp_path / "heads.git"))
    witness = witness_at("git:heads.git", tmp_path)
    heads = [Witnessed(f"{number:02x}", 3, "cd") for number in range(4)]
    with ThreadPoolExecutor() as pool:
        list(pool.map(partial(tell, witness), heads))
    assert {*heads_in(witness)} == {*heads}


def test_a_witness_that_is_not_there_is_no_proof_of_anything(lab: Path, run: Run) -> None:
    run("improve", lab, "--quiet", "--generations", "1")
    for place in ("nowhere", "git:./nowhere.git"):
        refused = run("audit", lab, "--witness", place)
        assert (refused.code, len(refused.err.splitlines())) == (2, 1)


@pytest.mark.parametrize("content", ["", "not a witness\n"])
def test_what_holds_no_head_is_no_witness_and_the_record_is_not_to_blame(
    lab: Path, run: Run, tmp_path: Path, content: str
) -> None:
    run("improve", lab, "--quiet", "--generations", "1")
    (tmp_path / "heads").write_text(content, "ascii")
    refused = run("audit", lab, "--witness", tmp_path / "heads")
    assert refused.code == 4
    assert "the record verifies in itself" in refused.err
    assert "heads is no witness: there is no head of any record in it" in refused.err
    assert "--fresh" not in refused.err


@pytest.mark.parametrize(
    "line",
    [
        b"{}",
        b'{"record":1,"size":"2","root":3}',
        b"[}",
        b'{"size":1}',
        b'{"record":"a","size":0,"root":"b"}',
    ],
)
def test_what_is_no_head_is_named_with_its_line(tmp_path: Path, line: bytes) -> None:
    (tmp_path / "heads").write_bytes(Witnessed("ab", 3, "cd").to_line() + b"\n" + line + b"\n")
    with pytest.raises(UsageError, match="heads, line 2: is no head of a record"):
        heads_in(witness_at("heads", tmp_path))


def test_a_signed_head_survives_the_way_through_a_line(lab: Path, run: Run) -> None:
    run("improve", lab, "--quiet", "--generations", "1")
    with Ledger.read(lab / ".successor") as ledger:
        head = head_of(ledger, signer("ada", None))
    assert Witnessed.from_line(head.to_line()) == head
    assert json.loads(head.to_line())["signed"]["payloadType"].endswith("head+json")


def test_who_takes_the_witness_out_of_the_policy_needs_people(
    lab: Path, run: Run, place: str
) -> None:
    watched(lab, run, place)
    path = lab / "policy.toml"
    path.write_text(path.read_text("utf-8").split("\n", 1)[1], "utf-8")
    assert run("improve", lab, "--json").lines[-1]["stopped_by"] == "charter"
    change(lab, "[lab]", "[lab]\nstage = 3")
    assert run("improve", lab, "--json").lines[-1]["stopped_by"] == "charter"


def test_a_witness_that_people_signed_hears_of_a_stop_whatever_the_file_says(
    lab: Path, run: Run, place: str
) -> None:
    witness = watched(lab, run, place)
    assert run("improve", lab, "--quiet", "--generations", "1").code == 0
    path = lab / "policy.toml"
    path.write_text(path.read_text("utf-8").replace(f'witnesses = ["{place}"]\n', ""), "utf-8")
    known = len(heads_in(witness_at(place, lab)))
    assert run("stop", lab, "--reason", "odd").code == 0
    assert run("resume", lab, "--reason", "seen", "--key", "ada").code == 0
    assert len(heads_in(witness_at(place, lab))) >= known + 2
    assert run("audit", lab, "--witness", witness).code == 0


def test_an_address_is_no_option_of_git(lab: Path, run: Run, tmp_path: Path) -> None:
    """A policy.toml that nobody signed is read, too."""
    trace = tmp_path / "trace"
    (tmp_path / "elsewhere").mkdir()
    watched(lab, run, "../elsewhere/heads")
    policy = lab / "policy.toml"
    text = policy.read_text("utf-8")
    for address in (f"git:--upload-pack=touch {trace};", f"git:ext::touch {trace}"):
        policy.write_text(text.replace("../elsewhere/heads", address), "utf-8")
        for verb in ("stop", "resume", "improve", "audit", "status"):
            run(verb, lab)
        assert run("audit", lab, "--witness", address).code == 2
    assert not trace.exists()


def heads_told(witness: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in witness.read_bytes().splitlines()]


def test_a_machine_signs_the_heads_of_a_run_and_the_audit_says_who(lab: Path, run: Run) -> None:
    """Eve's key is that of the automation here."""
    witness = watched(lab, run, "../heads")
    path, machine = lab / "policy.toml", public_keys()["eve"].line
    keyholder = f'\n[[machines]]\nname = "ci"\nkey = "{machine}"\n'
    path.write_text(path.read_text("utf-8") + keyholder, "utf-8")
    assert run("policy", "sign", lab, "--key", "ada").code == 0
    assert run("improve", lab, "--quiet").code == 0
    assert run("head", lab, "--key", "ada", "--to", witness).code == 0
    told = heads_told(Path(witness))
    (found,) = run("audit", lab, "--witness", witness, "--json").lines
    signed = sum("signed" in each for each in told)
    assert found["signed_heads"] == {"ci": signed - 1, "ada": 1}
    assert signed > 3
    assert f"signed by: ci {signed - 1}, ada 1." in run("audit", lab, "--witness", witness).out
    assert run("stop", lab).code == 0
    assert "signed" in heads_told(Path(witness))[-1], "that it is paused, too"


@pytest.mark.parametrize("forged", ["stranger", "bit", "other size", "other root"])
def test_a_forged_head_is_named(lab: Path, run: Run, forged: str) -> None:
    witness = Path(watched(lab, run, "../heads"))
    assert run("improve", lab, "--quiet").code == 0
    assert run("head", lab, "--key", "ada", "--to", witness).code == 0
    assert run("audit", lab, "--witness", witness).code == 0
    lines = witness.read_bytes().splitlines()
    head = json.loads(lines[-1])
    if forged == "stranger":
        with Ledger.read(lab / ".successor") as ledger:
            lines[-1] = head_of(ledger, signer("eve", None)).to_line()
    elif forged == "bit":
        signature = bytearray(base64.b64decode(head["signed"]["signatures"][0]["sig"]))
        signature[7] ^= 1
        head["signed"]["signatures"][0]["sig"] = base64.b64encode(signature).decode()
    elif forged == "other size":
        head["size"] -= 1
    else:
        head["root"] = "00" * 32
    if forged != "stranger":
        lines[-1] = json.dumps(head).encode()
    witness.write_bytes(b"".join(line + b"\n" for line in lines))
    refused = run("audit", lab, "--witness", witness, "--json")
    assert refused.code == 4
    told = refused.lines[0]["problem"]
    assert f"heads, line {len(lines)}: the head of {head['size']} events is signed by none" in told
    assert "it is forged" in told


def test_against_the_record_a_signed_head_is_somebodys_word_and_another_nobodys(
    lab: Path, run: Run
) -> None:
    witness = Path(watched(lab, run, "../heads"))
    assert run("improve", lab, "--quiet").code == 0
    with Ledger.read(lab / ".successor") as ledger:
        head = head_of(ledger)
    told = witness.read_bytes()
    false = Witnessed(head.record, head.size, "00" * 32)
    witness.write_bytes(told + false.to_line() + b"\n")
    refused = run("audit", lab, "--witness", witness)
    assert "the past was rewritten (or that head is false, which nobody signed)" in refused.err
    signed = replace(false, signed=sealed(false.statement, signer("ada", None)))
    witness.write_bytes(told + signed.to_line() + b"\n")
    assert "the past was rewritten (signed by ada)" in run("audit", lab, "--witness", witness).err


def test_who_signed_a_head_under_an_earlier_charter_still_vouches_for_it(
    lab: Path, run: Run
) -> None:
    witness = Path(watched(lab, run, "../heads"))
    assert run("head", lab, "--key", "ada", "--to", witness).code == 0
    path = lab / "policy.toml"
    keys = public_keys()
    path.write_text(
        path.read_text("utf-8").replace(keys["ada"].line, keys["bob"].line).replace("ada", "bob"),
        "utf-8",
    )
    assert run("policy", "sign", lab, "--key", "ada").code == 0
    (found,) = run("audit", lab, "--witness", witness, "--json").lines
    assert (found["verified"], found["signed_heads"]) == (True, {"ada": 1})


def test_where_no_charter_names_keys_signatures_of_heads_count_for_nothing(
    lab: Path, run: Run, tmp_path: Path
) -> None:
    assert run("improve", lab, "--quiet").code == 0
    assert run("head", lab, "--key", "ada", "--to", tmp_path / "heads").code == 0
    found = run("audit", lab, "--witness", tmp_path / "heads")
    assert (found.code, "none of them signed by the lab's keys" in found.out) == (0, True)

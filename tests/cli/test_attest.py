"""What other tools verify of a promotion; and what an author wrote is never more than text."""

from __future__ import annotations

import json
import shutil
import subprocess
from base64 import b64decode
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from cli.commands import Run, change, make_lab
from successor.cli.markdown import block, code, line
from successor.cli.options import plain
from successor.ledger import Ledger
from successor.types import Version

HOSTILE = (
    "```\n@admins fixes #12 <img src=x onerror=alert(1)> ![x](https://evil.example/x)\n"
    "````` [click](javascript:alert(1)) https://evil.example GH-12 \u202e\u2066\x1b[2J\r\0\x85\n"
    "/lgtm\n</code></pre><script>1</script>\n~~~\n    \n`` ` \\` </details>\nCo-authored-by: eve"
)
pytestmark = pytest.mark.usefixtures("keys")

AUTHOR = f"""
from successor.types import Draft
from cli.tiny import Counter, Doubler

HOSTILE = {HOSTILE!r}

class Eve(Doubler):
    @property
    def name(self):
        return HOSTILE

    def write(self, brief, workspace):
        draft = super().write(brief, workspace)
        if draft is None:
            return None
        text = HOSTILE.replace("\\0", "")  # with it, it is no text
        said = workspace.write(f"ability = {{len(brief.lineage)}}  # \u0430{{text}}".encode())
        return Draft({{**draft.files, HOSTILE: said, "weights": workspace.write(b"\\0")}})

def author(settings, subject):
    return Eve()

class Telling(Counter):
    def create(self, seed, workspace):
        files = super().create(seed, workspace).files
        return Draft(files, {{"pinned": HOSTILE, "assumed": "xs: `@bob` #3"}})

def subject(settings, folder, goal):
    return Telling(4)
"""


@pytest.fixture
def done(lab: Path, run: Run) -> Path:
    """A lab that promoted two versions."""
    assert run("improve", lab, "--quiet").code == 0
    return lab


def line_of(lab: Path) -> tuple[Version, ...]:
    with Ledger.read(lab / ".successor") as ledger:
        incumbent = ledger.incumbent()
        assert incumbent is not None
        return ledger.lineage(incumbent.id)


def signed_bytes(envelope: dict[str, Any]) -> bytes:
    """What DSSE signs, as its protocol says: not by the product's own code."""
    kind, body = envelope["payloadType"], b64decode(envelope["payload"])
    return f"DSSEv1 {len(kind)} {kind} {len(body)} ".encode() + body


def statement(lab: Path, run: Run, *version: str) -> dict[str, Any]:
    told = run("attest", lab, *version, "--unsigned")
    assert told.code == 0, told.err
    return told.lines[0]


def byproducts(told: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [e for e in told["predicate"]["runDetails"]["byproducts"] if e["name"] == name]


def kept(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_envelope_verifies_with_the_pem_alone(done: Path, run: Run):
    (envelope,) = run("attest", done, "--key", "ada").lines
    key = load_pem_public_key(run("keys", "list", "ada", "--pem").out.encode())
    assert isinstance(key, Ed25519PublicKey)
    (signature,) = envelope["signatures"]
    key.verify(b64decode(signature["sig"]), signed_bytes(envelope))
    ada, *_ = run("keys", "list", "--json").lines[0]["keys"]
    assert (signature["keyid"], envelope["payloadType"]) == (
        ada["fingerprint"],
        "application/vnd.in-toto+json",
    )
    other = load_pem_public_key(run("keys", "list", "bob", "--pem").out.encode())
    assert isinstance(other, Ed25519PublicKey)
    with pytest.raises(InvalidSignature):
        other.verify(b64decode(signature["sig"]), signed_bytes(envelope))


def test_the_statement_names_every_file_and_what_the_promotion_rests_on(done: Path, run: Run):
    told = statement(done, run)
    version, parent = line_of(done)[-1], line_of(done)[-2]
    assert told["_type"] == "https://in-toto.io/Statement/v1"
    assert told["predicateType"] == "https://slsa.dev/provenance/v1"
    subject = {each["name"]: each["digest"]["sha256"] for each in told["subject"]}
    assert subject == dict(version.files)
    built = told["predicate"]["buildDefinition"]
    assert built["externalParameters"]["lab"]["goal"] == "Count further"
    assert built["externalParameters"]["judge"]["alpha"] == 0.05
    needed = {each["name"]: each["digest"]["sha256"] for each in built["resolvedDependencies"]}
    assert needed == {
        "parent/ability": parent.files["ability"],
        "lab/tiny.py": sha256((done / "tiny.py").read_bytes()).hexdigest(),
    }
    (verdict,) = byproducts(told, "verdict")
    assert sha256(b64decode(verdict["content"])).hexdigest() == verdict["digest"]["sha256"]
    assert json.loads(b64decode(verdict["content"])) == verdict["annotations"]
    assert verdict["annotations"]["e_value"] >= verdict["annotations"]["threshold"]
    with Ledger.read(done / ".successor") as ledger:
        (head,) = byproducts(told, "head")
        noted: dict[str, int] = head["annotations"]
        assert ledger.root_at(noted["size"]) == head["annotations"]["root"]
        entries = ledger.entries()
        kinds = [
            type(entries[noted[name] - 1].event).__name__
            for name in ("written", "judged", "decided")
        ]
        assert kinds == ["Written", "Judged", "Decided"]


def test_a_copy_of_the_record_gives_the_same_bytes_whatever_came_later(
    lab: Path, run: Run, tmp_path: Path
):
    assert run("improve", lab, "--quiet", "--generations", "2").code == 0
    version = line_of(lab)[-1].id
    early = run("attest", lab, version, "--unsigned").out
    assert run("improve", lab, "--quiet").code == 0
    copied = tmp_path / "elsewhere"
    shutil.copytree(lab / ".successor", copied / ".successor")
    assert run("attest", copied, version[:9], "--unsigned").out == early
    assert run("attest", copied, "--unsigned").out != early


def test_who_signed_the_promotion_stands_in_it_with_what_they_signed(lab: Path, run: Run):
    change(lab, "[lab]", "[lab]\nstage = 3")
    assert run("policy", "init", lab, "ada", "bob").code == 0
    run("policy", "sign", lab, "--key", "ada")
    assert run("policy", "sign", lab, "--key", "bob").code == 0
    assert run("improve", lab, "--quiet").code == 3
    waits = run("review", lab, "--json").lines[0]["candidate"]
    refused = run("attest", lab, waits, "--unsigned")
    assert (refused.code, "never promoted, it was waiting" in refused.err) == (2, True)
    assert run("review", lab, "--accept", "--key", "bob").code == 0
    (approval,) = byproducts(statement(lab, run), "approval")
    _, bob, _ = run("keys", "list", "--json").lines[0]["keys"]
    assert approval["annotations"] == {"signer": "bob", "key": bob["fingerprint"]}
    envelope = json.loads(b64decode(approval["content"]))
    key = load_pem_public_key(bob["pem"].encode())
    assert isinstance(key, Ed25519PublicKey)
    key.verify(b64decode(envelope["signatures"][0]["sig"]), signed_bytes(envelope))
    (verdict,) = byproducts(statement(lab, run), "verdict")
    assert json.loads(b64decode(envelope["payload"]))["evidence"] == verdict["digest"]["sha256"]
    assert (
        f"Successor-Approved-By: bob {bob['fingerprint']}" in run("attest", lab, "--trailers").out
    )
    assert "- Signed by `bob`" in run("attest", lab, "--pull-request").out


def test_nothing_is_signed_unasked(done: Path, run: Run):
    bare = run("attest", done)
    assert (bare.code, bare.out) == (2, "")
    assert "give --key NAME" in bare.err
    assert "--unsigned" in bare.err
    for more in (["--key", "ada", "--trailers"], ["--trailers", "--unsigned"], ["--agent"]):
        assert run("attest", done, *more).code == 2
    assert run("attest", done, "--unsigned", "--agent").code == 2
    assert run("attest", done, "--key", "nobody").code == 2


def test_the_first_of_a_line_and_what_is_not_there_are_refused(done: Path, run: Run):
    first = run("attest", done, line_of(done)[0].id, "--unsigned")
    assert (first.code, "nothing was proved of it" in first.err) == (2, True)
    assert run("attest", done, "zz", "--unsigned").code == 2
    assert run("attest", done / "nowhere", "--unsigned").code == 2


def test_what_was_rolled_back_is_refused_until_it_is_in_charge_again(done: Path, run: Run):
    version, parent = line_of(done)[-1].id, line_of(done)[-2].id
    assert run("rollback", done, "--reason", "wrong in May").code == 0
    refused = run("attest", done, version, "--unsigned")
    assert refused.code == 2
    assert "was rolled back by" in refused.err
    assert "wrong in May" in refused.err
    assert run("attest", done, parent, "--unsigned").code == 0
    assert run("attest", done, "--unsigned").out == run("attest", done, parent, "--unsigned").out
    assert run("rollback", done, "--to", version).code == 0
    assert run("attest", done, version, "--unsigned").code == 0


def test_a_paused_lab_may_be_attested_and_nothing_is_written(done: Path, run: Run):
    assert run("stop", done, "--reason", "odd").code == 0
    before = kept(done)
    for form in (["--key", "ada"], ["--trailers"], ["--pull-request"]):
        assert run("attest", done, *form).code == 0
    assert kept(done) == before


def test_a_record_that_does_not_verify_is_refused(done: Path, run: Run):
    parent = line_of(done)[-2].files["ability"]
    (done / ".successor/objects" / parent[:2] / parent[2:]).write_bytes(b"9")
    for form in (["--key", "ada"], ["--trailers"], ["--pull-request"]):
        refused = run("attest", done, *form)
        assert (refused.code, refused.out) == (4, "")
        assert "does not verify" in refused.err


def test_out_writes_what_would_be_printed(done: Path, run: Run, tmp_path: Path):
    for form in ("--unsigned", "--trailers", "--pull-request"):
        printed = run("attest", done, form).out
        assert run("attest", done, form, "--out", tmp_path / "it").out == ""
        assert (tmp_path / "it").read_text("utf-8") == printed
    assert run("attest", done, "--trailers", "--out", tmp_path / "no" / "it").code == 1


def test_a_passphrase_is_asked_for_by_the_options_that_sign(done: Path, run: Run, tmp_path: Path):
    (tmp_path / "secret").write_text("s3cret\n", "utf-8")
    run("keys", "new", "cyd", "--passphrase-file", tmp_path / "secret")
    assert run("attest", done, "--key", "cyd").code == 2
    signed = run("attest", done, "--key", "cyd", "--passphrase-file", tmp_path / "secret")
    assert signed.lines[0]["signatures"]


@pytest.fixture
def hostile(tmp_path: Path, run: Run) -> Path:
    """A lab in which whoever writes anything writes what should break out of it."""
    lab = make_lab(tmp_path / "lab")
    (lab / "eve.py").write_text(AUTHOR, encoding="utf-8")
    change(lab, "tiny.py:author", "eve.py:author")
    change(lab, "tiny.py:subject", "eve.py:subject")
    change(lab, "Count further", "Count `` @admins #12 <b>further</b> [x](https://evil.example)")
    assert run("improve", lab, "--quiet", "--generations", "2").code == 0
    return lab


def test_git_takes_the_trailers_as_they_are(hostile: Path, run: Run):
    told = run("attest", hostile, "--trailers").out
    message = f"Faster\n\nAs measured.\n\n{told}"
    parsed = subprocess.run(
        ["git", "interpret-trailers", "--parse"], input=message, capture_output=True, text=True,
        check=True, cwd=hostile,
    )  # fmt: skip
    assert parsed.stdout == told
    names = [each.partition(": ")[0] for each in told.splitlines()]
    assert len(set(names)) == len(names)
    for name in ("Version", "Parent", "Evidence", "E-Value", "Ledger-Head"):
        assert f"Successor-{name}" in names
    assert all(each.isprintable() and each.isascii() for each in told.splitlines())


def flat(text: str) -> list[Token]:
    tokens = MarkdownIt("commonmark", {"html": True}).parse(text)
    return [each for token in tokens for each in (token, *(token.children or ()))]


def test_nothing_that_an_author_wrote_is_active_in_a_pull_request(hostile: Path, run: Run):
    body = run("attest", hostile, "--pull-request").out
    tokens = flat(body)
    kinds = {token.type for token in tokens}
    assert kinds == {
        "paragraph_open", "paragraph_close", "inline", "text", "code_inline", "fence",
        "heading_open", "heading_close", "bullet_list_open", "bullet_list_close",
        "list_item_open", "list_item_close",
    }  # fmt: skip
    prose = " ".join(token.content for token in tokens if token.type == "text")
    for sign in "@#<>[]`~\\":
        assert sign not in prose
    assert "evil" not in prose
    assert "http" not in prose
    headings = [after.content for token, after in pairwise(tokens)
                if token.type == "heading_open"]  # fmt: skip
    assert headings == [
        "What changed", "Evidence", "What it cost", "What is pinned, and what is only assumed",
        "Who decided", "How to verify",
    ]  # fmt: skip
    assert all(each.isprintable() for each in body.split("\n")), "no control, no bidi mark"
    shown = "\n".join(t.content for t in tokens if t.type in {"fence", "code_inline"})
    for told in ("\\u202e\\u2066\\x1b[2J", "@admins fixes #12", "<script>1</script>", "[x](https:"):
        assert told in shown, "it is shown, as what it is"
    assert "U+0430 CYRILLIC SMALL LETTER A" in shown
    assert "\n/lgtm" not in body, "no bot that reads line by line is told anything"


def test_a_very_long_difference_fits_into_a_pull_request(lab: Path, run: Run):
    long = '"\\n".join(f"x = {n}  # " + "y" * 900 for n in range(3000))'
    (lab / "eve.py").write_text(
        AUTHOR.replace("HOSTILE: said", f'"big.py": workspace.write({long}.encode())'), "utf-8"
    )
    change(lab, "tiny.py:author", "eve.py:author")
    assert run("improve", lab, "--quiet", "--generations", "2").code == 0
    body = run("attest", lab, "--pull-request").out
    assert 30_000 < len(body) < 65_536
    assert "... cut here" in body
    assert "The rest is left out for its length; see: `successor diff " in body


TEXTS = st.text("`~ \n\r\t\0@#12<>[]()!*_\\&;:/-|$ax\u202e\u2028\u0430", max_size=40) | st.text()


@given(TEXTS)
@example("`")
@example(" `` ")
@example("a\n\n# b")
@example("")
def test_a_line_of_any_text_is_one_code_span(text: str):
    paragraph, inline, end = MarkdownIt("commonmark").parse(f"Goal: {code(text)}")
    assert (paragraph.type, end.type) == ("paragraph_open", "paragraph_close")
    assert inline.children is not None
    assert [token.type for token in inline.children] == ["text", "code_inline"]
    assert inline.children[1].content == (line(text) or "(nothing)")
    assert line(text).isprintable()


@given(st.lists(TEXTS, min_size=1))
@example(["```", "````", "~~~", "<!--"])
def test_lines_of_any_text_are_one_block(lines: list[str]):
    (fence, heading, *_) = MarkdownIt("commonmark").parse(f"{block(lines, 'diff')}\n\n# After")
    assert (fence.type, fence.info, heading.type) == ("fence", "diff", "heading_open")
    assert fence.content == plain("\n".join(lines)) + "\n"

import json
import sys

import pytest

from successor.sandbox import (
    Call,
    Limits,
    Program,
    Returned,
    Sandbox,
    SandboxError,
    landlock,
    open_sandbox,
    tiers,
)
from successor.sandbox import bubblewrap as bubblewrap_tier
from successor.sandbox.confine import LAYERS
from successor.sandbox.tiers import opened_without

PROGRAM = Program({"p.py": b"def f(): return 1"}, "p.py:f")


def test_every_tier_says_whether_it_can_be_had_and_why():
    found = {tier.tier: tier for tier in tiers()}
    assert list(found) == ["kernel", "bubblewrap", "container", "rlimits"]
    assert all(tier.why and "\n" not in tier.why for tier in found.values())
    assert not found["rlimits"].trusted
    assert not found["container"].trusted


def test_what_keeps_nobody_in_has_to_be_asked_for_and_is_not_trusted():
    for tier in ("rlimits", "container"):
        with pytest.raises(SandboxError, match="allow_unsafe"):
            open_sandbox(tier)
    with open_sandbox("rlimits", allow_unsafe=True) as sandbox:
        assert sandbox.trusted is False
        record = sandbox.record()
        assert (record.tier, record.trusted) == ("rlimits", False)
        assert sandbox.run(PROGRAM, [Call()]).outcomes == (Returned(1),)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is not even that")
def test_the_weaker_one_is_taken_only_when_allowed_and_nothing_better_is_there(
    monkeypatch: pytest.MonkeyPatch, kernel: Sandbox
):
    with open_sandbox(allow_unsafe=True) as sandbox:
        assert sandbox.record() == kernel.record()
    monkeypatch.setattr(landlock, "version", lambda: 0)
    monkeypatch.setattr(bubblewrap_tier, "binary", nowhere)
    with pytest.raises(SandboxError, match=r"no adequate sandbox here \(kernel: .*bubblewrap: "):
        open_sandbox()
    with open_sandbox(allow_unsafe=True) as sandbox:
        assert (sandbox.tier, sandbox.trusted) == ("rlimits", False)


def nowhere() -> str:
    raise SandboxError("bubblewrap is missing")


def test_an_unknown_tier_is_refused():
    with pytest.raises(SandboxError, match="kernel, bubblewrap"):
        open_sandbox("wasm")


def test_without_an_adequate_tier_there_is_no_sandbox(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(SandboxError, match="use Linux"):
        open_sandbox()
    with pytest.raises(SandboxError, match="use Linux"):
        open_sandbox("rlimits", allow_unsafe=True)
    assert not any(tier.available for tier in tiers() if tier.tier != "container")


@pytest.mark.usefixtures("kernel")
@pytest.mark.parametrize("layer", sorted(LAYERS))
def test_each_layer_can_be_left_out_and_is_then_not_trusted(layer: str):
    with opened_without(layer) as sandbox:
        assert sandbox.trusted is False
        assert sandbox.run(PROGRAM, [Call()]).outcomes == (Returned(1),)


def test_the_kernel_tier_starts_no_commands(kernel: Sandbox):
    with pytest.raises(SandboxError, match="bubblewrap"):
        kernel.command(["true"], {})


def test_a_command_gets_its_files_and_gives_back_what_it_wrote(bubblewrap: Sandbox):
    script = "import json, os; json.dump(os.listdir(), open('new/metrics.json', 'w')); print('hi')"
    result = bubblewrap.command(
        ["python", "run.py"], {"run.py": script.encode(), "new/keep.txt": b"kept"}
    )
    assert (result.status, result.exit_code, result.stdout) == ("ok", 0, b"hi\n"), result
    assert list(result.files) == ["new/metrics.json"]
    assert set(json.loads(result.files["new/metrics.json"])) == {"run.py", "new"}


@pytest.mark.parametrize(
    ("argv", "limits", "status", "code"),
    [
        (["sh", "-c", "exit 3"], Limits(), "ok", 3),
        (["sh", "-c", "kill -9 $$"], Limits(), "ok", -9),
        (["there-is-no-such-program"], Limits(), "ok", 127),
        (["sleep", "60"], Limits(wall_s=1.5), "timeout", 0),
        (["yes"], Limits(output_bytes=10_000), "output", 0),
    ],
)
def test_how_a_command_can_end(
    bubblewrap: Sandbox, argv: list[str], limits: Limits, status: str, code: int
):
    result = bubblewrap.command(argv, {}, limits)
    assert (result.status, result.exit_code) == (status, code), result


BOMB = """
import os
count = 0
try:
    while True:
        if os.fork() == 0:
            import time
            time.sleep(60)
        count += 1
except OSError as error:
    print(count, flush=True)
    os._exit(0)
"""


def test_a_command_cannot_fill_the_machine(bubblewrap: Sandbox):
    bomb = bubblewrap.command(["python", "-c", BOMB], {}, Limits(wall_s=20.0))
    assert bomb.status == "ok", bomb
    assert 0 < int(bomb.stdout) < 200
    flood = "f = open('x', 'wb')\nwhile True: f.write(bytes(1 << 20)); f.flush()"
    full = bubblewrap.command(["python", "-c", flood], {}, Limits(wall_s=20.0, files_bytes=4 << 20))
    assert full.exit_code != 0


def test_a_command_sees_nobody_and_reaches_nobody(bubblewrap: Sandbox):
    look = (
        "import os, socket\nprint(os.getuid(), sorted(p for p in os.listdir('/proc') "
        "if p.isdigit())[:1], os.path.exists('/etc/passwd'), os.path.exists('/home'))\n"
        "socket.create_connection(('1.1.1.1', 53), 2)"
    )
    result = bubblewrap.command(["python", "-c", look], {})
    assert result.stdout == b"65534 ['1'] False False\n", result
    assert b"unreachable" in result.stderr


def test_programs_at_the_bubblewrap_tier_may_start_programs(bubblewrap: Sandbox):
    text = b"import subprocess\ndef f(): return subprocess.check_output(['echo', 'hi'])"
    result = bubblewrap.run(Program({"p.py": text}, "p.py:f"), [Call()])
    assert result.outcomes == (Returned(b"hi\n"),), result


def test_containers_are_refused_where_no_engine_answers(monkeypatch: pytest.MonkeyPatch):
    from successor.sandbox import container

    monkeypatch.setattr(container, "ENGINES", ())
    with pytest.raises(SandboxError, match="podman"):
        open_sandbox("container", allow_unsafe=True)

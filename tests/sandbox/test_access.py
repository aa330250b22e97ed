"""What a command may be given beyond a closed room, and that it gets nothing else."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from successor.sandbox import Access, CommandResult, Limits, Sandbox, SandboxError
from successor.sandbox.bubblewrap import shown
from successor.sandbox.container import command as contained

TRY = """
import socket, sys
def tell(what, attempt):
    try:
        attempt()
        print(what, "reached")
    except OSError as error:
        print(what, "refused")
tell("port", lambda: socket.create_connection(("127.0.0.1", int(sys.argv[1])), 2))
tell("abstract", lambda: socket.socket(socket.AF_UNIX).connect("\\0" + sys.argv[2]))
tell("named", lambda: socket.socket(socket.AF_UNIX).connect(sys.argv[3]))
tell("pair", socket.socketpair)
"""


@pytest.fixture
def services(tmp_path: Path) -> Iterator[list[str]]:
    """A port, an abstract socket and a named one, on which this machine listens."""
    with (
        socket.create_server(("127.0.0.1", 0)) as port,
        socket.socket(socket.AF_UNIX) as abstract,
        socket.socket(socket.AF_UNIX) as named,
    ):
        name = f"successor-{port.getsockname()[1]}"
        folder = tmp_path / "open"
        folder.mkdir(mode=0o755)
        abstract.bind(f"\0{name}")
        named.bind(str(folder / "socket"))
        (folder / "socket").chmod(0o777)
        for each in (abstract, named):
            each.listen()
        yield [str(port.getsockname()[1]), name, str(folder / "socket")]


def tried(sandbox: Sandbox, services: list[str], access: Access) -> dict[str, str]:
    argv = ["python3", "try.py", *services]
    result = sandbox.command(argv, {"try.py": TRY.encode()}, Limits(), {}, access)
    return dict(line.split() for line in result.stdout.decode().splitlines())


def test_without_access_nothing_of_the_machine_answers(bubblewrap: Sandbox, services: list[str]):
    found = tried(bubblewrap, services, Access())
    assert found == {
        "port": "refused",
        "abstract": "refused",
        "named": "refused",
        "pair": "reached",
    }


def test_the_network_is_the_internet_and_no_socket_of_the_machine(
    bubblewrap: Sandbox, services: list[str]
):
    access = Access(network=True, readable=(str(Path(services[2]).parent),))
    found = tried(bubblewrap, services, access)
    assert found == {
        "port": "reached",
        "abstract": "refused",
        "named": "refused",
        "pair": "reached",
    }


def test_what_may_be_read_may_not_be_written(bubblewrap: Sandbox, tmp_path: Path):
    folder = tmp_path / "given"
    folder.mkdir(mode=0o755)
    (folder / "file").write_text("given")
    (tmp_path / "other").write_text("secret")
    line = f"cat {folder}/file; cat {tmp_path}/other; echo x > {folder}/file; touch {folder}/new"
    result = bubblewrap.command(
        ["sh", "-c", line], {}, Limits(), {}, Access(readable=(str(folder),))
    )
    assert result.stdout == b"given", result
    assert result.stderr.count(b"Read-only file system") == 2, result
    assert (folder / "file").read_text() == "given"
    assert [each.name for each in folder.iterdir()] == ["file"]


def left(sandbox: Sandbox, line: str, name: str = "a.py") -> CommandResult:
    access = Access(wanted=(name,))
    return sandbox.command(
        ["sh", "-c", line], {name: b"x = 1\n"}, Limits(files_bytes=64 << 20), {}, access
    )


@pytest.mark.parametrize(
    "line",
    [
        "rm a.py",
        "rm a.py; mkfifo a.py",
        "rm a.py; mkdir a.py",
        "rm a.py; ln -s /proc/self/environ a.py",
        "rm a.py; ln -s other a.py; echo 2 > other",
        "truncate -s 30M a.py",
        "chmod 0 a.py",
    ],
)
def test_what_is_no_regular_file_of_that_name_is_not_handed_back(bubblewrap: Sandbox, line: str):
    result = left(bubblewrap, line)
    assert (result.status, dict(result.files)) == ("ok", {}), result


def test_a_folder_on_the_way_may_be_no_link(bubblewrap: Sandbox):
    line = "mv d e; ln -s e d; cat d/a.py"
    result = left(bubblewrap, line, "d/a.py")
    assert (result.stdout, dict(result.files)) == (b"x = 1\n", {}), result


def test_of_thousands_of_files_the_wanted_one_is_handed_back(bubblewrap: Sandbox):
    line = "for i in $(seq 5000); do echo > _$i; done; truncate -s 60M _big; echo y > a.py"
    assert dict(left(bubblewrap, line).files) == {"a.py": b"y\n"}


def test_what_still_runs_at_the_end_changes_nothing_more(bubblewrap: Sandbox):
    line = "(setsid sh -c 'sleep 0.1; while true; do echo late > a.py; done' &); echo mine > a.py"
    for _ in range(5):
        assert left(bubblewrap, line).files["a.py"] == b"mine\n"


def test_a_file_can_be_standard_input(bubblewrap: Sandbox):
    access = Access(stdin="in.txt")
    result = bubblewrap.command(["cat"], {"in.txt": b"told"}, Limits(), {}, access)
    assert result.stdout == b"told"


RESERVE = """
import mmap, sys
mmap.mmap(-1, 8 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=mmap.PROT_READ)
print("reserved", flush=True)
bytearray(1 << 30)
"""


def test_addresses_may_be_reserved_and_memory_still_is_bounded(bubblewrap: Sandbox):
    argv, limits = ["python3", "-c", RESERVE], Limits(memory_bytes=512 << 20)
    lenient = bubblewrap.command(argv, {}, limits, {}, Access(reserving=True))
    assert (lenient.stdout, b"MemoryError" in lenient.stderr) == (b"reserved\n", True), lenient
    assert bubblewrap.command(argv, {}, limits).stdout == b""


class EnoughError(Exception):
    pass


@pytest.mark.parametrize(
    "line", ["sleep 60", "yes > /dev/null", "while echo x; do sleep 0.1; done"]
)
def test_whoever_watches_can_end_it(bubblewrap: Sandbox, line: str):
    began = time.monotonic()

    def watch() -> None:
        raise EnoughError

    with pytest.raises(EnoughError):
        bubblewrap.command(["sh", "-c", line], {}, Limits(wall_s=50.0), {}, Access(watch=watch))
    assert time.monotonic() - began < 30.0


def test_the_container_tier_gives_no_access():
    with pytest.raises(SandboxError, match="nothing else"):
        contained("podman", ["true"], {}, Limits(), {}, Access(network=True))


def test_what_is_shown_with_a_network_holds_no_private_key():
    assert not any(
        "private" in path or path in ("/etc", "/etc/ssl") for path in shown(Access(True))
    )

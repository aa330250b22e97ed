"""A Ray cluster of several nodes on one machine, one of which is lost in the middle."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import pytest

from compute.labs import climbing, lineage, verdicts
from successor.compute import Pool, Work, open_pool
from successor.elsewhere import Elsewhere
from successor.lab import open_lab, run
from successor.ledger import audit

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("errands"),
    pytest.mark.filterwarnings("ignore"),  # Ray opens sockets and forks beside threads
]
NODES = 2
STORE_BYTES = 80 << 20


class Cluster(Protocol):
    """What is used of Ray's own class, which has no types."""

    address: str

    def add_node(self, **told: object) -> object: ...
    def remove_node(self, node: object, allow_graceful: bool) -> None: ...  # noqa: FBT001 - Ray's
    def wait_for_nodes(self) -> None: ...
    def shutdown(self) -> None: ...


@pytest.fixture
def cluster() -> Generator[Cluster]:
    """A head without processors, so that every worker is on a node that can be lost."""
    ray = pytest.importorskip("ray")
    utilities = pytest.importorskip("ray.cluster_utils")
    told = {"num_cpus": 0, "object_store_memory": STORE_BYTES, "include_dashboard": False}
    made: Cluster = utilities.Cluster(initialize_head=True, head_node_args=told)
    try:
        yield made
    finally:
        ray.shutdown()
        made.shutdown()


def grown(cluster: Cluster, nodes: int) -> list[object]:
    added = [cluster.add_node(num_cpus=1, object_store_memory=STORE_BYTES) for _ in range(nodes)]
    cluster.wait_for_nodes()
    return added


def test_the_same_lineage_when_a_node_is_lost_in_the_middle(tmp_path: Path, cluster: Cluster):
    here, there = climbing(tmp_path / "here", 0.02, 2), climbing(tmp_path / "there", 0.02, 2)
    nodes = grown(cluster, NODES)
    with open_lab(there, {"compute": {"kind": cluster.address}}) as lab:
        elsewhere = lab.parts.subject
        assert isinstance(elsewhere, Elsewhere)
        killer = threading.Thread(target=lose, args=(cluster, nodes[0], elsewhere.pool))
        killer.start()
        run(lab)
        killer.join()
        assert elsewhere.pool.lost >= 1
        assert elsewhere.pool.afar
    with open_lab(here, {"compute": {"kind": "local", "workers": 1}}) as lab:
        run(lab)
    assert lineage(there) == lineage(here)
    assert verdicts(there) == verdicts(here)
    assert audit(there / ".successor").problem is None


def lose(cluster: Cluster, node: object, pool: Pool) -> None:
    deadline = time.monotonic() + 600
    while pool.busy < NODES and time.monotonic() < deadline:
        time.sleep(0.01)
    cluster.remove_node(node, allow_graceful=False)


def test_its_workers_have_sandboxes_and_are_sent_objects_by_digest(cluster: Cluster):
    grown(cluster, 1)
    text = b"x" * 200_000  # more than Ray puts into the message itself
    name = sha256(text).hexdigest()
    with open_pool(cluster.address, None) as pool:
        items = [Work("errands:adds", {}), Work("errands:sizes", {"name": name}, (name,))]
        first, second = pool.map(items, lambda _: text)
    assert first.value == [True, "(Returned(value=3),)"]
    assert second.value == len(text)
    assert [*second.made.values()] == [b"xxx"]

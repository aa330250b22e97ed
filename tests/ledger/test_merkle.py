from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from successor.ledger.merkle import (
    CompactRange,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    tree_root,
    verify_consistency,
    verify_inclusion,
)

DATA = st.lists(st.binary(max_size=6), min_size=1, max_size=70)

# The inputs and roots of the reference tests of certificate transparency (RFC 6962).
KNOWN_DATA = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
KNOWN_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def definition(data: Sequence[bytes]) -> bytes:
    """MTH of RFC 9162, section 2.1.1, word for word."""
    if not data:
        return sha256().digest()
    if len(data) == 1:
        return sha256(b"\x00" + data[0]).digest()
    k = 1
    while 2 * k < len(data):
        k *= 2
    return sha256(b"\x01" + definition(data[:k]) + definition(data[k:])).digest()


def test_roots_are_those_of_the_reference_tests():
    tree = CompactRange()
    for data, root in zip(KNOWN_DATA, KNOWN_ROOTS, strict=True):
        tree = tree.append(leaf_hash(data))
        assert tree.root.hex() == root


def test_the_root_of_nothing_is_the_hash_of_nothing():
    assert CompactRange().root == definition([])


@given(DATA)
def test_every_head_is_the_definition_of_the_events_so_far(data: list[bytes]):
    tree = CompactRange()
    for number, item in enumerate(data, start=1):
        tree = tree.append(leaf_hash(item))
        assert tree.root == definition(data[:number])
        assert len(tree.peaks) == number.bit_count()


@given(DATA, st.data())
def test_inclusion_is_proved_of_what_is_there_and_of_nothing_else(
    data: list[bytes], choose: st.DataObject
):
    leaves = [leaf_hash(item) for item in data]
    index = choose.draw(st.integers(0, len(data) - 1))
    other = choose.draw(st.integers(0, len(data) - 1))
    root = tree_root(leaves)
    proof = inclusion_proof(leaves, index)
    assert verify_inclusion(leaves[index], index, len(data), proof, root)
    assert not verify_inclusion(leaf_hash(b"another one"), index, len(data), proof, root)
    assert not verify_inclusion(leaves[index], len(data), len(data), proof, root)
    if leaves[other] != leaves[index]:
        assert not verify_inclusion(leaves[other], index, len(data), proof, root)
    if proof:
        assert not verify_inclusion(leaves[index], index, len(data), proof[:-1], root)
    assert not verify_inclusion(leaves[index], index, len(data), (*proof, root), root)


@given(DATA, st.data())
def test_consistency_is_proved_of_a_record_that_only_grew(data: list[bytes], choose: st.DataObject):
    leaves = [leaf_hash(item) for item in data]
    size = choose.draw(st.integers(1, len(data)))
    proof = consistency_proof(leaves, size)
    old, new = (size, definition(data[:size])), (len(data), definition(data))
    assert verify_consistency(old, new, proof)
    changed = choose.draw(st.integers(0, size - 1))
    forged = [*data[:changed], data[changed] + b"!", *data[changed + 1 :]]
    forged_leaves = [leaf_hash(item) for item in forged]
    forged_proof = consistency_proof(forged_leaves, size)
    assert not verify_consistency(old, (len(data), definition(forged)), forged_proof)
    assert not verify_consistency(old, (len(data), definition(forged)), proof)

"""The Merkle tree over the events, as in certificate transparency (RFC 9162, section 2.1).

One hash, the root, stands for the whole record in its order. It can be handed to somebody
else, who can later be shown that an event was in the record (inclusion) and that nothing
before it was changed since (consistency), without the record itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf; its prefix keeps a leaf from passing for a node."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node over its two subtrees."""
    return sha256(b"\x01" + left + right).digest()


class CompactRange(NamedTuple):
    """A tree that only grows, as the roots of its perfect subtrees, largest first.

    There is one subtree for every bit set in `size`; appending and the root take O(log size).
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> CompactRange:
        """The tree with one more leaf (its hash)."""
        size, peaks = self
        kept, node = len(peaks), leaf
        while size & 1:
            kept -= 1
            node = sha256(b"\x01" + peaks[kept] + node).digest()
            size >>= 1
        return CompactRange(self.size + 1, (*peaks[:kept], node))

    @property
    def root(self) -> bytes:
        if not self.peaks:
            return EMPTY_ROOT
        root, *larger = reversed(self.peaks)
        for peak in larger:
            root = sha256(b"\x01" + peak + root).digest()  # the inner loop of every audit
        return root


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """The root over the hashes of the leaves (RFC 9162, section 2.1.1)."""
    tree = CompactRange()
    for leaf in leaves:
        tree = tree.append(leaf)
    return tree.root


def inclusion_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """PATH(index, leaves) of RFC 9162, section 2.1.3.1; `index` counts from 0."""
    if len(leaves) == 1:
        return ()
    split = _split(len(leaves))
    if index < split:
        return (*inclusion_proof(leaves[:split], index), tree_root(leaves[split:]))
    return (*inclusion_proof(leaves[split:], index - split), tree_root(leaves[:split]))


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether the leaf is number `index` under the root (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    position, last, node = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            node = node_hash(sibling, node)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and node == root


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> tuple[bytes, ...]:
    """PROOF(old_size, leaves) of RFC 9162, section 2.1.4.1; 0 < old_size <= len(leaves)."""
    return _subproof(leaves, old_size, whole=True)


def verify_consistency(
    old: tuple[int, bytes], new: tuple[int, bytes], proof: Sequence[bytes]
) -> bool:
    """Whether the tree `new` begins with the tree `old`, each (size, root).

    The algorithm of RFC 9162, section 2.1.4.2.
    """
    (old_size, old_root), (new_size, new_root) = old, new
    if old_size == new_size:
        return not proof and old_root == new_root
    if not 0 < old_size < new_size or not proof:
        return False
    path = list(proof) if old_size & (old_size - 1) else [old_root, *proof]
    position, last = old_size - 1, new_size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old_node = new_node = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old_node, new_node = node_hash(sibling, old_node), node_hash(sibling, new_node)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            new_node = node_hash(new_node, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and old_node == old_root and new_node == new_root


def _subproof(leaves: Sequence[bytes], old_size: int, *, whole: bool) -> tuple[bytes, ...]:
    if old_size == len(leaves):
        return () if whole else (tree_root(leaves),)
    split = _split(len(leaves))
    if old_size <= split:
        return (*_subproof(leaves[:split], old_size, whole=whole), tree_root(leaves[split:]))
    right = _subproof(leaves[split:], old_size - split, whole=False)
    return (*right, tree_root(leaves[:split]))


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1

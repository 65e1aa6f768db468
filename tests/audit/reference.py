#!/usr/bin/python3
"""Writes tests/data/audit-merkle.json: RFC 6962's tree, as the RFC defines it and nothing else.

The eight leaves are those of the Certificate Transparency project's own tests
(github.com/google/certificate-transparency, cpp/merkletree/merkle_tree_test.cc, Apache License 2.0);
their roots and proofs are compared with the ones that stand there. The large trees have their leaves'
numbers as leaves, in decimal.

usage: tests/audit/reference.py > tests/data/audit-merkle.json
"""

import functools
import hashlib
import json
import sys

LEAVES = [bytes.fromhex(digits) for digits in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# A leaf, counted from 0, and a size; an old size and a size.
PATHS = {
    (0, 8): ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
             "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
             "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"],
    (5, 8): ["bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
             "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
             "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): ["6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
             "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
             "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"],
}
PROOFS = {
    (1, 8): PATHS[0, 8],
    (6, 8): ["0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a", *PATHS[5, 8][1:]],
    (2, 5): PATHS[1, 5][1:],
}
LARGE = (255, 256, 257, 300, 1000, 65535, 65536, 65537, 70000)


def sha256(text: bytes) -> bytes:
    return hashlib.sha256(text).digest()


def split(count: int) -> int:
    """The largest power of two below count."""
    return 1 << (count - 1).bit_length() - 1


class Tree:
    """Sections 2.1, 2.1.1 and 2.1.2, each rule as it stands."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.leaves = leaves
        self.root = functools.cache(self._root)

    def _root(self, begin: int, end: int) -> bytes:
        if begin == end:
            return sha256(b"")
        if end - begin == 1:
            return sha256(b"\0" + self.leaves[begin])
        middle = begin + split(end - begin)
        return sha256(b"\1" + self.root(begin, middle) + self.root(middle, end))

    def path(self, leaf: int, begin: int, end: int) -> list[bytes]:
        if end - begin == 1:
            return []
        middle = begin + split(end - begin)
        if leaf < middle - begin:
            return self.path(leaf, begin, middle) + [self.root(middle, end)]
        return self.path(leaf - (middle - begin), middle, end) + [self.root(begin, middle)]

    def subproof(self, size: int, begin: int, end: int, is_known: bool) -> list[bytes]:
        if size == end - begin:
            return [] if is_known else [self.root(begin, end)]
        middle = begin + split(end - begin)
        if size <= middle - begin:
            return self.subproof(size, begin, middle, is_known) + [self.root(middle, end)]
        return self.subproof(size - (middle - begin), middle, end, False) + [self.root(begin, middle)]


def texts(hashes: list[bytes]) -> list[str]:
    return [one.hex() for one in hashes]


def main() -> None:
    tree = Tree(LEAVES)
    sizes = range(1, len(LEAVES) + 1)
    roots = [tree.root(0, size).hex() for size in range(len(LEAVES) + 1)]
    paths = {place: texts(tree.path(place[0], 0, place[1])) for place in PATHS}
    proofs = {place: texts(tree.subproof(place[0], 0, place[1], True)) for place in PROOFS}
    if (roots, paths, proofs) != (ROOTS, PATHS, PROOFS):
        sys.exit("reference.py: not the answers of Certificate Transparency")
    large = Tree([str(number).encode() for number in range(LARGE[-1])])
    document = {
        "leaves": texts(LEAVES),
        "roots": roots,
        "inclusion": [{"leaf": leaf, "size": size, "proof": texts(tree.path(leaf, 0, size))}
                      for size in sizes for leaf in range(size)],
        "consistency": [{"old": old, "size": size, "proof": texts(tree.subproof(old, 0, size, True))}
                        for size in sizes for old in range(1, size + 1)],
        "large": [{"size": size, "root": large.root(0, size).hex(),
                   "inclusion": texts(large.path(size // 3, 0, size)),
                   "consistency": texts(large.subproof(size // 3, 0, size, True))} for size in LARGE],
    }
    json.dump(document, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()

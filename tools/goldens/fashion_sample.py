"""Cuts the sample of Fashion-MNIST that travels in the jar.

    python tools/goldens/fashion_sample.py FASHION_MNIST_FOLDER [TARGET_FOLDER]

FASHION_MNIST_FOLDER holds the four upstream IDX `.gz` files and LICENSE. The first
2,000 training and the first 1,000 test examples are kept in their order, under the
upstream file names. gzip gets no name and time 0, so the same zlib writes the same bytes.
"""

import argparse
import gzip
import hashlib
import pathlib
import shutil
import struct

ROOT = pathlib.Path(__file__).resolve().parents[2]
KEPT = {"train": 2000, "t10k": 1000}


def first(idx: bytes, count: int) -> bytes:
    """The first `count` items of an IDX file of unsigned bytes: 0, 0, type 8, rank, sizes, data."""
    zero, kind, rank = struct.unpack_from(">HBB", idx)
    sizes = struct.unpack_from(f">{rank}I", idx, 4)
    if zero != 0 or kind != 8 or sizes[0] < count:
        raise SystemExit(f"not an IDX file of bytes with at least {count} items: {idx[:16]!r}")
    item = 1
    for size in sizes[1:]:
        item *= size
    start = 4 + 4 * rank
    header = struct.pack(f">HBB{rank}I", 0, 8, rank, count, *sizes[1:])
    return header + idx[start : start + count * item]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument(
        "target",
        type=pathlib.Path,
        nargs="?",
        default=ROOT / "src/main/resources/dev/graft/data/fashion-mnist-sample",
    )
    arguments = parser.parse_args()
    arguments.target.mkdir(parents=True, exist_ok=True)
    for part, count in KEPT.items():
        for name in (f"{part}-images-idx3-ubyte.gz", f"{part}-labels-idx1-ubyte.gz"):
            idx = gzip.decompress((arguments.source / name).read_bytes())
            packed = gzip.compress(first(idx, count), compresslevel=9, mtime=0)
            (arguments.target / name).write_bytes(packed)
            print(f"{hashlib.sha256(packed).hexdigest()}  {name}  {len(packed)} bytes")
    license_file = arguments.target / "LICENSE"
    shutil.copyfile(arguments.source / "LICENSE", license_file)
    license_file.chmod(0o644)


if __name__ == "__main__":
    main()

"""Writes MNIST (or Fashion-MNIST) as PNG files with a CSV beside them, as article 002 wants its digits.

    python3 tools/mnist_png.py --data mnist --out digits [--train 49000] [--test 21000]

--data is the folder of the four IDX files (.gz or not). OUT/train.csv has `filename,label` for
OUT/Images/train; OUT/test.csv has `filename` alone for OUT/Images/test, and OUT/test-labels.csv what
they are. The 70,000 digits are taken in their own order, training files first. Needs Python only.
"""

import argparse
import gzip
import pathlib
import struct
import zlib


def idx(folder: pathlib.Path, name: str) -> bytes:
    for file in (folder / f"{name}.gz", folder / name):
        if file.exists():
            data = file.read_bytes()
            return gzip.decompress(data) if file.suffix == ".gz" else data
    raise SystemExit(f"{folder}: there is neither {name}.gz nor {name} in it")


def png(pixels: bytes, height: int, width: int) -> bytes:
    """A grey PNG of 8 bits."""
    rows = b"".join(b"\0" + pixels[y * width:(y + 1) * width] for y in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def examples(folder: pathlib.Path):
    """(pixels, label) of all digits, the training files' first, with their height and width."""
    for part in ("train", "t10k"):
        images, labels = idx(folder, f"{part}-images-idx3-ubyte"), idx(folder, f"{part}-labels-idx1-ubyte")
        _, count, height, width = struct.unpack(">IIII", images[:16])
        for i in range(count):
            start = 16 + i * height * width
            yield images[start:start + height * width], labels[8 + i], height, width


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--train", type=int, default=49_000)
    parser.add_argument("--test", type=int, default=21_000)
    given = parser.parse_args()
    if given.out.exists() and any(given.out.iterdir()):
        parser.error(f"--out {given.out}: the folder is not empty")
    for part in ("train", "test"):
        (given.out / "Images" / part).mkdir(parents=True)
    written = {"train": [], "test": []}
    for number, (pixels, label, height, width) in enumerate(examples(given.data)):
        part = "train" if number < given.train else "test"
        if number >= given.train + given.test:
            break
        name = f"{number}.png"
        (given.out / "Images" / part / name).write_bytes(png(pixels, height, width))
        written[part].append((name, label))
    tables = {"train.csv": [("filename", "label"), *written["train"]],
              "test.csv": [("filename",), *((name,) for name, _ in written["test"])],
              "test-labels.csv": [("filename", "label"), *written["test"]]}
    for name, rows in tables.items():
        (given.out / name).write_text("".join(",".join(map(str, row)) + "\n" for row in rows))
    print(f"{given.out}: {len(written['train'])} digits to train on, {len(written['test'])} to test with")


if __name__ == "__main__":
    main()

"""Notes what Pillow makes of a folder of odd images: one hash of the RGB bytes a file.

    python tools/goldens/odd_images.py FOLDER [src/test/resources/goldens/images/odd-images.tsv]

FOLDER holds MANIFEST.tsv with a line a file. Grey pictures of 16 bits, which Pillow
clips to white, are noted as value / 257, rounded.
"""

import argparse
import csv
import hashlib
import pathlib

import numpy as np
import PIL
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parents[2]


def rgb(path: pathlib.Path) -> bytes:
    with Image.open(path) as image:
        image.load()
        if image.mode.startswith("I;16"):
            gray = (np.asarray(image).astype(np.int64) + 128) // 257
            return np.repeat(gray.astype(np.uint8)[..., None], 3, axis=2).tobytes()
        return image.convert("RGB").tobytes()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument(
        "target",
        type=pathlib.Path,
        nargs="?",
        default=ROOT / "src/test/resources/goldens/images/odd-images.tsv",
    )
    arguments = parser.parse_args()
    lines = [f"# Pillow {PIL.__version__}: sha256 of the RGB bytes"]
    with open(arguments.folder / "MANIFEST.tsv", encoding="utf-8", newline="") as manifest:
        for row in csv.DictReader(manifest, delimiter="\t", quoting=csv.QUOTE_NONE):
            try:
                pixels = rgb(arguments.folder / row["file"])
            except Exception:  # whatever Pillow raises: it does not read this file
                continue
            lines.append(f"{hashlib.sha256(pixels).hexdigest()}\t{row['file']}")
    arguments.target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines) - 1} files")


if __name__ == "__main__":
    main()

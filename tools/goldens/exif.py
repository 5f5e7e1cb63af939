"""Makes the goldens of EXIF orientation: photos with each of the eight notes, turned by Pillow.

    python tools/goldens/exif.py [src/test/resources/goldens/exif]

The picture is `tiny.png` of the goldens of the data room, saved as JPEG with and without a
JFIF segment before the EXIF one, in both byte orders.
"""

import hashlib
import pathlib
import sys

import numpy as np
from PIL import Image, ImageOps

ROOT = pathlib.Path(__file__).resolve().parents[2]
PICTURE = ROOT / "src/test/resources/goldens/images/files/tiny.png"


def without_jfif(data: bytes) -> bytes:
    assert data[2:4] == b"\xff\xe0"
    return data[:2] + data[4 + int.from_bytes(data[4:6], "big") :]


def main():
    target = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "src/test/resources/goldens/exif"
    target.mkdir(parents=True, exist_ok=True)
    picture, arrays = Image.open(PICTURE).convert("RGB"), {}
    for note in range(1, 9):
        exif = Image.Exif()
        exif[0x010F] = "a camera's maker, of some length"
        exif[0x0112] = note
        exif.endian = ">" if note % 2 else "<"
        path = target / f"note{note}.jpg"
        picture.save(path, quality=90, subsampling=0, exif=exif)
        if note in (3, 6):
            path.write_bytes(without_jfif(path.read_bytes()))
        arrays[path.name] = np.asarray(ImageOps.exif_transpose(Image.open(path)))
    np.savez_compressed(target / "expected.npz", **arrays)
    files = sorted(p for p in target.iterdir() if p.name != "MANIFEST.sha256")
    lines = [f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.name}" for p in files]
    (target / "MANIFEST.sha256").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()

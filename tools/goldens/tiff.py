"""Makes the goldens of TIFFs with samples beyond their colours: the pixels that Pillow reads.

    python tools/goldens/tiff.py [src/test/resources/goldens/tiff]

The files are written by hand, since Pillow writes none of their kind. `expected.npz` has one array
a file and colour mode; a file that Graft refuses has none.
"""

import pathlib
import struct
import sys

import generations
import numpy as np
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHORT, LONG = 3, 4

# Name: (samples, photometric interpretation, extra samples).
CASES = {
    "grey-unknown": (2, 1, (0,)),
    "grey-alpha": (2, 1, (2,)),
    "rgb-unknown": (4, 2, (0,)),
    "rgb-unknown-twice": (5, 2, (0, 0)),
    "rgb-unsaid": (4, 2, None),
    "rgb-alpha": (4, 2, (2,)),
    "rgb-alpha-unknown": (6, 2, (2, 0, 0)),
    "palette-unknown": (2, 3, (0,)),
    "palette-alpha": (2, 3, (2,)),
}
REFUSED = {"cielab": (3, 8, None), "icclab": (3, 9, None), "cmyk": (4, 5, None)}


def tiff(pixels, photometric, extra, colors, planar=1, endian="<"):
    height, width, count = pixels.shape
    bits = 16 if pixels.max() > 255 else 8
    pixels = pixels.astype(f"{endian}u{bits // 8}")
    strips = [pixels.tobytes()] if planar == 1 else [pixels[..., i].tobytes() for i in range(count)]
    tags = {
        256: (LONG, [width]), 257: (LONG, [height]), 258: (SHORT, [bits] * count), 259: (SHORT, [1]),
        262: (SHORT, [photometric]), 273: (LONG, [0] * len(strips)), 277: (SHORT, [count]),
        278: (LONG, [height]), 279: (LONG, [len(s) for s in strips]), 284: (SHORT, [planar]),
    }  # fmt: skip
    if colors is not None:
        tags[320] = (SHORT, colors)
    if extra is not None:
        tags[338] = (SHORT, extra)

    def packed(kind, values):
        return struct.pack(endian + ("H" if kind == SHORT else "I") * len(values), *values)

    behind = 8 + 2 + 12 * len(tags) + 4
    data = behind + sum(len(v) for v in (packed(*t) for t in tags.values()) if len(v) > 4)
    tags[273] = (LONG, [data + sum(map(len, strips[:i])) for i in range(len(strips))])
    directory, values = struct.pack(endian + "H", len(tags)), b""
    for number in sorted(tags):
        kind, entries = tags[number]
        value = packed(kind, entries)
        directory += struct.pack(endian + "HHI", number, kind, len(entries))
        directory += value.ljust(4, b"\0") if len(value) <= 4 else struct.pack(endian + "I", behind + len(values))
        values += value if len(value) > 4 else b""
    head = (b"II*\0" if endian == "<" else b"MM\0*") + struct.pack(endian + "I", 8)
    return head + directory + b"\0" * 4 + values + b"".join(strips)


def main():
    target = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "src/test/resources/goldens/tiff"
    target.mkdir(parents=True, exist_ok=True)
    random, arrays = np.random.RandomState(3), {}

    def write(name, case, most=256, **how):
        count, photometric, extra = case
        colors = list(random.randint(0, 65536, 768)) if photometric == 3 else None
        pixels = random.randint(0, most, (7, 9, count))
        (target / f"{name}.tif").write_bytes(tiff(pixels, photometric, extra, colors, **how))

    for name, case in CASES.items():
        write(name, case)
    write("rgb-unknown-deep", CASES["rgb-unknown"], most=65536)
    write("rgb-unknown-big-endian", CASES["rgb-unknown"], endian=">")
    write("rgb-alpha-planes", CASES["rgb-alpha"], planar=2)
    for path in sorted(target.glob("*.tif")):
        for mode in ("RGB", "RGBA", "L"):
            picture = np.asarray(Image.open(path).convert(mode))
            arrays[f"{path.stem} {mode}"] = picture.reshape(picture.shape[:2] + (-1,))
    for name, case in REFUSED.items():
        write(name, case)
    np.savez_compressed(target / "expected.npz", **arrays)
    generations.sums(target)


if __name__ == "__main__":
    main()

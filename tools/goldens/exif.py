"""Makes the goldens of EXIF orientation: photos with each of the eight notes, turned by Pillow.

    python tools/goldens/exif.py [src/test/resources/goldens/exif]

The picture is `tiny.png` of the goldens of the data room, saved as JPEG with and without a
JFIF segment before the EXIF one, in both byte orders. A smaller one is saved as PNG, with the note
in its chunk before or after the picture, twice, or as XMP, which JPEGs have too.
"""

import pathlib
import struct
import sys
import zlib

import generations
import numpy as np
from PIL import Image, ImageOps

ROOT = pathlib.Path(__file__).resolve().parents[2]
PICTURE = ROOT / "src/test/resources/goldens/images/files/tiny.png"


def without_jfif(data: bytes) -> bytes:
    assert data[2:4] == b"\xff\xe0"
    return data[:2] + data[4 + int.from_bytes(data[4:6], "big") :]


def directory(note: int, endian: str = ">", kind: int = 3, maker: bool = True) -> bytes:
    """EXIF's first directory, with the note as a number of two (3) or four bytes (4), or one (1)."""
    value = struct.pack(endian + {1: "B", 3: "H", 4: "I"}[kind], note).ljust(4, b"\0")
    entries = [struct.pack(endian + "HHI", 0x0112, kind, 1) + value]
    if maker:
        entries.insert(0, struct.pack(endian + "HHI", 0x010F, 2, 4) + b"abc\0")
    head = (b"MM\0*" if endian == ">" else b"II*\0") + struct.pack(endian + "I", 8)
    return head + struct.pack(endian + "H", len(entries)) + b"".join(entries) + b"\0" * 4


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def xmp(note: int, form: str = '<x tiff:Orientation="%d"/>') -> bytes:
    return ("<x:xmpmeta>\u00e9" + form % note + "</x:xmpmeta>").encode()


def itxt(text: bytes) -> bytes:
    return chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0en\0\0" + text)


def with_chunks(png: bytes, before: bytes = b"", after: bytes = b"") -> bytes:
    data, end = png.index(b"IDAT") - 4, png.index(b"IEND") - 4
    return png[:data] + before + png[data:end] + after + png[end:]


def app(number: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, 0xE0 + number, len(data) + 2) + data


def others(png: bytes, jpeg: bytes) -> dict[str, bytes]:
    """Where else the note may stand, and notes that are none."""
    exif, xap = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"
    cases = {f"chunk{n}.png": with_chunks(png, chunk(b"eXIf", directory(n, "<>"[n % 2]))) for n in range(1, 9)}
    cases |= {
        "after.png": with_chunks(png, after=chunk(b"eXIf", directory(6))),
        "both.png": with_chunks(png, chunk(b"eXIf", directory(6)), chunk(b"eXIf", directory(3, "<"))),
        "prefix.png": with_chunks(png, chunk(b"eXIf", exif + directory(8))),
        "long.png": with_chunks(png, chunk(b"eXIf", directory(5, ">", 4))),
        "long-little.png": with_chunks(png, chunk(b"eXIf", directory(5, "<", 4))),
        "byte.png": with_chunks(png, chunk(b"eXIf", directory(6, "<", 1))),
        "nine.png": with_chunks(png, chunk(b"eXIf", directory(9))),
        "xmp.png": with_chunks(png, itxt(xmp(7))),
        "xmp-text.png": with_chunks(png, chunk(b"tEXt", b"XML:com.adobe.xmp\0" + xmp(6))),
        "xmp-element.png": with_chunks(png, itxt(xmp(3, "<tiff:Orientation>%d</tiff:Orientation>"))),
        "xmp-beside.png": with_chunks(png, itxt(xmp(3)) + chunk(b"eXIf", directory(6))),
        "xmp-beside-one.png": with_chunks(png, itxt(xmp(3)) + chunk(b"eXIf", directory(1))),
        "xmp.jpg": jpeg[:2] + app(1, xap + xmp(5)) + jpeg[2:],
        "xmp-first.jpg": jpeg[:2] + app(1, xap + xmp(5)) + app(1, exif + directory(8, "<")) + jpeg[2:],
        "icc-first.jpg": jpeg[:2] + app(2, b"ICC_PROFILE\0" + b"\1" * 3000) + b"\xff\xff"
        + app(1, exif + directory(6)) + jpeg[2:],
        "twice.jpg": jpeg[:2] + app(1, exif + directory(3)) + app(1, exif + directory(6)) + jpeg[2:],
    }
    return cases


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
    small = picture.crop((10, 8, 17, 13))
    stem = target / "stem"
    files = {}
    for kind in ("png", "jpeg"):
        small.save(stem, kind, **({"quality": 90, "subsampling": 0} if kind == "jpeg" else {}))
        files[kind] = stem.read_bytes()
    stem.unlink()
    for name, data in others(files["png"], files["jpeg"]).items():
        (target / name).write_bytes(data)
        arrays[name] = np.asarray(ImageOps.exif_transpose(Image.open(target / name)))
    np.savez_compressed(target / "expected.npz", **arrays)
    generations.sums(target)


if __name__ == "__main__":
    main()

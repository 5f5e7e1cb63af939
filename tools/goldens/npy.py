"""Small .npy and .npz files in every form that Graft reads, and some that it must refuse.

    python tools/goldens/npy.py

writes src/test/resources/goldens/npy/* and manifest.json.
"""

import hashlib
import json
import pathlib

import numpy as np

SEED = 11
OUT = pathlib.Path(__file__).resolve().parents[2] / "src/test/resources/goldens/npy"


def arrays(rng):
    base = rng.normal(size=(3, 4, 2)) * 50
    for name in ["<f2", ">f2", "<f4", ">f4", "<f8", ">f8", "|i1", "<i2", ">i2", "<i4", ">i4",
                 "<i8", ">i8", "|u1", "<u2", ">u2", "<u4", ">u4", "<u8", ">u8", "|b1"]:
        data = np.abs(base).astype(name) if name[1] == "u" else base.astype(name)
        label = name.replace("<", "le_").replace(">", "be_").replace("|", "")
        yield label, data
        if name in ("<f4", ">f8", "<i2", "|u1"):
            yield label + "_fortran", np.asfortranarray(data)
    yield "scalar", np.float32(2.5)
    yield "one_dimension", np.arange(7, dtype="f4")
    yield "fortran_row", np.asfortranarray(np.arange(6, dtype="f4").reshape(1, 6))
    yield "empty", np.zeros((0, 3), "f4")
    yield "inner_empty", np.zeros((3, 0), "f4")


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(SEED)
    manifest = {"numpy": np.__version__, "seed": SEED, "arrays": {}, "sha256": {}}
    kept = {}
    for label, data in arrays(rng):
        np.save(OUT / (label + ".npy"), data)
        kept[label] = np.asarray(data)
    for version in [(2, 0), (3, 0)]:
        label = "version_%d" % version[0]
        kept[label] = np.arange(6, dtype="<f4").reshape(2, 3)
        with open(OUT / (label + ".npy"), "wb") as f:
            np.lib.format.write_array(f, kept[label], version=version)
    np.savez(OUT / "stored.npz", x=np.arange(4, dtype="f4"), y=np.array([[1], [2]], "i8"))
    np.savez_compressed(OUT / "deflated.npz", x=np.zeros(1000, "f4"), y=np.array(7))
    np.save(OUT / "objects.npy", np.array([{"a": 1}, None], object), allow_pickle=True)
    np.save(OUT / "text.npy", np.array(["one", "two"]))
    words = np.array([["köln", "", "🙂 東京"], ["a b", "x", "naïve"]])
    np.save(OUT / "text_fortran.npy", np.asfortranarray(words.astype(">U6")))
    np.save(OUT / "text_bytes.npy", np.char.encode(words, "utf-8"))
    np.save(OUT / "record.npy", np.zeros(2, [("a", "f4"), ("b", "i4")]))
    np.save(OUT / "complex.npy", np.zeros(2, "c8"))
    for label, data in kept.items():
        manifest["arrays"][label] = {
            "shape": list(data.shape),
            "type": data.dtype.newbyteorder("=").name,
            "doubles": hashlib.sha256(data.astype(">f8").tobytes()).hexdigest(),
        }
    for path in sorted(OUT.glob("*.np[yz]")):
        manifest["sha256"][path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    with open(OUT / "manifest.json", "w", encoding="utf-8") as out:
        json.dump(manifest, out, indent=1)
        out.write("\n")


if __name__ == "__main__":
    main()

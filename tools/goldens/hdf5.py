"""Small HDF5 files in every form that h5py and Keras write, for the reader's tests.

    python tools/goldens/hdf5.py

writes src/test/resources/goldens/hdf5/*.h5 and manifest.json (versions, seed, SHA-256, and for
each dataset its shape, type, layout, filters and a hash of the values).
"""

import hashlib
import json
import pathlib

import h5py
import numpy as np

SEED = 7
OUT = pathlib.Path(__file__).resolve().parents[2] / "src/test/resources/goldens/hdf5"
# From v112 on datatypes have versions that jhdf 0.13.0 does not know; newest.h5 has one.
NEW = ("v110", "v110")
OBJECT_HEADER_LIMIT = 64512  # Keras's HDF5_OBJECT_HEADER_LIMIT


def numbers(f, rng):
    """Every element type, both byte orders, scalars and empty arrays."""
    base = rng.normal(size=(3, 5)) * 100
    for name in ["<f2", ">f2", "<f4", ">f4", "<f8", ">f8", "|i1", "<i2", ">i2", "<i4", ">i4",
                 "<i8", ">i8", "|u1", "<u2", ">u2", "<u4", "<u8", ">u8"]:
        data = base.astype(name) if name[1] != "u" else np.abs(base).astype(name)
        f.create_dataset(name.replace("<", "le_").replace(">", "be_").replace("|", ""), data=data)
    f["halves"] = np.array([0, -0.0, 6e-8, -6.1e-5, 65504, 1, -2.5], "f2")
    f["extremes"] = np.array([2**63, 2**64 - 1, 0, 16777217, 2**53 + 1], "u8")
    f["bools"] = np.array([True, False, True])
    f["scalar"] = np.float32(3.25)
    f["empty"] = np.zeros((0, 4), "f4")
    f.create_dataset("unwritten", shape=(4, 3), dtype="f4", fillvalue=1.5)
    f.create_dataset("unwritten_zero", shape=(2, 2), dtype="i4")


def storage(f, rng):
    """Chunks, filters and their combinations, with chunks that stick out over the edge."""
    data = rng.normal(size=(11, 7, 5)).astype("f4")
    f.create_dataset("chunked", data=data, chunks=(4, 3, 2))
    f.create_dataset("gzip", data=data, chunks=(4, 3, 2), compression="gzip")
    f.create_dataset("gzip_shuffle", data=data, chunks=(4, 7, 5), compression="gzip",
                     compression_opts=9, shuffle=True)
    f.create_dataset("fletcher", data=data, chunks=(5, 7, 2), fletcher32=True)
    f.create_dataset("all", data=data.astype(">f8"), chunks=(3, 3, 3), compression="gzip",
                     shuffle=True, fletcher32=True)
    # The one filter whose output differs from run to run: LZF does not clear its hash table.
    f.create_dataset("lzf", data=data, chunks=(4, 3, 2), compression="lzf")
    f.create_dataset("shuffled_bytes", data=np.arange(50, dtype="u1"), chunks=(7,), shuffle=True,
                     fletcher32=True)
    f.create_dataset("one_chunk", data=data, chunks=data.shape, compression="gzip")
    f.create_dataset("growing", data=data, maxshape=(None, 7, None), chunks=(2, 3, 4))
    holes = f.create_dataset("holes", shape=(9, 4), dtype="i2", chunks=(3, 2), fillvalue=-3)
    holes[4, 3] = 8
    f.create_dataset("no_chunks_yet", shape=(5,), dtype="f4", chunks=(2,), fillvalue=2)
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_layout(h5py.h5d.COMPACT)
    space = h5py.h5s.create_simple((6,))
    compact = h5py.h5d.create(f.id, b"compact", h5py.h5t.IEEE_F32LE, space, plist)
    compact.write(h5py.h5s.ALL, h5py.h5s.ALL, np.arange(6, dtype="f4"))


def attributes(f, rng):
    """Attributes as Keras 1, 2 and 3 leave them."""
    f.attrs["model_config"] = '{"class_name": "Größe"}'
    f.attrs["long"] = "x" * 70000
    f.attrs["bytes"] = np.bytes_("tensorflow")
    f.attrs["fixed_list"] = np.array([b"conv", b"dense_1"])
    f.attrs["vlen_list"] = ["alpha", "", "größe"]
    f.attrs["one_in_list"] = [b"only"]
    f.attrs["weight_names"] = []
    f.attrs["empty_text"] = ""
    f.attrs["integer"] = 42
    f.attrs["float"] = np.float32(0.5)
    f.attrs["flag"] = True
    f.attrs["big_endian"] = np.array([1, -2, 3], ">i4")
    f.attrs["matrix"] = np.arange(6.0).reshape(2, 3)
    group = f.create_group("dense")
    group.attrs["weight_names"] = [b"dense/kernel:0"]
    group.create_dataset("dense/kernel:0", data=rng.normal(size=(2, 2)).astype("f4"))
    if f.libver[0] == "v110":
        return  # jhdf 0.13.0 reads one attribute over 64 kB in this form, not several
    names = np.array([b"layer_%05d_with_a_rather_long_name" % i for i in range(4000)])
    pieces = 1
    while any(len(p.tobytes()) > OBJECT_HEADER_LIMIT for p in np.array_split(names, pieces)):
        pieces += 1
    for i, piece in enumerate(np.array_split(names, pieces)):
        f.attrs["layer_names%d" % i] = piece


def strings(f, rng):
    f["fixed"] = np.array([b"one", b"two", b"three"])
    f.create_dataset("vlen", data=["eins", "", "drei ü"], dtype=h5py.string_dtype())
    f.create_dataset("scalar", data="hello", dtype=h5py.string_dtype())
    f.create_dataset("grid", data=np.array([["a", "b"], ["c", "d"]], object),
                     dtype=h5py.string_dtype())


def many(f, rng):
    """More children than one symbol-table node holds."""
    for i in range(300):
        f.create_group("layer_%d" % i).attrs["i"] = i
    f["link"] = h5py.SoftLink("/layer_7")


def ordered(f, rng):
    for name in ["zebra", "ant", "mole"]:
        f.create_group(name, track_order=True)["v"] = np.float32(len(name))
    dense = f.create_group("dense", track_order=True)
    for i in range(40):
        dense["n%d" % ((i * 17) % 40)] = np.int32(i)


def awkward(f, rng):
    """Links that lead elsewhere, round in circles, or nowhere; types Graft does not read."""
    f["outside"] = h5py.ExternalLink("other.h5", "/x")
    f["circle_a"] = h5py.SoftLink("/circle_b")
    f["circle_b"] = h5py.SoftLink("/circle_a")
    f["nowhere"] = h5py.SoftLink("/not/there")
    ring = f.create_group("ring")
    ring["again"] = f["ring"]
    f["compound"] = np.zeros(2, [("a", "f4"), ("b", "i4")])
    f["complex"] = np.zeros(2, "c8")


FILES = {
    "numbers": (numbers, {}),
    "numbers-v110": (numbers, {"libver": NEW}),
    "storage": (storage, {}),
    "storage-v110": (storage, {"libver": NEW}),
    "attributes": (attributes, {}),
    "attributes-v110": (attributes, {"libver": NEW}),
    "strings": (strings, {}),
    "strings-v110": (strings, {"libver": NEW}),
    "many": (many, {}),
    "many-v110": (many, {"libver": NEW}),
    "ordered": (ordered, {"track_order": True}),
    "userblock": (numbers, {"userblock_size": 1024}),
    "awkward": (awkward, {}),
    "newest": (lambda f, rng: f.create_dataset("x", data=np.zeros(3, bool)), {"libver": "latest"}),
}


def describe(path):
    found = {}

    def visit(name, item):
        if isinstance(item, h5py.Dataset) and item.dtype.kind in "fiub":
            filters = [item.id.get_create_plist().get_filter(i)[3].decode()
                       for i in range(item.id.get_create_plist().get_nfilters())]
            values = item[()]
            found[name] = {
                "shape": list(item.shape),
                "type": item.dtype.newbyteorder("=").name,
                "big": item.dtype.byteorder == ">",
                "filters": filters,
                "first": [v.item() for v in np.asarray(values).ravel()[:3]],
                # All values as big endian doubles, which is what Java writes too.
                "doubles": hashlib.sha256(np.asarray(values).astype(">f8").tobytes()).hexdigest(),
            }

    with h5py.File(path) as f:
        f.visititems(visit)
    return found


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    manifest = {"h5py": h5py.__version__, "hdf5": h5py.version.hdf5_version,
                "numpy": np.__version__, "seed": SEED, "files": {}}
    for name, (make, options) in FILES.items():
        path = OUT / (name + ".h5")
        with h5py.File(path, "w", **options) as f:
            make(f, np.random.default_rng(SEED))
        manifest["files"][path.name] = {
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "datasets": {} if name == "newest" else describe(path),
        }
    with open(OUT / "manifest.json", "w", encoding="utf-8") as out:
        json.dump(manifest, out, indent=1)
        out.write("\n")


if __name__ == "__main__":
    main()

"""Reads back with h5py, and with Keras, what Graft's own HDF5 writer wrote.

    python tools/readback/hdf5_check.py SAMPLE.h5 MODEL.h5

Both come from dev.graft.files.Hdf5Sample. Fails with an assertion at the first difference;
prints one line when all is right.
"""

import os
import shutil
import sys
import tempfile

import h5py
import numpy as np


def attributes(f):
    root = f.attrs
    assert isinstance(root["model_config"], str), "Keras 2 expects str"
    assert root["model_config"] == '{"name": "Größe", "pad": "%s"}' % ("x" * 300_000)
    assert root["backend"] == "tensorflow" and root["empty"] == ""
    assert root["integer"] == -42 and root["integer"].dtype == np.int64
    assert root["number"] == 0.1 and root["number"].dtype == np.float64
    assert root["yes"].dtype == bool and root["yes"] and not root["no"]
    assert root["integers"].tolist() == [1, -(2**63)]
    assert root["numbers"].tolist() == [1.5, -2.0]
    names = ["layer_%05d_with_a_rather_long_name" % i for i in range(4001)]
    with tempfile.TemporaryDirectory() as folder:
        keras_names(f, names, os.path.join(folder, "keras.h5"))
    empty = f["model_weights/b"].attrs["weight_names"]
    assert empty.shape == (0,) and empty.dtype == np.float64


def keras_names(f, names, path):
    """Keras's own functions cut the list at the same places, and read ours."""
    from tf_keras.src.saving.legacy import hdf5_format

    with h5py.File(path, "w") as theirs:
        hdf5_format.save_attributes_to_hdf5_group(
            theirs, "layer_names", [name.encode() for name in names])
        hdf5_format.save_attributes_to_hdf5_group(theirs, "weight_names", [])
        for key, expected in theirs.attrs.items():
            ours = f.attrs[key] if key != "weight_names" else f["model_weights/b"].attrs[key]
            assert ours.dtype == expected.dtype and ours.shape == expected.shape, key
            assert (ours == expected).all(), key
            get = h5py.h5a.open
            a = get(f["model_weights/b"].id if key == "weight_names" else f.id, key.encode())
            b = get(theirs.id, key.encode())
            assert a.get_type().equal(b.get_type()), key
        assert set(k for k in f.attrs if k.startswith("layer_names")) == set(
            k for k in theirs.attrs if k.startswith("layer_names"))
    loaded = hdf5_format.load_attributes_from_hdf5_group(f, "layer_names")
    assert loaded == names
    group = f["model_weights"]
    assert hdf5_format.load_attributes_from_hdf5_group(group, "layer_names") == ["größe", "b"]
    assert hdf5_format.load_attributes_from_hdf5_group(group["b"], "weight_names") == []


def datasets(f):
    kernel = f["model_weights/größe/größe/kernel:0"]
    expected = np.array([[1, -2, 0.5], [3e38, 1e-40, -0.0]], "f4")
    assert kernel.dtype == np.dtype("<f4") and kernel[()].tobytes() == expected.tobytes()
    assert kernel.attrs["epoch"] == 7
    types = f["types"]
    for name, values in {
        "float64": [np.pi, -1e300, 0], "int32": [[1, -2], [2**31 - 1, -(2**31)]],
        "int64": [2**63 - 1, -(2**63)], "int8": [-128, 0, 127], "uint8": [0, 128, 255],
        "bool": [True, False],
    }.items():
        assert types[name].dtype == np.dtype(name) and types[name][()].tolist() == values, name
    assert types["text"].asstr()[()] == "hello ü" and types["text"].shape == ()
    assert types["texts"].asstr()[()].tolist() == ["eins", "", "drei"]
    assert types["nothing"].shape == (0, 4) and types["nothing"].dtype == np.float32
    assert types["scalar"][()] == 3.25 and types["scalar"].shape == ()
    assert len(f["many"]) == 1500
    assert all(f["many/v%d" % i][()] == i for i in range(1500))
    assert "v1500" not in f["many"] and len(f["empty"]) == 0
    assert (f["large/counting"][()].ravel() == np.arange(300_000)).all()


def like_h5py(f):
    """The stored types of ours and h5py's are equal, not only what they read as."""
    with h5py.File("theirs.h5", "w", driver="core", backing_store=False) as g:
        g.attrs["model_config"] = "x"
        g.attrs["yes"] = np.bool_(True)
        g.attrs["integer"] = np.int64(1)
        for name in ["model_config", "yes", "integer"]:
            ours = h5py.h5a.open(f.id, name.encode())
            theirs = h5py.h5a.open(g.id, name.encode())
            assert ours.get_type().equal(theirs.get_type()), name
            assert ours.get_space().get_simple_extent_type() == (
                theirs.get_space().get_simple_extent_type()), name


def can_be_changed(path):
    """The library's own checks see more when it has to change the structure."""
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, "copy.h5")
        shutil.copy(path, copy)
        with h5py.File(copy, "r+") as f:
            for i in range(2000):
                f["many"].create_dataset("w%d" % i, data=np.float32(i))
            del f["many/v3"]
            f.attrs["more"] = "y" * 100_000
            f.attrs["integer"] = 5
            f["types/scalar"][()] = 9
            f["model_weights"].create_group("new").attrs["weight_names"] = [b"a"]
        with h5py.File(copy) as f:
            assert len(f["many"]) == 3499 and f["many/v1499"][()] == 1499
            assert f.attrs["integer"] == 5 and f["types/scalar"][()] == 9
            assert f.attrs["model_config"].endswith('"}')


def whole_model(path):
    """Both Kerases load it and compute x @ kernel + bias."""
    import keras
    import tf_keras

    x = np.array([[1, 10, 100]], "f4")
    for library in tf_keras, keras:
        model = library.models.load_model(path, compile=False)
        assert np.asarray(model(x)).tolist() == [[531.5, 641.5]], library.__name__


def main(path, model):
    with h5py.File(path) as f:
        attributes(f)
        datasets(f)
        like_h5py(f)
    can_be_changed(path)
    whole_model(model)
    print("h5py %s, HDF5 %s: all as written" % (h5py.__version__, h5py.version.hdf5_version))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])

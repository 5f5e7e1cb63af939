"""Holds a SavedModel that Graft wrote against the Keras file of the same network.

    python tools/readback/serving_check.py MODEL.keras FOLDER [LAYER ...]

Prints, a line each: its variables; what `saved_model_cli show` lists; how far each output of
`serving_default`, and each layer in `features`, is from what Keras computes, as a part of the largest
value, from `tf.saved_model.load` and from Keras's TFSMLayer; and the warm-up requests, read as
TensorFlow Serving reads them (a TFRecord of PredictionLog) and answered by the model.
"""

import os
import subprocess
import sys

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402  (the settings above must come first)
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from tensorflow.core.framework import tensor_pb2  # noqa: E402


def off(got, want):
    got, want = np.asarray(got, "float64"), np.asarray(want, "float64")
    assert got.shape == want.shape, f"shape {got.shape}, Keras has {want.shape}"
    return float(np.abs(got - want).max() / np.abs(want).max())


def outputs(model, loaded, folder, layers):
    x = np.random.default_rng(4).uniform(-1, 1, (3, *model.inputs[0].shape[1:])).astype("float32")
    signature = loaded.signatures["serving_default"]
    (name,) = signature.structured_input_signature[1]
    assert name == model.inputs[0].name, f"the input is {name}, Keras says {model.inputs[0].name}"
    expected = np.asarray(model(x, training=False))
    ((key, given),) = signature(**{name: tf.constant(x)}).items()
    print(f"serving_default {key}: off by {off(given, expected):.1e}")
    layer = keras.layers.TFSMLayer(folder, call_endpoint="serving_default")
    ((key, given),) = layer(x).items()
    print(f"TFSMLayer {key}: off by {off(given, expected):.1e}")
    if layers:
        given = loaded.signatures["features"](**{name: tf.constant(x)})
        assert sorted(given) == sorted(layers), f"features gives {sorted(given)}"
        for layer in layers:
            inner = keras.Model(model.inputs, model.get_layer(layer).output)
            print(f"features {layer}: off by {off(given[layer], inner(x, training=False)):.1e}")


def listed(folder):
    """What `saved_model_cli show --all` says of signatures."""
    command = [sys.executable, "-m", "tensorflow.python.tools.saved_model_cli"]
    said = subprocess.run(
        [*command, "show", "--dir", folder, "--all"], check=True, capture_output=True, text=True)
    for line in said.stdout.splitlines():
        words = line.split()
        if line.startswith("signature_def") or "inputs[" in line or "outputs[" in line:
            print("cli", line.strip())
        elif words and words[0] in ("dtype:", "shape:"):
            print("cli  ", line.strip())


def fields(data):
    """The fields of a protocol buffer message: number, and the bytes of those that have bytes."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(data):
        key = varint()
        assert key & 7 == 2, f"field {key >> 3}: wire type {key & 7}"
        length = varint()
        yield key >> 3, data[at : at + length]
        at += length


def only(data, number):
    """The one field of a message, which must have that number."""
    ((found, value),) = fields(data)
    assert found == number, f"field {found}, expected {number}"
    return value


def warm_up(loaded, folder):
    path = os.path.join(folder, "assets.extra", "tf_serving_warmup_requests")
    for record in tf.data.TFRecordDataset(path):
        # PredictionLog.predict_log, PredictLog.request, then PredictRequest.
        request = only(only(record.numpy(), 6), 1)
        spec, inputs = None, {}
        for number, value in fields(request):
            if number == 1:
                spec = dict(fields(value))
            else:
                assert number == 2, f"PredictRequest has field {number}"
                entry = dict(fields(value))
                tensor = tensor_pb2.TensorProto.FromString(entry[2])
                inputs[entry[1].decode()] = tf.constant(tf.make_ndarray(tensor))
        name = spec[3].decode()
        answer = loaded.signatures[name](**inputs)
        rows = {int(value.shape[0]) for value in answer.values()}
        print(f"warm-up {name} of {spec[1].decode()}: {rows.pop()} rows answered")


def main(model, folder, *layers):
    loaded = tf.saved_model.load(folder)
    for variable in getattr(loaded, "variables", []):
        print(f"variable {variable.name} {variable.shape} {variable.dtype.name}")
    listed(folder)
    outputs(keras.models.load_model(model, compile=False), loaded, folder, layers)
    warm_up(loaded, folder)


if __name__ == "__main__":
    main(*sys.argv[1:])

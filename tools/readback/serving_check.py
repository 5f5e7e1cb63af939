"""Holds a SavedModel that Graft wrote against the Keras file of the same network.

    python tools/readback/serving_check.py MODEL.keras FOLDER [LAYER ...]

Prints, a line each: its variables; what `saved_model_cli show` lists; how far each output of
`serving_default`, and each layer in `features`, is from what Keras computes, as a part of the largest
value, from `tf.saved_model.load` and from Keras's TFSMLayer; and the warm-up requests, read as
TensorFlow Serving reads them (a TFRecord of PredictionLog), answered by the model and compared with
what Keras computes, or for pictures with what the model said of them when it was written.
"""

import base64
import json
import os
import subprocess
import sys
import zlib

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402  (the settings above must come first)
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from google.protobuf import descriptor_pool, message_factory  # noqa: E402
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto  # noqa: E402
from google.protobuf.unknown_fields import UnknownFieldSet  # noqa: E402
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


def prediction_log():
    """TensorFlow Serving's PredictionLog, and where it comes from.

    Of its package tensorflow-serving-api where that is installed (with --no-deps: it asks for another
    TensorFlow). Else it is built here: those fields of prediction_log.proto, predict.proto and
    model.proto that a request to predict has, over TensorFlow's own TensorProto.
    """
    try:
        from tensorflow_serving.apis import prediction_log_pb2

        return prediction_log_pb2.PredictionLog, "tensorflow-serving-api"
    except ImportError:
        pass
    text, message = FieldDescriptorProto.TYPE_STRING, FieldDescriptorProto.TYPE_MESSAGE
    file = FileDescriptorProto(
        name="serving_check.proto",
        package="tensorflow.serving",
        syntax="proto3",
        dependency=[tensor_pb2.DESCRIPTOR.name],
    )

    def add(place, name, *fields):
        made = place.add(name=name)
        for field, number, kind, type_name in fields:
            made.field.add(
                name=field, number=number, type=kind, type_name=type_name,
                label=FieldDescriptorProto.LABEL_OPTIONAL)
        return made

    own = ".tensorflow.serving."
    messages = file.message_type
    add(messages, "ModelSpec", ("name", 1, text, None), ("signature_name", 3, text, None))
    request = add(messages, "PredictRequest", ("model_spec", 1, message, own + "ModelSpec"))
    entry = add(
        request.nested_type, "InputsEntry",
        ("key", 1, text, None), ("value", 2, message, ".tensorflow.TensorProto"))
    entry.options.map_entry = True
    request.field.add(
        name="inputs", number=2, type=message, type_name=own + "PredictRequest.InputsEntry",
        label=FieldDescriptorProto.LABEL_REPEATED)
    add(messages, "PredictLog", ("request", 1, message, own + "PredictRequest"))
    add(messages, "PredictionLog", ("predict_log", 6, message, own + "PredictLog"))
    pool = descriptor_pool.Default()
    pool.Add(file)
    found = pool.FindMessageTypeByName("tensorflow.serving.PredictionLog")
    return message_factory.GetMessageClass(found), "the published fields"


def known(message):
    """Fails where a message has a field that its type does not have."""
    assert not len(UnknownFieldSet(message)), f"{message.DESCRIPTOR.name} has unknown fields"
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        entries = field.message_type.GetOptions().map_entry
        values = value.values() if entries else value if field.label == field.LABEL_REPEATED else [value]
        for each in values:
            if hasattr(each, "DESCRIPTOR"):
                known(each)


def warm_up(model, loaded, folder):
    extra = os.path.join(folder, "assets.extra")
    with open(os.path.join(extra, "graft.json")) as file:
        check = json.load(file).get("check", {})
    kept = check.get("probabilities")
    message, origin = prediction_log()
    for record in tf.data.TFRecordDataset(os.path.join(extra, "tf_serving_warmup_requests")):
        log = message.FromString(record.numpy())
        known(log)
        assert log.HasField("predict_log"), "not a log of a predict request"
        request = log.predict_log.request
        name = request.model_spec.signature_name
        inputs = {key: tf.make_ndarray(value) for key, value in request.inputs.items()}
        answer = loaded.signatures[name](**{key: tf.constant(x) for key, x in inputs.items()})
        if name == "serving_default":
            ((_, x),), ((_, given),) = inputs.items(), answer.items()
            expected = model(x, training=False)
        else:
            given = answer["probabilities"]
            data = zlib.decompress(base64.b64decode(kept["deflated"]))
            expected = np.frombuffer(data, kept["type"]).reshape(kept["shape"])
        print(
            f"warm-up {name} of {request.model_spec.name}, read with {origin}: {len(given)} rows,"
            f" off by {off(given, expected):.1e}")


def main(model, folder, *layers):
    loaded = tf.saved_model.load(folder)
    for variable in getattr(loaded, "variables", []):
        print(f"variable {variable.name} {variable.shape} {variable.dtype.name}")
    listed(folder)
    network = keras.models.load_model(model, compile=False)
    outputs(network, loaded, folder, layers)
    warm_up(network, loaded, folder)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Loads a SavedModel in all of Python's ways and says what it found, a line each.

    python tools/readback/signatures_check.py FOLDER

Prints its variables, then the signature serving_default's outputs for zeros: from
`tf.saved_model.load`, from Keras's TFSMLayer in a model, and from TensorFlow 1's loader in a session.
Exit 1 when those differ.
"""

import os
import sys

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402  (the settings above must come first)
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402


def main(folder: str) -> None:
    loaded = tf.saved_model.load(folder)
    for variable in getattr(loaded, "variables", []):
        print(f"variable {variable.name} {variable.shape} trainable={variable.trainable}")
    print("signatures", *sorted(loaded.signatures))
    signature = loaded.signatures["serving_default"]
    ((name, spec),) = signature.structured_input_signature[1].items()
    ((output, _),) = signature.structured_outputs.items()
    zeros = np.zeros([3] + spec.shape.as_list()[1:], np.float32)
    first = signature(**{name: tf.constant(zeros)})[output].numpy()

    inputs = keras.Input(zeros.shape[1:])
    layer = keras.layers.TFSMLayer(folder, call_endpoint="serving_default")
    second = keras.Model(inputs, layer(inputs)).predict(zeros, verbose=0)[output]

    with tf.compat.v1.Session(graph=tf.Graph()) as session:
        meta = tf.compat.v1.saved_model.load(session, ["serve"], folder)
        ends = meta.signature_def["serving_default"]
        third = session.run(ends.outputs[output].name, {ends.inputs[name].name: zeros})

    for other in (second, third):
        np.testing.assert_allclose(other, first, rtol=0, atol=1e-6)
    print(f"{output} {first.shape}: three loaders agree")


if __name__ == "__main__":
    main(sys.argv[1])

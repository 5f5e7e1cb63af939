"""VGG16 without its top in Python's Keras: what it answers, and how many pictures a second it takes.

    python tools/gpu/keras_forward.py WEIGHTS X.npy OUT.npy [--batch 32]

X.npy holds float32 pictures as the network takes them. Prints one line of JSON: TensorFlow's version,
the devices it sees, and pictures a second over all batches but the first.
"""

import argparse
import json
import time

import keras
import numpy as np
import tensorflow as tf


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("weights")
    parser.add_argument("x")
    parser.add_argument("out")
    parser.add_argument("--batch", type=int, default=32)
    arguments = parser.parse_args()
    for gpu in tf.config.list_physical_devices("GPU"):
        tf.config.experimental.set_memory_growth(gpu, True)
    x = np.load(arguments.x)
    model = keras.applications.VGG16(include_top=False, weights=None, input_shape=x.shape[1:])
    model.load_weights(arguments.weights)
    step = tf.function(lambda batch: model(batch, training=False))
    outputs, seconds = [], []
    for start in range(0, len(x), arguments.batch):
        began = time.perf_counter()
        outputs.append(step(x[start:start + arguments.batch]).numpy())
        seconds.append(time.perf_counter() - began)
    np.save(arguments.out, np.concatenate(outputs))
    rest = seconds[1:] or seconds
    print(json.dumps({
        "tensorflow": tf.__version__,
        "gpus": [gpu.name for gpu in tf.config.list_physical_devices("GPU")],
        "first_seconds": seconds[0],
        "pictures_a_second": (len(x) - (arguments.batch if len(seconds) > 1 else 0)) / sum(rest),
    }))


if __name__ == "__main__":
    main()

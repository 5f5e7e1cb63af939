"""Twins of tools/bench/mnist.json and vgg.json in real Keras: `fit` on arrays, as it comes.

    python tools/bench/keras_fit.py mnist|vgg --data FOLDER --optimizer SGD --epochs 4 --out DIR

FOLDER holds x.npy and y.npy, which tools/bench/fit.py makes.
"""

import argparse
import json
import pathlib
import time

import twin  # noqa: F401  (before keras: it sets TensorFlow's log level)

import keras
import numpy as np
from keras import layers


class Epochs(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        self.began = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.perf_counter() - self.began)


def mnist():
    return keras.Sequential([
        keras.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Dropout(0.25),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dropout(0.5),
        layers.Dense(10, activation="softmax"),
    ])


def vgg():
    trunk = keras.applications.VGG16(include_top=False, weights=None, input_shape=(112, 112, 3))
    trunk.trainable = False
    return keras.Sequential([
        keras.Input((112, 112, 3)),
        trunk,
        layers.Flatten(),
        layers.Dense(256, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("net", choices=("mnist", "vgg"))
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--optimizer", required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    keras.utils.set_random_seed(1)
    x = np.load(arguments.data / "x.npy")
    y = keras.utils.to_categorical(np.load(arguments.data / "y.npy"), 10)
    model = {"mnist": mnist, "vgg": vgg}[arguments.net]()
    model.compile(arguments.optimizer, loss="categorical_crossentropy", metrics=["accuracy"])
    epochs = Epochs()
    history = model.fit(x, y, batch_size=arguments.batch, epochs=arguments.epochs, verbose=0,
                        callbacks=[epochs]).history
    arguments.out.mkdir(parents=True, exist_ok=True)
    rows = [{"epoch": i, "loss": history["loss"][i], "seconds": epochs.seconds[i]}
            for i in range(arguments.epochs)]
    (arguments.out / "history.json").write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()

"""The twin of tools/bench/mnist.json in real Keras: two convolutions on MNIST, `fit` as it comes."""

import argparse
import gzip
import json
import pathlib
import time

import twin

import keras  # noqa: E402  (twin sets the environment)
import numpy as np  # noqa: E402


class Epochs(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        self.began = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.perf_counter() - self.began)


def idx(folder: pathlib.Path, name: str, skip: int) -> np.ndarray:
    plain = folder / name
    data = plain.read_bytes() if plain.exists() else gzip.decompress((folder / f"{name}.gz").read_bytes())
    return np.frombuffer(data, np.uint8, offset=skip)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=pathlib.Path, required=True, help="the folder with MNIST's IDX files")
    parser.add_argument("--optimizer", default="SGD")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    keras.utils.set_random_seed(arguments.seed)
    x = idx(arguments.data, "train-images-idx3-ubyte", 16).reshape(-1, 28, 28, 1)[:12800] / np.float32(255)
    y = keras.utils.to_categorical(idx(arguments.data, "train-labels-idx1-ubyte", 8)[:12800], 10)
    layers = keras.layers
    model = keras.Sequential([
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
    model.compile(arguments.optimizer, loss="categorical_crossentropy", metrics=["accuracy"])
    epochs = Epochs()
    history = model.fit(x, y, batch_size=128, epochs=arguments.epochs, verbose=0, callbacks=[epochs]).history
    arguments.out.mkdir(parents=True, exist_ok=True)
    rows = [{"epoch": i, "loss": history["loss"][i], "seconds": epochs.seconds[i]}
            for i in range(arguments.epochs)]
    (arguments.out / "history.json").write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()

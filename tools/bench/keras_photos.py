"""Transfer learning on a folder of photos as one would write it in Keras.

    python tools/bench/keras_photos.py --data PHOTOS --weights VGG16_NOTOP.h5 --out DIR [--cached]

PHOTOS holds `train` and `val` with class folders. VGG16 without top, frozen, at 224 x 224; Flatten,
Dense 256, Dropout 0.5, Dense softmax; Adam 1e-4, 10 epochs of batch 32. The trunk stands inside the
model and runs in every epoch; with --cached it is run once and the head trains on its output.
"""

import argparse
import pathlib

import twin  # before keras: it sets TensorFlow's log level

import keras
import numpy as np
import tensorflow as tf
from keras import layers

SIZE = (224, 224)


def photos(folder, shuffle, seed):
    """Batches of prepared photos with one-hot labels, and the class names."""
    batches = keras.utils.image_dataset_from_directory(
        folder, label_mode="categorical", image_size=SIZE, batch_size=32, shuffle=shuffle, seed=seed,
        verbose=False)
    prepared = batches.map(lambda x, y: (keras.applications.vgg16.preprocess_input(x), y),
                           num_parallel_calls=tf.data.AUTOTUNE)
    return prepared.prefetch(2), batches.class_names


def features(trunk, batches):
    """The trunk's output for each photo, with its label, in the order of the batches."""
    pairs = [(trunk.predict_on_batch(x), y.numpy()) for x, y in batches]
    return tuple(np.concatenate(part) for part in zip(*pairs, strict=True))


def make_head(classes):
    return keras.Sequential([
        layers.Flatten(),
        layers.Dense(256, activation="relu"),
        layers.Dropout(0.5),
        layers.Dense(classes, activation="softmax"),
    ], name="head")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--weights", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--cached", action="store_true")
    arguments = parser.parse_args()
    clock = twin.Clock()
    keras.utils.set_random_seed(arguments.seed)

    train, classes = photos(arguments.data / "train", not arguments.cached, arguments.seed)
    validation, _ = photos(arguments.data / "val", False, arguments.seed)
    trunk = keras.applications.VGG16(include_top=False, weights=None, input_shape=(*SIZE, 3))
    trunk.load_weights(arguments.weights)
    trunk.trainable = False
    head = make_head(len(classes))
    model = keras.Sequential([keras.Input((*SIZE, 3)), trunk, head])
    settings = {"optimizer": keras.optimizers.Adam(1e-4), "metrics": ["accuracy"],
                "loss": "categorical_crossentropy"}

    if arguments.cached:
        train, validation = features(trunk, train), features(trunk, validation)
        clock.lap("features")
        head.compile(**settings)
        fitted = head.fit(*train, batch_size=32, epochs=arguments.epochs, verbose=2,
                          validation_data=validation)
    else:
        model.compile(**settings)
        fitted = model.fit(train, epochs=arguments.epochs, verbose=2, validation_data=validation)
    clock.lap("training")
    twin.save(arguments.out, model, classes, fitted.history)


if __name__ == "__main__":
    main()

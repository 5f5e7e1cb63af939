"""The work of graphs/quickstart.json as one would write it in Keras.

    python tools/bench/keras_quickstart.py --out DIR [--seed 42] [--cached]

VGG16 up to block3_pool, frozen, with ImageNet weights; Fashion-MNIST's sample at 56 x 56; a head
of BatchNormalization, Flatten, Dense 128, Dropout and Dense 10; Adam 1e-3, 10 epochs of batch 32.
The trunk stands inside the model; with --cached it is run once and the head trains on its output.
"""

import argparse
import gzip
import pathlib

import twin  # before keras: it sets TensorFlow's log level

import keras
import numpy as np
import tensorflow as tf
from keras import layers

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "src/main/resources/dev/graft/data/fashion-mnist-sample"
WEIGHTS = ROOT / "weights/vgg16_block3_pool.h5"
SIZE = (56, 56)
CLASSES = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
           "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]


def load(part):
    """Images (N, 28, 28, 1) from 0 to 255 and labels (N,)."""
    images = gzip.decompress((SAMPLE / f"{part}-images-idx3-ubyte.gz").read_bytes())
    labels = gzip.decompress((SAMPLE / f"{part}-labels-idx1-ubyte.gz").read_bytes())
    return (np.frombuffer(images, np.uint8, offset=16).reshape(-1, 28, 28, 1),
            np.frombuffer(labels, np.uint8, offset=8).astype(np.int32))


def prepare(image):
    image = tf.image.grayscale_to_rgb(tf.cast(image, tf.float32))
    return keras.applications.vgg16.preprocess_input(tf.image.resize(image, SIZE))


def make_trunk():
    whole = keras.applications.VGG16(include_top=False, weights=None, input_shape=(*SIZE, 3))
    trunk = keras.Model(whole.input, whole.get_layer("block3_pool").output, name="trunk")
    trunk.load_weights(WEIGHTS)
    trunk.trainable = False
    return trunk


def make_head():
    return keras.Sequential([
        layers.BatchNormalization(),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dropout(0.3),
        layers.Dense(10, activation="softmax"),
    ], name="head")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--cached", action="store_true")
    arguments = parser.parse_args()
    clock = twin.Clock()
    keras.utils.set_random_seed(arguments.seed)

    train, test = load("train"), load("t10k")
    trunk, head = make_trunk(), make_head()
    model = keras.Sequential([keras.Input((*SIZE, 3)), trunk, head])
    settings = {"optimizer": keras.optimizers.Adam(1e-3), "metrics": ["accuracy"],
                "loss": "sparse_categorical_crossentropy"}

    def dataset(part):
        images = tf.data.Dataset.from_tensor_slices(part)
        return images.map(lambda x, y: (prepare(x), y), num_parallel_calls=tf.data.AUTOTUNE).cache()

    if arguments.cached:
        features = [trunk.predict(dataset(part).batch(32), verbose=0) for part in (train, test)]
        clock.lap("features")
        head.compile(**settings)
        fitted = head.fit(features[0], train[1], batch_size=32, epochs=arguments.epochs, verbose=2,
                          validation_data=(features[1], test[1]))
    else:
        model.compile(**settings)
        shuffled = dataset(train).shuffle(len(train[0]), seed=arguments.seed)
        fitted = model.fit(shuffled.batch(32).prefetch(2), epochs=arguments.epochs, verbose=2,
                           validation_data=dataset(test).batch(32).prefetch(2))
    clock.lap("training")
    twin.save(arguments.out, model, CLASSES, fitted.history)


if __name__ == "__main__":
    main()

"""The work of graphs/fashion-a.json, fashion-b.json and fashion-b-on-a.json: sandals and shirts on eight other classes.

As the article's program does it, in one process; model A is saved as OUT/my_model_A.h5 and loaded again.
"""

import common

import keras
import numpy as np
from keras import layers

HIDDEN = (300, 100, 50, 50, 50)


def split(images, labels):
    """(A's images and labels, B's images and whether they are shirts)."""
    of_b = (labels == 5) | (labels == 6)
    for_a = labels[~of_b].copy()
    for_a[for_a > 6] -= 2
    return (images[~of_b], for_a), (images[of_b], (labels[of_b] == 6).astype(np.float32))


def network(units, activation):
    return keras.Sequential([keras.Input((28, 28)), layers.Flatten(),
                             *[layers.Dense(n, activation="selu") for n in HIDDEN],
                             layers.Dense(units, activation=activation)])


def main():
    given = common.arguments(__doc__, epochs=20)
    keras.utils.set_random_seed(given.seed)
    given.out.mkdir(parents=True, exist_ok=True)
    folder = given.data / "fashion-mnist" if (given.data / "fashion-mnist").exists() else given.data
    images, labels = common.idx(folder, "train")
    images = images / 255.0
    test_images, test_labels = common.idx(folder, "t10k")
    valid_a, valid_b = split(images[:5000], labels[:5000])
    train_a, train_b = split(images[5000:], labels[5000:])
    test_a, test_b = split(test_images / 255.0, test_labels)
    train_b = (train_b[0][:200], train_b[1][:200])
    results = common.Results()

    a = network(8, "softmax")
    a.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.SGD(1e-3), metrics=["accuracy"])
    with results.part("a") as part:
        a.fit(*train_a, epochs=given.epochs, validation_data=valid_a, verbose=2)
    part.tested(*a.evaluate(*test_a, verbose=0))
    a.save(given.out / "my_model_A.h5")

    b = network(1, "sigmoid")
    b.compile(loss="binary_crossentropy", optimizer=keras.optimizers.SGD(1e-3), metrics=["accuracy"])
    with results.part("b") as part:
        b.fit(*train_b, epochs=20, validation_data=valid_b, verbose=2)
    part.tested(*b.evaluate(*test_b, verbose=0))

    on_a = keras.Sequential(keras.models.load_model(given.out / "my_model_A.h5").layers[:-1])
    on_a.add(layers.Dense(1, activation="sigmoid"))
    with results.part("b-on-a") as part:
        for trainable, optimizer, epochs in ((False, "sgd", 4), (True, keras.optimizers.SGD(1e-4), 16)):
            for layer in on_a.layers[:-1]:
                layer.trainable = trainable
            on_a.compile(loss="binary_crossentropy", optimizer=optimizer, metrics=["accuracy"])
            on_a.fit(*train_b, epochs=epochs, validation_data=valid_b, verbose=2)
    part.tested(*on_a.evaluate(*test_b, verbose=0))
    results.write(given.out)


if __name__ == "__main__":
    main()

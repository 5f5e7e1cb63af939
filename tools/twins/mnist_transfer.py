"""The work of graphs/mnist-transfer.json: Keras's own transfer example, digits 0-4 and then 5-9."""

import common

import keras
import numpy as np
from keras import layers

FEATURES = 7


def digits(folder, part, low, high):
    images, labels = common.idx(folder / "mnist" if (folder / "mnist").exists() else folder, part)
    kept = (labels >= low) & (labels < high)
    x = images[kept].astype("float32").reshape(-1, 28, 28, 1) / 255
    return x, keras.utils.to_categorical(labels[kept] - low, 5)


def train(model, train, test, part, epochs):
    print("x_train shape:", train[0].shape)
    print(len(train[0]), "train samples")
    print(len(test[0]), "test samples")
    # Adadelta's rate in the Keras of the article.
    model.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.Adadelta(1.0), metrics=["accuracy"])
    with part:
        model.fit(*train, batch_size=128, epochs=epochs, verbose=2, validation_data=test)
    part.tested(*model.evaluate(*test, verbose=0))


def main():
    given = common.arguments(__doc__, epochs=5)
    keras.utils.set_random_seed(given.seed)
    results = common.Results()
    model = keras.Sequential([
        keras.Input((28, 28, 1)),
        layers.Conv2D(32, 3), layers.Activation("relu"),
        layers.Conv2D(32, 3), layers.Activation("relu"),
        layers.MaxPooling2D(2), layers.Dropout(0.25), layers.Flatten(),
        layers.Dense(128), layers.Activation("relu"), layers.Dropout(0.5),
        layers.Dense(5), layers.Activation("softmax"),
    ])
    for name, low in (("digits-0-4", 0), ("digits-5-9", 5)):
        train(model, digits(given.data, "train", low, low + 5), digits(given.data, "t10k", low, low + 5),
              results.part(name), given.epochs)
        for layer in model.layers[:FEATURES]:
            layer.trainable = False
    results.write(given.out)


if __name__ == "__main__":
    main()

"""One photo through a trained model, as one would write it in Keras.

    python tools/bench/keras_predict.py RUN PHOTO [--top 5]

RUN is a run folder of Graft's or of a twin's: `model.keras`, `classes.txt`.
"""

import argparse
import pathlib

import twin  # noqa: F401  before keras: it sets TensorFlow's log level

import keras
import numpy as np

SIZE = (224, 224)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=pathlib.Path)
    parser.add_argument("photo", type=pathlib.Path)
    parser.add_argument("--top", type=int, default=5)
    arguments = parser.parse_args()

    model = keras.models.load_model(arguments.run / "model.keras", compile=False)
    classes = (arguments.run / "classes.txt").read_text().splitlines()
    photo = keras.utils.load_img(arguments.photo, target_size=SIZE, interpolation="bilinear")
    batch = keras.applications.vgg16.preprocess_input(keras.utils.img_to_array(photo)[np.newaxis])
    probabilities = model.predict(batch, verbose=0)[0]
    for index in probabilities.argsort()[::-1][: arguments.top]:
        print(f"{classes[index]}\t{probabilities[index]:.4f}")


if __name__ == "__main__":
    main()

"""Compares what `graft explain --npy` wrote with real Keras: explain_check.py MODEL PHOTO FOLDER STEM

MODEL is an .h5 that ends in a softmax; the photo is prepared as vgg16 wants it. Prints the largest
differences of Grad-CAM (heat of 0 to 1) and of integrated gradients (as a share of the largest).
"""

import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
import tf_keras
from PIL import Image

STEPS = 50


def main(path, photo, folder, stem):
    model = tf_keras.models.load_model(path, compile=False)
    size = model.input_shape[1:3]
    pixels = np.asarray(Image.open(photo).convert("RGB"), dtype="float32")
    resized = tf.image.resize(pixels, size, "bilinear").numpy()
    prepare = tf_keras.applications.vgg16.preprocess_input
    x, black = prepare(resized.copy()), prepare(np.zeros_like(resized))
    index = int(np.argmax(model(x[None])[0]))
    last = [l for l in model.layers if isinstance(l, tf_keras.layers.Conv2D)][-1]
    # The scores before the softmax; the probabilities are made of them below.
    model.layers[-1].activation = None
    both = tf_keras.Model(model.inputs, [last.output, model.output])
    with tf.GradientTape() as tape:
        maps, scores = both(x[None])
        score = scores[:, index]
    weights = tf.reduce_mean(tape.gradient(score, maps), axis=(1, 2))[0]
    heat = tf.nn.relu(tf.reduce_sum(maps[0] * weights, axis=-1)).numpy()
    heat /= heat.max()
    sums = np.zeros_like(x)
    for step in range(STEPS + 1):
        point = tf.constant((black + step / STEPS * (x - black))[None])
        with tf.GradientTape() as tape:
            tape.watch(point)
            value = tf.nn.softmax(both(point)[1])[:, index]
        sums += tape.gradient(value, point)[0].numpy() * (0.5 if step in (0, STEPS) else 1)
    integrated = (x - black) * sums / STEPS
    got = np.load(f"{folder}/{stem}.integrated-gradients.npy")
    result = {
        "index": index,
        "grad_cam": float(np.abs(heat - np.load(f"{folder}/{stem}.grad-cam.npy")).max()),
        "integrated": float(np.abs(integrated - got).max() / np.abs(integrated).max()),
    }
    print("RESULT " + json.dumps(result))


main(*sys.argv[1:])

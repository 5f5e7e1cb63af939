"""Makes the goldens of a head on a frozen graph: src/test/resources/goldens/frozen.

    $(tools/python-env) tools/goldens/frozen_graph.py [FOLDER]

`inception.pb` has the outside of TensorFlow's first Inception v3 (the contents of one file in
`DecodeJpeg/contents`, one picture of 24 x 24 in `Mul`, the bottleneck in `pool_3/_reshape`, always
one row) around two small convolutions. Beside it two classes of small photos, and what TensorFlow
makes of them: the bottleneck of every file, which of them train, validate and test by the hash of
their names, and the losses of a softmax layer that begins with zeros, ten steps of gradient
descent on all training files at once.
"""

import hashlib
import io
import json
import os
import pathlib
import re
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import tensorflow as tf
from PIL import Image

v1 = tf.compat.v1
ROOT = pathlib.Path(__file__).resolve().parents[2]
SIZE, CHANNELS, BOTTLENECK = 24, 8, 16
CLASSES = {"evening": (200, 90, 60), "morning": (70, 120, 210)}
PHOTOS_A_CLASS, STEPS, RATE = 20, 10, 0.5
PERCENT = {"validation": 20, "test": 20}
MOST_A_CLASS = 2**27 - 1


def graph():
    random = np.random.default_rng(7)

    def kernel(*shape):
        return random.normal(0, np.sqrt(2 / np.prod(shape[:-1])), shape).astype(np.float32)

    with tf.Graph().as_default() as made:
        contents = v1.placeholder(tf.string, [], name="DecodeJpeg/contents")
        pixels = tf.io.decode_jpeg(contents, channels=3, dct_method="INTEGER_ACCURATE",
                                   name="DecodeJpeg")
        batch = tf.expand_dims(tf.cast(pixels, tf.float32, name="Cast"), 0, name="ExpandDims")
        resized = v1.image.resize_bilinear(batch, [SIZE, SIZE], name="ResizeBilinear")
        x = tf.multiply(tf.subtract(resized, 128.0, name="Sub"), 1 / 128, name="Mul")
        x = tf.nn.relu(tf.nn.conv2d(x, kernel(3, 3, 3, CHANNELS), 2, "VALID", name="conv"))
        x = tf.nn.relu(tf.nn.conv2d(x, kernel(3, 3, CHANNELS, BOTTLENECK), 2, "VALID", name="conv_1"))
        size = x.shape[1]
        pool = tf.nn.avg_pool2d(x, size, 1, "VALID", name="pool_3")
        features = tf.reshape(pool, [1, BOTTLENECK], name="pool_3/_reshape")
        logits = tf.matmul(features, kernel(BOTTLENECK, 10), name="softmax/logits/MatMul")
        tf.nn.softmax(logits, name="softmax")
    return made.as_graph_def()


def photo(random, color):
    height, width = (int(side) for side in random.integers(20, 48, 2))
    base = np.broadcast_to(np.array(color, np.float32), (height, width, 3))
    slope = np.linspace(-40, 40, height)[:, None, None]
    pixels = base + slope + random.normal(0, 50, (height, width, 3))
    out = io.BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(out, "JPEG", quality=70)
    return out.getvalue()


def part(name):
    """Where the original script puts a file."""
    hashed = int(hashlib.sha1(re.sub(r"_nohash_.*$", "", name).encode()).hexdigest(), 16)
    percentage = (hashed % (MOST_A_CLASS + 1)) * (100.0 / MOST_A_CLASS)
    if percentage < PERCENT["validation"]:
        return "validation"
    return "test" if percentage < PERCENT["validation"] + PERCENT["test"] else "train"


def bottlenecks(definition, files):
    with tf.Graph().as_default() as imported:
        fed, fetched = tf.import_graph_def(
            definition, return_elements=["DecodeJpeg/contents:0", "pool_3/_reshape:0"], name="trunk")
    with v1.Session(graph=imported) as session:
        return [session.run(fetched, {fed: file.read_bytes()})[0] for file in files]


def losses(rows, labels):
    """Gradient descent on a softmax layer of zeros: the loss before each step, and the accuracy after."""
    x, y = tf.constant(np.array(rows)), tf.one_hot(labels, len(CLASSES))
    kernel = tf.Variable(tf.zeros([BOTTLENECK, len(CLASSES)]))
    bias = tf.Variable(tf.zeros([len(CLASSES)]))
    seen = []
    for _ in range(STEPS):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(y, x @ kernel + bias))
        seen.append(float(loss))
        for variable, gradient in zip((kernel, bias), tape.gradient(loss, [kernel, bias])):
            variable.assign_sub(RATE * gradient)
    return seen, kernel.numpy(), bias.numpy()


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1
                          else ROOT / "src/test/resources/goldens/frozen")
    random = np.random.default_rng(11)
    definition = graph()
    for name, color in CLASSES.items():
        place = folder / "photos" / name
        place.mkdir(parents=True, exist_ok=True)
        for i in range(PHOTOS_A_CLASS):
            suffix = f"_nohash_{i % 2}" if i < 4 else ""
            (place / f"{name}{i // 2 if i < 4 else i}{suffix}.jpg").write_bytes(photo(random, color))
    (folder / "inception.pb").write_bytes(definition.SerializeToString())
    files = sorted((folder / "photos").rglob("*.jpg"))
    rows = bottlenecks(definition, files)
    labels = [list(CLASSES).index(file.parent.name) for file in files]
    parts = [part(file.name) for file in files]
    chosen = [i for i, p in enumerate(parts) if p == "train"]
    seen, kernel, bias = losses([rows[i] for i in chosen], [labels[i] for i in chosen])
    tested = [i for i, p in enumerate(parts) if p == "test"]
    said = np.argmax(np.array([rows[i] for i in tested]) @ kernel + bias, axis=1)
    golden = {
        "versions": {"tensorflow": tf.__version__, "numpy": np.__version__},
        "percent": PERCENT, "rate": RATE, "losses": seen,
        "test_accuracy": float(np.mean(said == np.array([labels[i] for i in tested]))),
        "files": [{"file": f"{file.parent.name}/{file.name}", "part": p,
                   "bottleneck": [float(value) for value in row]}
                  for file, p, row in zip(files, parts, rows)],
    }
    (folder / "golden.json").write_text(json.dumps(golden, indent=1) + "\n")
    made = sorted(f for f in folder.rglob("*") if f.is_file() and f.name != "MANIFEST.sha256")
    (folder / "MANIFEST.sha256").write_text("".join(
        f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.relative_to(folder)}\n" for f in made))
    print(f"{sum(f.stat().st_size for f in made)} bytes in {folder}; "
          f"{ {p: parts.count(p) for p in ('train', 'validation', 'test')} }; "
          f"losses {seen[0]:.4f} to {seen[-1]:.4f}, test accuracy {golden['test_accuracy']:.2f}")


if __name__ == "__main__":
    main()

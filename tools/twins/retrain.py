"""The work of graphs/inception-retrain.json, in TensorFlow 1's words, as `retrain.py` did it.

--graph is a frozen graph with `DecodeJpeg/contents` and `pool_3/_reshape`. The bottleneck of each
photo is computed once and kept as a text file in --bottlenecks; one softmax layer is trained on
random batches of them. --inside runs the graph at every step instead.
"""

import hashlib
import pathlib
import re

import common

import numpy as np
import tensorflow as tf

v1 = tf.compat.v1
v1.disable_v2_behavior()

MOST_A_CLASS = 2**27 - 1
BATCH = 100


def part_of(name):
    """By the file's own name, so that the parts do not depend on the folder."""
    hashed = int(hashlib.sha1(re.sub(r"_nohash_.*$", "", name).encode()).hexdigest(), 16)
    percentage = (hashed % (MOST_A_CLASS + 1)) * (100.0 / MOST_A_CLASS)
    return "validation" if percentage < 10 else "test" if percentage < 20 else "train"


def main():
    given = common.arguments(__doc__, graph=pathlib.Path, bottlenecks=pathlib.Path, steps=1000, inside=False)
    v1.set_random_seed(given.seed)
    random = np.random.default_rng(given.seed)
    folders = sorted(p for p in (given.data / "train" if (given.data / "train").is_dir() else given.data).iterdir() if p.is_dir())
    files = [(file, label) for label, folder in enumerate(folders) for file in sorted(folder.glob("*.jpg"))]
    parts = {name: [f for f in files if part_of(f[0].name) == name] for name in ("train", "validation", "test")}
    definition = v1.GraphDef.FromString(given.graph.read_bytes())
    contents, bottleneck = tf.import_graph_def(
        definition, return_elements=["DecodeJpeg/contents:0", "pool_3/_reshape:0"], name="trunk")
    width = bottleneck.shape[-1]
    fed, labels = v1.placeholder(tf.float32, [None, width]), v1.placeholder(tf.int64, [None])
    weights = tf.Variable(v1.truncated_normal([width, len(folders)], stddev=0.001))
    logits = fed @ weights + tf.Variable(tf.zeros([len(folders)]))
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))
    step = v1.train.GradientDescentOptimizer(0.01).minimize(loss)
    accuracy = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(logits, 1), labels), tf.float32))
    kept: dict[pathlib.Path, np.ndarray] = {}

    with v1.Session() as session:
        session.run(v1.global_variables_initializer())

        def row(file):
            if given.inside:
                return session.run(bottleneck, {contents: file.read_bytes()})[0]
            if file not in kept:
                text = given.bottlenecks / f"{file.parent.name}-{file.name}.txt"
                if not text.exists():
                    values = session.run(bottleneck, {contents: file.read_bytes()})[0]
                    text.parent.mkdir(parents=True, exist_ok=True)
                    text.write_text(",".join(str(value) for value in values))
                kept[file] = np.array([float(value) for value in text.read_text().split(",")], np.float32)
            return kept[file]

        def batch(chosen):
            return {fed: np.array([row(file) for file, _ in chosen]), labels: [label for _, label in chosen]}

        results = common.Results()
        with results.part("final-layer") as part:
            for number in range(given.steps):
                chosen = [parts["train"][i] for i in random.integers(0, len(parts["train"]), BATCH)]
                session.run(step, batch(chosen))
                if number % 100 == 0:
                    print(number, session.run(accuracy, batch(parts["validation"])), flush=True)
        part.tested(*session.run([loss, accuracy], batch(parts["test"])))
    results.write(given.out)


if __name__ == "__main__":
    main()

"""Photos in, against Python: decoding and resizing, a folder to VGG16 features, the second run.

    $(tools/python-env) tools/bench/data.py [--runs 3] [--photos 1000] [--shared ../shared]

`decode`: JPEGs of 500 x 400 to batches of 224 x 224, images a second of the pass itself, `graft
features` with a model that only averages, with Pillow's pixels and with TensorFlow's (`--decode tf`),
beside tf.data (decode_jpeg, resize, parallel map, batch, prefetch), whose pixels are the second. `features`: a folder to VGG16's block5_pool, whole processes, beside
image_dataset_from_directory and predict. `again`: `graft train --data` twice with one GRAFT_HOME,
whole processes; the second run's seconds over the first's. Programs take turns; ratios are of
medians, and at least 1.0 (for `again` at most 0.1) is what is wanted.
"""

import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
GRAFT = str(ROOT / "tools/graft")

TFDATA = """
import sys, time, pathlib, tensorflow as tf
files = sorted(str(p) for p in pathlib.Path(sys.argv[1]).rglob("*.jpg"))
def load(path):
    return tf.image.resize(tf.io.decode_jpeg(tf.io.read_file(path), channels=3), (224, 224))
data = (tf.data.Dataset.from_tensor_slices(files).map(load, num_parallel_calls=tf.data.AUTOTUNE)
        .batch(8).prefetch(tf.data.AUTOTUNE))
mean = tf.function(lambda x: tf.reduce_mean(x, (1, 2)))
began = time.perf_counter()
for batch in data:
    mean(batch)
print(len(files) / (time.perf_counter() - began))
"""

PREDICT = """
import sys, numpy as np, keras
x = keras.utils.image_dataset_from_directory(sys.argv[1], image_size=(224, 224), batch_size=8,
                                             shuffle=False, labels=None, verbose=False)
trunk = keras.applications.VGG16(include_top=False, weights=sys.argv[2], input_shape=(224, 224, 3))
np.save(sys.argv[3], trunk.predict(x.map(keras.applications.vgg16.preprocess_input), verbose=0))
"""

AVERAGE = """
import sys, keras
inputs = keras.Input((224, 224, 3))
keras.Model(inputs, keras.layers.GlobalAveragePooling2D(name="average")(inputs)).save(sys.argv[1])
"""


def run(*command, home=None):
    """Seconds of a process, and what it said."""
    environment = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="")
    if home:
        environment["GRAFT_HOME"] = str(home)
    began = time.perf_counter()
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        raise SystemExit(f"exit {done.returncode}: {command}\n{done.stdout}{done.stderr}"[-3000:])
    return time.perf_counter() - began, done.stdout + done.stderr


def make_photos(source, target, count):
    from PIL import Image
    photos = sorted(source.rglob("*.jpg"))
    for i in range(count):
        path = target / f"{i % 2}" / f"{i:05d}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.open(photos[i % len(photos)]).convert("RGB").resize((500, 400)).save(path, quality=90 - i % 7)


def decode(place, folder, runs):
    run(sys.executable, "-c", AVERAGE, folder / "average.keras")
    ours, theirs = {"pillow": [], "tf": []}, []
    for _ in range(runs):
        for pixels, speeds in ours.items():
            _, said = run(GRAFT, "features", folder / "average.keras", "--at", "average", "--preprocess", "none",
                          "--decode", pixels, "--data", place, "--out", folder / "a.npy")
            speeds.append(float(re.search(r"images - ([\d.,]+) a second", said).group(1).replace(",", "")))
        theirs.append(float(run(sys.executable, "-c", TFDATA, place)[1].split()[-1]))
    return {pixels: statistics.median(speeds) for pixels, speeds in ours.items()}, statistics.median(theirs)


def features(photos, weights, folder, runs):
    ours, theirs = [], []
    for _ in range(runs):
        ours.append(run(GRAFT, "features", "vgg16", "--weights", weights, "--at", "block5_pool",
                        "--data", photos, "--out", folder / "f.npy")[0])
        theirs.append(run(sys.executable, "-c", PREDICT, photos, weights, folder / "p.npy")[0])
    return statistics.median(ours), statistics.median(theirs)


def again(photos, weights, folder, runs):
    first, second = [], []
    for turn in range(runs):
        home = folder / f"home{turn}"
        for kept in (first, second):
            out = folder / f"run{turn}-{len(first) + len(second)}"
            kept.append(run(GRAFT, "train", "--data", photos, "--trunk", "vgg16", "--weights", weights,
                            "--out", out, home=home)[0])
    return statistics.median(first), statistics.median(second)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--photos", type=int, default=1000)
    parser.add_argument("--shared", type=pathlib.Path, default=ROOT.parent / "shared")
    parser.add_argument("--only", default="decode,features,again")
    arguments = parser.parse_args()
    weights = arguments.shared / "weights/vgg16_imagenet_notop.h5"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        with tarfile.open(arguments.shared / "data/photos/flower_photos_500.tar") as tar:
            tar.extractall(folder, filter="data")
        flowers = folder / "flower_photos_500"
        run(GRAFT, "--version")  # so that building is not counted
        if "decode" in arguments.only:
            make_photos(flowers / "train", folder / "photos", arguments.photos)
            ours, theirs = decode(folder / "photos", folder, arguments.runs)
            for pixels, speed in ours.items():
                print(f"decode    graft {speed:8.1f} images/s   tf.data {theirs:8.1f} images/s   ratio"
                      f" {speed / theirs:.2f}   {pixels}'s pixels")
        if "features" in arguments.only:
            ours, theirs = features(flowers / "val", weights, folder, arguments.runs)
            print(f"features  graft {ours:8.1f} s   keras {theirs:8.1f} s   ratio {theirs / ours:.2f}")
        if "again" in arguments.only:
            ours, theirs = again(flowers, weights, folder, arguments.runs)
            print(f"again     first {ours:8.1f} s   second {theirs:8.1f} s   ratio {theirs / ours:.3f}")


if __name__ == "__main__":
    main()

"""Makes the goldens of preprocess_input: what that of every module of keras.applications does to a few pixels.

    python tools/goldens/preprocess_input.py [src/test/resources/goldens/preprocess-input.json]
"""

import json
import os
import pathlib
import pkgutil
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
import importlib

import keras
import numpy as np
import tf_keras

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main():
    target = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "src/test/resources/goldens/preprocess-input.json"
    pixels = np.array([[[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255], [13, 130, 201]]], "float32")
    found = {}
    for info in pkgutil.iter_modules(keras.src.applications.__path__):
        module = importlib.import_module(f"keras.src.applications.{info.name}")
        prepare = getattr(module, "preprocess_input", None)
        if prepare is None or info.name == "imagenet_utils":
            continue
        names = [info.name] + [n for n in vars(module) if n[0].isupper() and hasattr(keras.applications, n)]
        came = np.asarray(prepare(pixels.copy()), "float32").reshape(-1).tolist()
        for name in names:
            found[name] = came
    for module in (tf_keras.applications.regnet, tf_keras.applications.resnet_rs):
        came = np.asarray(module.preprocess_input(pixels.copy()), "float32").reshape(-1).tolist()
        for name in [n for n in vars(module) if n[0].isupper() and hasattr(tf_keras.applications, n)]:
            found[name] = came
    text = json.dumps({"keras": keras.__version__, "pixels": pixels.reshape(-1).tolist(), "expected": found})
    target.write_text(text + "\n")
    print(len(found), sorted(found))


if __name__ == "__main__":
    main()

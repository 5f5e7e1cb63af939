"""Loads a run's SavedModel in Python and compares both signatures with what Graft said.

    tools/graft predict RUN PHOTO... --json > graft.json
    python tools/readback/saved_model_check.py RUN PHOTO... --json graft.json
    tools/graft predict RUN x.npy --out y.npy
    python tools/readback/saved_model_check.py RUN --npy x.npy y.npy

Photos go as they are, as bytes, to `serve_images`, and decoded, resized and preprocessed here by the
run's recipe to `serving_default`; `.npy` rows go to `serving_default`. Exit 1 when a probability is
further off than the tolerance.
"""

import argparse
import json
import os
import pathlib
import sys

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras  # noqa: E402  (the settings above must come first)
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

TOLERANCE = 1e-5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=pathlib.Path)
    parser.add_argument("photos", type=pathlib.Path, nargs="*")
    parser.add_argument("--json", type=pathlib.Path, help="what `graft predict RUN PHOTO... --json` wrote")
    parser.add_argument("--npy", type=pathlib.Path, nargs=2, metavar=("INPUT", "OUTPUT"))
    arguments = parser.parse_args()
    if bool(arguments.photos) != bool(arguments.json) or not (arguments.photos or arguments.npy):
        parser.error("give photos with --json, or --npy INPUT OUTPUT, or both")

    loaded = tf.saved_model.load(str(arguments.run / "saved_model/1"))
    for name, signature in sorted(loaded.signatures.items()):
        print(f"{name}: {signature.structured_input_signature[1]} -> {signature.structured_outputs}")
    variables = variables_of(loaded)
    print(f"{len(variables)} variables")
    for variable in variables:
        print(f"variable {variable.name} {tuple(variable.shape)} {variable.dtype.name}")

    differences = []
    if arguments.photos:
        expected = graft_probabilities(json.loads(arguments.json.read_text()), arguments.photos)
        differences.append(serve_images(loaded, arguments, expected))
        rows = np.stack([prepared(photo, image_settings(arguments.run)) for photo in arguments.photos])
        differences.append(serving_default(loaded, rows, expected, "photos"))
    if arguments.npy:
        x, y = (np.load(path) for path in arguments.npy)
        differences.append(serving_default(loaded, x, y, "npy"))
    sys.exit(0 if max(differences) <= TOLERANCE else 1)


def variables_of(loaded) -> list:
    """TensorFlow 1 graphs list their variables on the model, TensorFlow 2 objects on their functions."""
    if hasattr(loaded, "variables"):
        return list(loaded.variables)
    return list({v.name: v for f in loaded.signatures.values() for v in f.variables}.values())


def graft_probabilities(entries: list[dict], photos: list[pathlib.Path]) -> np.ndarray:
    """One row a photo in class order, from the JSON's surest-first lists."""
    by_file = {pathlib.Path(entry["input"]).resolve(): entry["predictions"] for entry in entries}
    rows = []
    for photo in photos:
        predictions = by_file.get(photo.resolve())
        if predictions is None:
            raise SystemExit(f"{photo}: not among the inputs of the JSON file")
        row = np.full(len(predictions), np.nan, np.float32)
        for prediction in predictions:
            row[prediction["index"]] = prediction["probability"]
        rows.append(row)
    return np.stack(rows)


def serve_images(loaded, arguments: argparse.Namespace, expected: np.ndarray) -> float:
    photos = tf.constant([photo.read_bytes() for photo in arguments.photos])
    answer = loaded.signatures["serve_images"](image_bytes=photos)
    names = [name.decode() for name in answer["classes"].numpy()[0]]
    if names != (arguments.run / "classes.txt").read_text().splitlines():
        raise SystemExit(f"serve_images names the classes {names}, classes.txt does not")
    return said("serve_images", answer["probabilities"].numpy(), expected)


def serving_default(loaded, rows: np.ndarray, expected: np.ndarray, what: str) -> float:
    signature = loaded.signatures["serving_default"]
    (name,) = signature.structured_input_signature[1]
    (answer,) = signature(**{name: tf.constant(rows, tf.float32)}).values()
    values = answer.numpy()
    if values.shape[-1] == 1 and expected.shape[-1] == 2:
        # One sigmoid unit counts as two classes.
        values = np.concatenate([1 - values, values], axis=-1)
    return said(f"serving_default on {what}", values, expected)


def said(what: str, values: np.ndarray, expected: np.ndarray) -> float:
    """The largest difference, also printed; NaN and another shape count as infinitely far."""
    if values.shape != expected.shape:
        print(f"{what}: shape {values.shape}, Graft has {expected.shape}")
        return np.inf
    difference = float(np.abs(values - expected).max())
    print(f"{what}: {len(values)} rows, largest difference {difference:.2e}")
    return difference if np.isfinite(difference) else np.inf


def image_settings(run: pathlib.Path) -> dict:
    return json.loads((run / "recipe.json").read_text())["data"]["image"]


def prepared(photo: pathlib.Path, image: dict) -> np.ndarray:
    """Decodes, resizes, scales and preprocesses a photo as the recipe's `image` says."""
    if image.get("resize", "tf") != "tf":
        raise SystemExit(f"this check resizes with tf.image.resize, the recipe with {image['resize']}")
    channels = 1 if image.get("color", "rgb") == "grayscale" else 3
    pixels = tf.io.decode_jpeg(photo.read_bytes(), channels, dct_method="INTEGER_ACCURATE")
    pixels = tf.image.resize(pixels, image["size"], image.get("interpolation", "bilinear"))
    pixels = pixels * number(image.get("rescale") or 1) + number(image.get("offset") or 0)
    name = image.get("preprocess") or "none"
    if name != "none":
        pixels = getattr(keras.applications, name).preprocess_input(pixels)
    return np.asarray(pixels, np.float32)


def number(setting: float | str) -> float:
    """A number, or a fraction like "1/255"."""
    if isinstance(setting, str):
        above, _, below = setting.partition("/")
        return float(above) / float(below or 1)
    return float(setting)


if __name__ == "__main__":
    main()

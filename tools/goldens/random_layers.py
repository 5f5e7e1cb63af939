"""Makes the goldens of Keras 3's random layers: what each makes of a small picture with known parameters.

    python tools/goldens/random_layers.py [src/test/resources/goldens/random-layers]

The picture is `tiny.png` of the goldens of the data room. Every case names a layer, its
settings, the drawn parameters in Keras's meaning, and an array in `expected.npz`.
"""

import hashlib
import json
import os
import pathlib
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parents[2]
PICTURE = ROOT / "src/test/resources/goldens/images/files/tiny.png"

MOVES = [
    {},
    {"fill_mode": "constant", "fill_value": 40.0},
    {"fill_mode": "nearest", "interpolation": "nearest"},
    {"fill_mode": "wrap"},
]


def transformation(layer, images, parameters):
    """The dictionary that the layer would have drawn."""
    name = type(layer).__name__
    height, width = images.shape[1:3]
    one = lambda value: np.array([value], dtype="float32")
    if name == "RandomFlip":
        return {"flips": np.full((1, 1, 1, 1), parameters[0] > 0)}
    if name == "RandomRotation":
        zero = one(0)
        matrix = layer._compute_affine_matrix(
            center_x=0.5, center_y=0.5, angle=keras.ops.convert_to_tensor(one(parameters[0])), translate_x=zero,
            translate_y=zero, scale=one(1), shear_x=zero, shear_y=zero, height=height, width=width)
        return {"rotation_matrix": matrix}
    if name == "RandomZoom":
        return {"height_zoom": one(parameters[0])[None], "width_zoom": one(parameters[1])[None]}
    if name == "RandomTranslation":
        return {"translations": np.array([[parameters[1], parameters[0]]], dtype="float32")}
    if name == "RandomShear":
        return {"shear_factor": np.array([parameters], dtype="float32")}
    if name == "RandomContrast":
        return {"contrast_factor": np.full((1, 1, 1, 1), parameters[0], "float32")}
    if name == "RandomBrightness":
        return {"rgb_delta": np.full((1, 1, 1, 1), parameters[0], "float32")}
    if name in ("RandomSaturation", "RandomHue"):
        return {"factor": one(parameters[0])}
    if name == "RandomGrayscale":
        return np.full((1, 1, 1, 1), parameters[0] > 0)
    if name == "RandomInvert":
        return {"apply_inversion": np.array([parameters[0] > 0])}
    if name in ("RandomSharpness", "RandomColorDegeneration"):
        return {"factor": np.full((1, 1, 1, 1), parameters[0], "float32")}
    if name == "Solarization":
        four = lambda value: np.full((1, 1, 1, 1), value, "float32")
        return {"additions": four(parameters[0]), "thresholds": four(parameters[1])}
    if name == "RandomErasing":
        corners = [keras.ops.convert_to_tensor(one(value)) for value in parameters[:4]]
        return {
            "batch_masks": layer._generate_batch_mask(images.shape, corners),
            "apply_erasing": np.array([parameters[4] > 0]),
            "fill_value": layer._get_fill_value(images, images.shape, None),
        }
    if name == "RandomGaussianBlur":
        return {
            "should_apply_blur": np.array([parameters[0] > 0]),
            "blur_factor": np.array(parameters[1:], dtype="float32"),
        }
    return {"shift_factor": np.array([parameters[0]], dtype="uint8")}


def cases():
    for how in MOVES:
        yield "RandomRotation", {"factor": 0.2, **how}, [33.0]
        yield "RandomZoom", {"height_factor": 0.4, "width_factor": 0.4, **how}, [0.7, 1.3]
        yield "RandomTranslation", {"height_factor": 0.3, "width_factor": 0.3, **how}, [-3.4, 5.7]
        yield "RandomShear", {"x_factor": 0.3, "y_factor": 0.3, **how}, [0.25, -0.15]
    for mode in ("horizontal", "vertical", "horizontal_and_vertical"):
        yield "RandomFlip", {"mode": mode}, [1]
    yield "RandomFlip", {}, [0]
    yield "RandomContrast", {"factor": 0.5}, [0.6]
    yield "RandomContrast", {"factor": [0.3, 0.5]}, [1.45]
    yield "RandomBrightness", {"factor": 0.4}, [70.0]
    yield "RandomBrightness", {"factor": [-0.5, 0.1]}, [-90.0]
    yield "RandomSaturation", {"factor": 0.6}, [0.4]
    yield "RandomSaturation", {"factor": [0.5, 0.6]}, [1.3]
    yield "RandomHue", {"factor": 0.4}, [0.18]
    yield "RandomHue", {"factor": 0.4}, [-0.2]
    yield "RandomGrayscale", {"factor": 0.9}, [1]
    yield "RandomInvert", {"factor": 0.9}, [1]
    yield "RandomInvert", {"factor": 0.9}, [0]
    yield "RandomPosterization", {"factor": 3}, [5]


def more():
    """Layers that are there inside networks alone."""
    yield "RandomSharpness", {"factor": 0.9}, [0.8]
    yield "RandomSharpness", {"factor": 0.9}, [0.1]
    yield "RandomColorDegeneration", {"factor": 0.9}, [0.7]
    yield "Solarization", {"addition_factor": 0.3, "threshold_factor": 0.5}, [40.0, 90.0]
    yield "Solarization", {"threshold_factor": 0.5, "value_range": [0.0, 300.0]}, [0.0, 120.0]
    yield "RandomErasing", {"fill_value": 37.0}, [3.2, 11.7, 2.5, 9.1, 1]
    yield "RandomErasing", {"fill_value": [10.0, 300.0, 30.0]}, [1.0, 5.0, 4.0, 6.0, 1]
    yield "RandomErasing", {"fill_value": 37.0}, [1.0, 5.0, 4.0, 6.0, 0]
    yield "RandomGaussianBlur", {}, [1, 0.8, 0.8]
    yield "RandomGaussianBlur", {"kernel_size": [3, 7], "sigma": [0.5, 2.0]}, [1, 0.6, 1.7]
    yield "RandomGaussianBlur", {}, [0, 0.8, 0.8]


def main():
    target = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "src/test/resources/goldens/random-layers"
    target.mkdir(parents=True, exist_ok=True)
    picture = np.asarray(Image.open(PICTURE).convert("RGB"), dtype="float32")[None]
    arrays, listed = {}, []
    others = []
    for found, into in ((cases(), listed), (more(), others)):
        for name, settings, parameters in found:
            layer = getattr(keras.layers, name)(**settings)
            images = keras.ops.convert_to_tensor(picture)
            came = np.asarray(
                layer.transform_images(images, transformation(layer, picture, parameters), training=True))
            key = f"case{len(listed) + len(others):03d}"
            arrays[key] = np.broadcast_to(came[0], picture.shape[1:]).astype("float32")
            into.append({"layer": name, "settings": settings, "parameters": parameters, "expected": key})
    np.savez_compressed(target / "expected.npz", **arrays)
    text = json.dumps({"keras": keras.__version__, "cases": listed, "layers": others}, indent=1)
    (target / "cases.json").write_text(text + "\n")
    lines = [f"{hashlib.sha256((target / n).read_bytes()).hexdigest()}  {n}" for n in ("cases.json", "expected.npz")]
    (target / "MANIFEST.sha256").write_text("\n".join(lines) + "\n")
    print(len(listed) + len(others), "cases")


if __name__ == "__main__":
    main()

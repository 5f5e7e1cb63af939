"""Makes the goldens of Keras 3's random layers: what each makes of a small picture with known parameters.

    python tools/goldens/random_layers.py [src/test/resources/goldens/random-layers]

The picture is `tiny.png` of the goldens of the data room. Every case names a layer, its
settings, the drawn parameters in Keras's meaning, and an array in `expected.npz`. Layers that mix
pictures, or draw for the whole batch, have two: the picture, and its negative upside down; there
every picture has a row of parameters.
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
    if name in ("AutoContrast", "Equalization"):
        return None
    if name == "RandomPerspective":
        start = [[0, 0], [width - 1, 0], [0, height - 1], [width - 1, height - 1]]
        return {
            "apply_perspective": np.array([parameters[0] > 0]),
            "start_points": np.array([start], dtype="float32"),
            "end_points": np.array(parameters[1:], dtype="float32").reshape(1, 4, 2),
            "input_shape": images.shape,
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


def rows(layer, images, parameters):
    """The dictionary for a batch, from a row of parameters for each picture."""
    each = [transformation(layer, images[i : i + 1], row) for i, row in enumerate(parameters)]
    if each[0] is None:
        return None
    if type(layer).__name__ == "RandomPosterization":
        return each[0]  # one number for the batch
    together = {key: np.concatenate([np.asarray(one[key]) for one in each]) for key in each[0] if key != "input_shape"}
    return together | ({"input_shape": images.shape} if "input_shape" in each[0] else {})


DRAWN = {
    "RandomShear": [[0.1, 0.2], [-0.15, 0.05]],
    "RandomTranslation": [[2.4, -3.1], [0.0, 4.2]],
    "RandomRotation": [[21.0], [-40.0]],
    "RandomBrightness": [[30.0], [-60.0]],
    "RandomColorDegeneration": [[0.4], [0.1]],
    "RandomContrast": [[1.3], [0.8]],
    "RandomSharpness": [[0.1], [0.4]],
    "RandomPosterization": [[5.0], [5.0]],
    "Solarization": [[40.0, 90.0], [10.0, 60.0]],
    "AutoContrast": [[0.0], [0.0]],
    "Equalization": [[0.0], [0.0]],
}


def inner(layer, name):
    """The layer that a layer made of others holds."""
    return getattr(layer, "".join("_" + c.lower() if c.isupper() else c for c in name)[1:])


def mixed(layer, images, case):
    """The dictionary of a layer over batches, from what the case says was drawn."""
    name = type(layer).__name__
    drawn = case["drawn"]
    if name == "MixUp":
        weight, partners = np.array(drawn, "float32").T
        return {"mix_weight": weight, "permutation_order": partners.astype("int64")}
    if name == "CutMix":
        columns = np.array(drawn, "float32").T
        corners = [keras.ops.convert_to_tensor(column) for column in columns[:4]]
        masks, weight = layer._generate_batch_mask(images.shape, corners)
        return {"batch_masks": masks, "mix_weight": weight, "permutation_order": columns[4].astype("int32")}
    if name == "RandomElasticTransform":
        return {
            "apply_transform": np.array([row[0] > 0 for row in drawn]),
            "distortion_factor": np.float32(drawn[0][1]),
            "seed": 7,
        }
    if name == "RandAugment":
        transforms = {}
        for key in layer._AUGMENT_LAYERS:
            one = getattr(layer, key)
            transforms[key] = rows(one, images, drawn[type(one).__name__])
        return {"transforms": transforms, "layer_idxes": np.array(case["chosen"], "int32")}
    if name == "AugMix":
        chains = [
            [{"layer_name": "".join("_" + c.lower() if c.isupper() else c for c in key)[1:],
              "transformation": rows(inner(layer, key), images, drawn[key])} for key in chain]
            for chain in case["chains"]
        ]
        return {
            "chain_mixing_weights": np.array(case["shares"], "float32"),
            "weight_sample": np.float32(case["kept"]),
            "chain_transforms": chains,
        }
    return rows(layer, images, drawn)


def batches():
    """Layers over two pictures: the case as it is written, and how much larger the pictures are."""
    yield {"layer": "MixUp", "settings": {}, "drawn": [[0.3, 1], [0.9, 0]]}, 1
    yield {"layer": "MixUp", "settings": {"alpha": 1.0}, "drawn": [[0.3, 0], [0.6, 1]]}, 1
    yield {"layer": "CutMix", "settings": {}, "drawn": [[2.3, 9.1, 1.0, 7.5, 1], [0.0, 4.0, 3.2, 8.8, 0]]}, 1
    corners = [[1.0, 2.0, 0.5, 14.0, 1.5, 0.0, 10.0, 12.0, 9.0], [0.0, 2.0, 0.5, 14.0, 1.5, 0.0, 10.0, 12.0, 9.0]]
    for how in ({}, {"interpolation": "nearest", "fill_value": 70.0}):
        yield {"layer": "RandomPerspective", "settings": how, "drawn": corners}, 1
    for fill in ("reflect", "constant", "nearest", "wrap"):
        how = {"fill_mode": fill, "fill_value": 40.0}
        yield {"layer": "RandomElasticTransform", "settings": how, "drawn": [[1, 1.0], [1, 1.0]]}, 2
    yield {"layer": "RandomElasticTransform", "settings": {"interpolation": "nearest"}, "drawn": [[1, 0.4], [0, 0.4]]}, 2
    for index in range(len(DRAWN)):
        yield {"layer": "RandAugment", "settings": {"num_ops": 1}, "chosen": [index], "drawn": DRAWN}, 1
    yield {"layer": "RandAugment", "settings": {"num_ops": 3, "factor": 0.3}, "chosen": [2, 10, 2], "drawn": DRAWN}, 1
    unit = {"value_range": [0.0, 200.0]}
    yield {"layer": "RandAugment", "settings": unit, "chosen": [10, 9], "drawn": DRAWN}, 1
    chains = [["RandomShear", "Equalization"], [], ["Solarization", "RandomContrast", "AutoContrast"]]
    yield {"layer": "AugMix", "settings": {}, "kept": 0.4, "shares": [0.2, 0.5, 0.3], "chains": chains, "drawn": DRAWN}, 1
    chains = [["RandomPosterization"], ["RandomTranslation", "RandomRotation"]]
    less = {"num_chains": 2, "chain_depth": 2, "all_ops": False}
    yield {"layer": "AugMix", "settings": less, "kept": 0.1, "shares": [0.75, 0.25], "chains": chains, "drawn": DRAWN}, 1
    for settings in ({}, {"bins": 16}, {"value_range": [0.0, 300.0]}):
        yield {"layer": "Equalization", "settings": settings, "drawn": [[0.0], [0.0]]}, 1


def over_batches(picture, arrays):
    """Adds the expected arrays to `arrays`, and gives the cases."""
    import tensorflow as tf
    from keras.src.random.seed_generator import draw_seed

    normal = tf.random.stateless_normal
    tf.random.stateless_normal = lambda *args, **kwargs: tf.round(normal(*args, **kwargs) * 64) / 64
    listed = []
    for case, larger in batches():
        layer = getattr(keras.layers, case["layer"])(**case["settings"])
        two = np.concatenate([picture, 255 - picture[:, ::-1]])
        two = np.kron(two, np.ones((1, larger, larger, 1), "float32"))
        images = keras.ops.convert_to_tensor(two)
        came = np.asarray(layer.transform_images(images, mixed(layer, two, case), training=True))
        key = f"batch{len(listed):03d}"
        # Multiples of 1/128, so that the file stays small.
        arrays[key] = (np.round(came * 128) / 128).astype("float32")
        if case["layer"] == "RandomElasticTransform":
            arrays[key + "noise"] = tf.random.stateless_normal(two.shape[:3], seed=draw_seed(7)).numpy()
        listed.append(case | {"larger": larger, "expected": key})
    return listed


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
    mixing = over_batches(picture, arrays)
    np.savez_compressed(target / "expected.npz", **arrays)
    text = json.dumps({"keras": keras.__version__, "cases": listed, "layers": others, "batches": mixing}, indent=1)
    (target / "cases.json").write_text(text + "\n")
    lines = [f"{hashlib.sha256((target / n).read_bytes()).hexdigest()}  {n}" for n in ("cases.json", "expected.npz")]
    (target / "MANIFEST.sha256").write_text("\n".join(lines) + "\n")
    print(len(listed) + len(others) + len(mixing), "cases")


if __name__ == "__main__":
    main()

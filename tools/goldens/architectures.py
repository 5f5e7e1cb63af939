"""Writes what Keras 3's applications are made of: src/test/resources/goldens/applications.

    $(tools/python-env) tools/goldens/architectures.py [--only NAME_PART]

One `NAME.json.gz` a network: `call` (the arguments of the function of that name), `architecture`
(Keras's `to_json()`), `rows` (name, class, output shape, parameters of each layer of the summary),
`total` and `trainable` parameters. `MANIFEST.sha256` covers all of them. Same versions, same bytes.
"""

import argparse
import gzip
import hashlib
import json
import os
import pathlib

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402  (the settings above must come first)
import numpy as np  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = ROOT / "src/test/resources/goldens/applications"

NAMES = (
    "VGG16 VGG19 ResNet50 ResNet101 ResNet152 ResNet50V2 ResNet101V2 ResNet152V2 InceptionV3"
    " InceptionResNetV2 Xception MobileNet MobileNetV2 MobileNetV3Small MobileNetV3Large DenseNet121"
    " DenseNet169 DenseNet201 EfficientNetB0 EfficientNetB1 EfficientNetB2 EfficientNetB3"
    " EfficientNetB4 EfficientNetB5 EfficientNetB6 EfficientNetB7 EfficientNetV2B0 EfficientNetV2B1"
    " EfficientNetV2B2 EfficientNetV2B3 EfficientNetV2S EfficientNetV2M EfficientNetV2L NASNetMobile"
    " NASNetLarge ConvNeXtTiny ConvNeXtSmall ConvNeXtBase ConvNeXtLarge ConvNeXtXLarge"
).split()

# What else the functions take: other sizes (odd ones pad otherwise), widths, no classifier.
OTHERS = [
    ("MobileNet", {"alpha": 0.25, "input_shape": (160, 160, 3), "classes": 7}),
    ("MobileNet", {"include_top": False, "input_shape": (96, 96, 3)}),
    ("MobileNetV2", {"alpha": 0.35, "input_shape": (97, 113, 3)}),
    ("MobileNetV2", {"alpha": 1.4}),
    ("MobileNetV2", {"include_top": False, "input_shape": (96, 96, 3), "pooling": "avg"}),
    ("MobileNetV3Small", {"minimalistic": True, "input_shape": (97, 97, 3)}),
    ("MobileNetV3Large", {"alpha": 0.75, "include_top": False, "input_shape": (96, 96, 3)}),
    ("ResNet50", {"include_top": False, "input_shape": (97, 97, 3), "pooling": "max"}),
    ("EfficientNetB0", {"include_top": False, "input_shape": (97, 97, 3)}),
    ("EfficientNetV2B0", {"include_top": False, "input_shape": (97, 97, 3)}),
    ("NASNetMobile", {"include_top": False, "input_shape": (97, 97, 3)}),
    ("InceptionV3", {"include_top": False, "input_shape": (96, 96, 3)}),
    ("InceptionResNetV2", {"include_top": False, "input_shape": (96, 96, 3)}),
    ("Xception", {"include_top": False, "input_shape": (96, 96, 3)}),
    ("DenseNet121", {"include_top": False, "input_shape": (96, 96, 3)}),
    ("ResNet50V2", {"include_top": False, "input_shape": (96, 96, 3)}),
    ("ConvNeXtTiny", {"include_top": False, "input_shape": (96, 96, 3)}),
    ("VGG16", {"include_top": False, "input_shape": (96, 96, 3), "pooling": "avg"}),
]


def sized(name):
    """MobileNetV3 alone leaves the size of its pictures open by itself."""
    return {"input_shape": (224, 224, 3)} if name.startswith("MobileNetV3") else {}


def count(weights):
    return int(sum(int(np.prod(w.shape)) for w in weights))


def golden(name, call):
    keras.backend.clear_session()
    model = getattr(keras.applications, name)(weights=None, **call)
    rows = [
        [layer.name, type(layer).__name__, list(layer.output.shape), int(layer.count_params())]
        for layer in model.layers
    ]
    return {
        "name": name,
        "call": call,
        "keras": keras.__version__,
        "architecture": json.loads(model.to_json()),
        "rows": rows,
        "total": int(model.count_params()),
        "trainable": count(model.trainable_weights),
    }


def write(path, data):
    text = json.dumps(data, separators=(",", ":")).encode()
    with open(path, "wb") as file:
        with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=file, mtime=0) as packed:
            packed.write(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="")
    only = parser.parse_args().only
    TARGET.mkdir(parents=True, exist_ok=True)
    counts = {}
    for name, call in [(name, sized(name)) for name in NAMES] + OTHERS:
        number = counts[name] = counts.get(name, 0) + 1
        file = TARGET / (f"{name}.json.gz" if number == 1 else f"{name}-{number}.json.gz")
        if only in file.name:
            write(file, golden(name, call))
            print(file.name, file.stat().st_size, flush=True)
    files = sorted(TARGET.glob("*.gz"))
    lines = [f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.name}\n" for f in files]
    (TARGET / "MANIFEST.sha256").write_text("".join(lines))


if __name__ == "__main__":
    main()

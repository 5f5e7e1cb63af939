"""The registry of weights that Keras publishes: src/main/resources/dev/graft/fetch/weights.json.

    $(tools/python-env) tools/goldens/published.py [FILE]

Nothing is downloaded. Every application of keras and tf_keras is called with `weights="imagenet"`, with
and without its top, while `get_file` only notes which file it was asked for: name, URL, checksum.
Layers are built with empty weights, since only the names matter here.
"""

import inspect
import json
import os
import pathlib
import re
import sys

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402  (the settings above must come first)
import tf_keras  # noqa: E402

OUT = pathlib.Path(__file__).resolve().parents[2] / "src/main/resources/dev/graft/fetch/weights.json"

# As Keras's own page on applications, and the repositories it names there, state it.
LICENCES = [
    ("regnet", "Apache-2.0", "converted from Meta's pycls (MIT) for Keras"),
    ("vgg", "CC BY 4.0", "Visual Geometry Group, University of Oxford"),
    ("resnetrs", "Apache-2.0", "TensorFlow TPU models, Google"),
    ("resnet", "MIT", "Kaiming He, deep-residual-networks; V2: facebook fb.resnet.torch"),
    ("densenet", "BSD-3-Clause", "Zhuang Liu, DenseNet"),
    ("convnext", "MIT", "Meta, ConvNeXt"),
    ("xception", "MIT", "François Chollet, deep-learning-models"),
    ("", "Apache-2.0", "TensorFlow models, Google"),
]


class Asked(Exception):
    """Ends a call once the file is known."""


def spy(found):
    """A `get_file` that notes what it is asked for."""
    def get_file(fname=None, origin=None, file_hash=None, md5_hash=None, cache_subdir="datasets", **_):
        found.update(file=fname, url=origin, checksum=file_hash or md5_hash, folder=cache_subdir)
        raise Asked
    return get_file


def variants(name):
    """Further arguments with which an application has weights of its own."""
    if name == "MobileNet":
        return [dict(alpha=a, input_shape=(s, s, 3)) for a in (1.0, 0.75, 0.5, 0.25) for s in (224, 192, 160, 128)]
    if name == "MobileNetV2":
        return [dict(alpha=a, input_shape=(s, s, 3)) for a in (1.0, 0.75, 0.5, 0.35, 1.3, 1.4)
                for s in ((224, 192, 160, 128, 96) if a <= 1 else (224,))]
    if name in ("MobileNetV3Small", "MobileNetV3Large"):
        return [dict(), dict(alpha=0.75), dict(minimalistic=True)]
    return [dict()]


def functions(k):
    """The functions of `k.applications`."""
    for name, thing in inspect.getmembers(k.applications):
        if inspect.isfunction(thing) and name[0].isupper():
            yield name, thing


def named(name, variant):
    """Graft's name: Keras's, small, with a line before a number only where Keras's module has it."""
    small = re.sub(r"(?<=[a-z])(?=(V[0-9])$)", "_", name)
    small = {"InceptionResNetV2": "inception_resnet_v2", "NASNetLarge": "nasnet_large",
             "NASNetMobile": "nasnet_mobile", "MobileNetV3Small": "mobilenet_v3_small",
             "MobileNetV3Large": "mobilenet_v3_large"}.get(name, small)
    small = re.sub(r"ConvNeXt(?=[A-Z])", "convnext_", small).lower()
    if variant.get("minimalistic"):
        return small + "_minimalistic"
    alpha, shape = variant.get("alpha"), variant.get("input_shape")
    if (alpha, shape) == (1.0, (224, 224, 3)):
        return small
    return small + (f"_{alpha}" if alpha else "") + (f"_{shape[0]}" if shape else "")


def licence(name):
    """Licence and author of the numbers."""
    return next((l, by) for start, l, by in LICENCES if name.startswith(start))


def checksum(text):
    """Keras takes either sum for `file_hash` and tells them apart by their length."""
    return {"sha256" if len(text) == 64 else "md5": text} if text else {}


def entries(k, holder):
    """One entry for each file that `k` would download through `holder.get_file`."""
    for name, function in functions(k):
        for variant in variants(name):
            for top in (False, True):
                found = {}
                holder.get_file = spy(found)
                try:
                    function(weights="imagenet", include_top=top, **variant)
                except Asked:
                    pass
                assert found, name
                text, by = licence(named(name, variant))
                yield {"name": named(name, variant) + ("-top" if top else ""),
                       "application": named(name, {}), "top": top,
                       **({"variant": {a: v if a != "input_shape" else v[0] for a, v in variant.items()}}
                          if variant else {}),
                       "file": found["file"], "url": found["url"], **checksum(found["checksum"]),
                       "licence": text, "by": by}
                print(found["file"], file=sys.stderr)


def main():
    out = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else OUT
    all_entries, seen = [], set()
    for k, holder in ((keras, keras.src.utils.file_utils), (tf_keras, tf_keras.src.utils.data_utils)):
        for entry in entries(k, holder):
            if entry["file"] not in seen:
                seen.add(entry["file"])
                all_entries.append(entry)
            else:
                before = next(e for e in all_entries if e["file"] == entry["file"])
                if before != entry:
                    print("differs:", before, entry, file=sys.stderr)
    lines = ",\n".join("  " + json.dumps(e, ensure_ascii=False) for e in all_entries)
    out.write_text('{"keras": "%s", "tf_keras": "%s", "weights": [\n%s\n]}\n'
                   % (keras.__version__, tf_keras.__version__, lines), encoding="utf-8")


main()

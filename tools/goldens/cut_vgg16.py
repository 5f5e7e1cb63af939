"""Cuts Keras's VGG16 weights after block3_pool: weights/vgg16_block3_pool.h5.

    python tools/goldens/cut_vgg16.py SOURCE.h5 [weights/vgg16_block3_pool.h5]

SOURCE is VGG16's ImageNet file without top. The model is built, loaded, cut and
written by tf_keras itself, so the layout is Keras 2's own (`layer_names`,
`weight_names` at the root) and the numbers are the source's, bit for bit. HDF5
keeps no times here: the same source gives the same file.
"""

import argparse
import hashlib
import pathlib

import numpy as np
import tf_keras

ROOT = pathlib.Path(__file__).resolve().parents[2]
CUT = "block3_pool"
PARAMETERS = 1_735_488


def cut(source: pathlib.Path) -> tf_keras.Model:
    tf_keras.backend.clear_session()
    whole = tf_keras.applications.VGG16(include_top=False, weights=None)
    whole.load_weights(str(source))
    return tf_keras.Model(whole.input, whole.get_layer(CUT).output)


def check(written: pathlib.Path, model: tf_keras.Model) -> None:
    """Reads the file back into a fresh network, as a user's Keras would."""
    tf_keras.backend.clear_session()
    fresh = cut_without_weights()
    fresh.load_weights(str(written))
    if fresh.count_params() != PARAMETERS:
        raise SystemExit(f"{fresh.count_params()} parameters, expected {PARAMETERS}")
    for ours, theirs in zip(fresh.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def cut_without_weights() -> tf_keras.Model:
    whole = tf_keras.applications.VGG16(include_top=False, weights=None)
    return tf_keras.Model(whole.input, whole.get_layer(CUT).output)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument(
        "target", type=pathlib.Path, nargs="?", default=ROOT / "weights/vgg16_block3_pool.h5"
    )
    arguments = parser.parse_args()
    model = cut(arguments.source)
    model.save_weights(str(arguments.target), save_format="h5")
    check(arguments.target, model)
    digest = hashlib.sha256(arguments.target.read_bytes()).hexdigest()
    print(f"{digest}  {arguments.target.name}")


if __name__ == "__main__":
    main()

"""Trains on in real Keras from files that Graft wrote after training, and the other way round.

    python tools/readback/optimizers_check.py FOLDER

FOLDER holds `x.npy` and `y.npy` (12 batches of 8), `cases.json` with the losses Graft had in the
second six batches, and `graft-NAME.keras` and `graft-NAME.h5` as they were after the first six. Keras
opens them compiled and trains on the second six. Then each Keras trains six batches of its own from
there, saves `theirs-…`, trains the first six again and writes the losses into `theirs.json` for Graft.
"""

import json
import os
import pathlib
import sys

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402  (the settings above must come first)
import numpy as np  # noqa: E402
import tf_keras  # noqa: E402

BATCH, STEPS, TOLERANCE = 8, 6, 1e-4

# tf_keras does not find these by name when it opens a file, its own or ours.
UNNAMED = {"Lion": tf_keras.optimizers.Lion, "Adafactor": tf_keras.optimizers.Adafactor}

# What tf_keras does not save with the slots, so that it does not go on with its own files either; its
# compiled step also takes this product once for every weight.
INTERRUPTED = {"nadam": "the product of its momentum schedule"}


def train(model, x, y, first):
    losses = []
    for i in range(first, first + STEPS):
        batch = slice(i * BATCH, (i + 1) * BATCH)
        loss = model.train_on_batch(x[batch], y[batch], return_dict=True)["loss"]
        losses.append(float(loss))
        model.reset_metrics()
    return losses


def main():
    folder = pathlib.Path(sys.argv[1])
    x, y = np.load(folder / "x.npy"), np.load(folder / "y.npy")
    cases = json.loads((folder / "cases.json").read_text())
    count = wrong = 0
    theirs = {}
    for name, expected in cases.items():
        for library, ending in ((keras, ".keras"), (tf_keras, ".h5")):
            path = folder / f"graft-{name}{ending}"
            if not path.exists():
                continue
            keras.utils.set_random_seed(1)
            model = library.models.load_model(
                path, custom_objects=UNNAMED if library is tf_keras else None)
            losses = train(model, x, y, STEPS)
            off = np.abs(np.subtract(losses, expected)).max()
            if library is tf_keras and name in INTERRUPTED:
                print(f"{path.name}: off {off:.1e}; tf_keras does not save {INTERRUPTED[name]}")
            elif not off <= TOLERANCE:
                wrong += 1
                print(f"{path.name}: {losses}, Graft had {expected}")
            count += 1
            if library is tf_keras and name in INTERRUPTED:
                continue
            fresh = library.models.clone_model(model)
            fresh.set_weights(model.get_weights())
            fresh.compile(
                type(model.optimizer).from_config(model.optimizer.get_config()),
                "categorical_crossentropy",
            )
            train(fresh, x, y, 0)
            fresh.save(folder / f"theirs-{name}{ending}")
            theirs[f"theirs-{name}{ending}"] = train(fresh, x, y, STEPS)
    (folder / "theirs.json").write_text(json.dumps(theirs))
    print(f"{count} files, {wrong} wrong")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

"""Opens whole-model .h5 files that Graft wrote in both Kerases as a user does: compiled.

    python tools/readback/compile_check.py FOLDER

FOLDER holds, for each case, NAME.h5 and NAME.json with `loss` (the name that both give it),
`optimizer` (its class), `learning_rate` at step 0 and `keras3`: whether Keras 3 compiles it too. What
it does not compile it must open with compile=False. Each compiled network is trained for a step.
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


def step(model, case):
    rate = model.optimizer.learning_rate
    if not hasattr(rate, "numpy"):
        rate = rate(0)
    assert abs(float(np.asarray(rate)) - case["learning_rate"]) < 1e-6, f"learning rate {rate}"
    assert type(model.optimizer).__name__ == case["optimizer"], type(model.optimizer).__name__
    x = [np.zeros((4, *i.shape[1:]), "float32") for i in model.inputs]
    y = [np.eye(int(o.shape[-1]), dtype="float32")[[0] * 4] for o in model.outputs]
    history = model.fit(x if len(x) > 1 else x[0], y if len(y) > 1 else y[0], verbose=0).history
    assert np.isfinite(history["loss"][0])
    return sorted(history)


def main(folder):
    wrong = 0
    for path in sorted(pathlib.Path(folder).glob("*.h5")):
        case = json.loads(path.with_suffix(".json").read_text())
        for library in (tf_keras, keras):
            compiled = library is tf_keras or case["keras3"]
            try:
                if compiled:
                    said = f"trained, {step(library.models.load_model(path), case)}"
                else:
                    library.models.load_model(path, compile=False)
                    said = "opens with compile=False"
            except Exception as e:  # whatever Keras raises is what the user would see
                wrong += 1
                said = f"WRONG, {type(e).__name__}: {' '.join(str(e).split())[:300]}"
            print(f"{path.stem} in {library.__name__}: {said}", flush=True)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main(sys.argv[1])

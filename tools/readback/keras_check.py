"""Opens a run's model files in both Kerases and compares their answers with Graft's.

    tools/graft predict RUN x.npy --out y.npy
    python tools/readback/keras_check.py RUN x.npy y.npy

model.h5 goes to tf_keras and to Keras 3, model.keras to Keras 3. Exit 1 when an answer is further off
than the tolerance or a file does not open.
"""

import argparse
import os
import pathlib
import sys

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras  # noqa: E402  (the settings above must come first)
import numpy as np  # noqa: E402
import tf_keras  # noqa: E402

TOLERANCE = 1e-5
READERS = (("model.h5", tf_keras), ("model.h5", keras), ("model.keras", keras))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=pathlib.Path)
    parser.add_argument("input", type=pathlib.Path)
    parser.add_argument("output", type=pathlib.Path, help="what Graft answered")
    arguments = parser.parse_args()
    x, expected = np.load(arguments.input), np.load(arguments.output)

    worst = 0.0
    for file, library in READERS:
        difference = compare(library, arguments.run / file, x, expected)
        worst = max(worst, difference)
    sys.exit(0 if worst <= TOLERANCE else 1)


def compare(library, file: pathlib.Path, x: np.ndarray, expected: np.ndarray) -> float:
    """The largest difference; infinite when the file does not open or the shape is another."""
    who = f"{file.name} in {library.__name__} {library.__version__}"
    try:
        model = library.models.load_model(str(file))
    except (ValueError, TypeError, OSError, KeyError) as error:
        print(f"{who}: does not open: {error}")
        return np.inf
    values = model.predict(x, verbose=0)
    if values.shape != expected.shape:
        print(f"{who}: shape {values.shape}, Graft has {expected.shape}")
        return np.inf
    difference = float(np.abs(values - expected).max())
    print(f"{who}: {len(model.layers)} layers, {model.count_params()} parameters, "
          f"largest difference {difference:.2e}")
    return difference if np.isfinite(difference) else np.inf


if __name__ == "__main__":
    main()

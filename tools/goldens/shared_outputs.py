"""What tf_keras computes with whole networks of ../shared/keras-files: trained ones, one an optimizer.

    $(tools/python-env) tools/goldens/shared_outputs.py ARCHIVE

Writes src/test/resources/goldens/keras-files/outputs.json. Inputs are sin(0.37 i) over all elements,
which both sides make for themselves.
"""

import hashlib
import json
import os
import pathlib
import sys
import tarfile
import tempfile

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402  (the settings above must come first)
import tf_keras  # noqa: E402

TARGET = pathlib.Path(__file__).resolve().parents[2] / "src/test/resources/goldens/keras-files"
ROWS = 2


def outputs(file):
    model = tf_keras.models.load_model(str(file), compile=False)
    shape = [ROWS] + [size or 4 for size in model.input_shape[1:]]
    x = np.sin(np.arange(np.prod(shape)) * 0.37).astype("float32").reshape(shape)
    y = model(x, training=False).numpy()
    return {"shape": shape, "output": [float(value) for value in y.ravel()]}


def main():
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(sys.argv[1]) as tar:
            tar.extractall(folder, filter="data")
        root = pathlib.Path(folder)
        found = {
            str(file.relative_to(root)): outputs(file)
            for part in ("optimizers", "trained")
            for file in sorted((root / part).iterdir())
        }
    TARGET.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"tf_keras": tf_keras.__version__, "files": found}, indent=1) + "\n"
    (TARGET / "outputs.json").write_text(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    (TARGET / "MANIFEST.sha256").write_text(f"{digest}  outputs.json\n")
    print(f"{len(found)} files, {len(text)} bytes")


if __name__ == "__main__":
    main()

"""Makes the goldens of training with real Keras: src/test/resources/goldens/training.

    $(tools/python-env) tools/goldens/training.py [FOLDER [PATTERN]]

24 steps of a small convolutional net for every optimizer, schedule, loss, regularizer,
constraint, weighting, freezing pattern, callback and metric (training_cases.py), in both
Kerases, each in a process of its own with one thread. With a pattern: only the cases that it
matches, and those that are new.
"""

import hashlib
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILES = ["cases.json", "data.npz", "first.npz", "keras3.json", "keras3.npz", "tf_keras.json",
         "tf_keras.npz"]


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1
                          else ROOT / "src/test/resources/goldens/training")
    folder.mkdir(parents=True, exist_ok=True)
    for library in ("keras3", "tf_keras"):
        subprocess.run([sys.executable, pathlib.Path(__file__).with_name("training_run.py"),
                        library, folder, *sys.argv[2:]], check=True, preexec_fn=lambda: os.nice(10))
    lines = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n"
             for name in FILES]
    (folder / "MANIFEST.sha256").write_text("".join(lines))
    print(f"{sum((folder / name).stat().st_size for name in FILES)} bytes in {folder}")


if __name__ == "__main__":
    main()

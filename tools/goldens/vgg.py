"""Makes the goldens of the main path with real Keras: src/test/resources/goldens/vgg.

    $(tools/python-env) tools/goldens/vgg.py [FOLDER]

Three folders are written anew: `weights` (one net in every layout of Keras's weight files),
`training` (step losses, history and final weights of tf_keras and Keras 3), `summary` (layer
tables) and MANIFEST.sha256 over all of them, which `sha256sum -c` checks. Seeds, versions and
tolerances stand in each case. Made again, all files are the same but the `.keras` archive,
into which Keras writes the time.
"""

import argparse
import hashlib
import os
import pathlib
import shutil

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import tensorflow as tf  # noqa: E402  (the settings above must come first)

import vgg_layouts  # noqa: E402
import vgg_summary  # noqa: E402
import vgg_training  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
MANIFEST = "MANIFEST.sha256"
PARTS = {"weights": vgg_layouts.write, "training": vgg_training.write, "summary": vgg_summary.write}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path, nargs="?",
                        default=ROOT / "src/test/resources/goldens/vgg")
    folder = parser.parse_args().folder
    # One thread, so that sums are taken in one order and the numbers come out the same again.
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    if folder.exists() and not (folder / MANIFEST).exists():
        raise SystemExit(f"{folder} holds no {MANIFEST}: not made by this script, left alone")
    for part, write in PARTS.items():
        shutil.rmtree(folder / part, ignore_errors=True)
        write(folder / part)
    files = sorted(path for part in PARTS for path in (folder / part).rglob("*") if path.is_file())
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n"
             for path in files]
    (folder / MANIFEST).write_text("".join(lines))
    print(f"{len(files)} files, {sum(path.stat().st_size for path in files)} bytes in {folder}")


if __name__ == "__main__":
    main()

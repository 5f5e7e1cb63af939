"""How real tf_keras fine-tunes a published network: src/test/resources/goldens/fer2013.

    $(tools/python-env) tools/goldens/fer2013.py --file fer2013_mini_XCEPTION.119-0.65.hdf5 [FOLDER]

Twenty steps of eight pictures each, four epochs, no shuffling, from the weights of a file that
Keras 2.0.5 wrote (https://github.com/oarriaga/face_classification). Two cases: compiled as the
file says, and its last convolution alone with large steps of momentum. (Larger steps of the whole
network cannot be compared: tf_keras itself ends elsewhere, its loss 0.4 off after twenty steps of
SGD 0.01 with momentum, when the pictures are scaled by 1 + 3e-7.)

tf_keras 2.18 cannot restore the state of Adam in this file: it says so and starts it anew, and so
does this. Keras 3.15 refuses the file's `lr`. The pictures are made here, smooth random fields, so
that nothing published is copied.
"""

import argparse
import hashlib
import json
import os
import pathlib

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np  # noqa: E402  (the settings above must come first)
import tensorflow as tf  # noqa: E402
import tf_keras  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
SEED, ROWS, BATCH, EPOCHS, CLASSES = 20252, 40, 8, 4, 7
MOMENTUM = {"SGD": {"learning_rate": 0.01, "momentum": 0.9}}


def make_data():
    random = np.random.default_rng(SEED)
    coarse = random.uniform(0, 255, (ROWS, 9, 9))
    at = np.linspace(0, 8, 48)
    low = np.minimum(at.astype(int), 7)
    part = at - low
    rows = coarse[:, low] * (1 - part)[None, :, None] + coarse[:, low + 1] * part[None, :, None]
    fields = rows[:, :, low] * (1 - part) + rows[:, :, low + 1] * part
    noisy = fields + random.normal(0, 10, fields.shape)
    return noisy.clip(0, 255).astype(np.uint8)[..., None], random.integers(0, CLASSES, ROWS)


class Means(tf_keras.callbacks.Callback):
    """The running mean of the loss after every step."""

    def __init__(self):
        super().__init__()
        self.values = []

    def on_train_batch_end(self, batch, logs=None):
        self.values.append(float(logs["loss"]))


def one_case(folder, name, file, optimizer, pictures, labels, trained=None):
    model = tf_keras.models.load_model(file, compile=False)
    config = json.loads(read_training_config(file))
    if optimizer is None:
        settings = config["optimizer_config"]["config"]
        made = tf_keras.optimizers.Adam(
            settings["lr"], settings["beta_1"], settings["beta_2"], settings["epsilon"])
        optimizer = {"Adam": settings}
    else:
        (cls, settings), = optimizer.items()
        made = getattr(tf_keras.optimizers, cls)(**settings)
    frozen = [layer.name for layer in model.layers if trained and layer.name != trained]
    for layer in frozen:
        model.get_layer(layer).trainable = False
    model.compile(made, config["loss"], config["metrics"])
    x = pictures.astype(np.float32) / np.float32(127.5) - np.float32(1)
    y = tf_keras.utils.to_categorical(labels, CLASSES)
    means = Means()
    history = model.fit(x, y, batch_size=BATCH, epochs=EPOCHS, shuffle=False, verbose=0,
                        validation_data=(x[:16], y[:16]), callbacks=[means]).history
    values = [v.numpy() for layer in model.layers for v in layer.weights]
    np.savez_compressed(folder / f"{name}.npz", final=np.concatenate([v.ravel() for v in values]))
    # tf_keras counts the penalties of frozen weights in the loss, as Graft does for such a file.
    constant = sum(float(loss) for layer in frozen for loss in model.get_layer(layer).losses)
    return {"optimizer": optimizer, "frozen": frozen, "frozen_penalties": constant, "loss": config["loss"], "metrics": config["metrics"],
            "means": means.values, "history": {k: list(map(float, v)) for k, v in history.items()},
            "weights": len(values)}


def read_training_config(file):
    import h5py
    with h5py.File(file) as opened:
        return opened.attrs["training_config"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--file", required=True)
    parser.add_argument("folder", nargs="?", type=pathlib.Path,
                        default=ROOT / "src/test/resources/goldens/fer2013")
    arguments = parser.parse_args()
    folder = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    pictures, labels = make_data()
    np.save(folder / "pictures.npy", pictures)
    np.save(folder / "labels.npy", labels.astype(np.int32))
    cases = {"as-compiled": one_case(folder, "as-compiled", arguments.file, None, pictures, labels),
             "momentum": one_case(folder, "momentum", arguments.file, MOMENTUM, pictures, labels, "conv2d_7")}
    document = {"versions": {"tensorflow": tf.__version__, "tf_keras": tf_keras.__version__},
                "seed": SEED, "threads": 1, "batch_size": BATCH, "epochs": EPOCHS,
                "file_sha256": hashlib.sha256(pathlib.Path(arguments.file).read_bytes()).hexdigest(),
                "cases": cases}
    (folder / "case.json").write_text(json.dumps(document, indent=1) + "\n")
    names = ["case.json", "pictures.npy", "labels.npy", "as-compiled.npz", "momentum.npz"]
    (folder / "MANIFEST.sha256").write_text("".join(
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names))


if __name__ == "__main__":
    main()

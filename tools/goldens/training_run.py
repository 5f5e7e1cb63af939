"""Runs the cases of training_cases.py in one Keras: `training_run.py keras3|tf_keras FOLDER`."""

import json
import math
import os
import pathlib
import sys

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np  # noqa: E402  (the settings above must come first)
import tensorflow as tf  # noqa: E402

import training_cases as cases  # noqa: E402

SEED = 20251
LIBRARY = sys.argv[1]
if LIBRARY == "keras3":
    import keras
else:
    import tf_keras as keras


def make_data():
    """Pictures of three classes under noise, and every kind of target made from them."""
    random = np.random.default_rng(SEED)
    patterns = random.normal(0.0, 1.0, (3, *cases.IMAGE))
    data = {}
    for part, rows in (("train", cases.ROWS), ("validation", cases.VALIDATION_ROWS)):
        label = random.integers(0, 3, rows)
        x = patterns[label] + random.normal(0.0, 1.0, (rows, *cases.IMAGE))
        number = x[:, :2, :2, 0].mean(axis=(1, 2))
        made = {
            "x": x,
            "x_steps": random.normal(0.0, 1.0, (rows, *cases.INPUTS["steps"])),
            "class": label[:, None],
            "class_flat": label,
            "class_steps": random.integers(0, 3, (rows, 5, 1)),
            "one_hot": np.eye(3)[label],
            "yes": (label == 1)[:, None],
            "sign": np.where(label == 1, 1, -1)[:, None],
            "labels": np.stack([label == 0, number > 0, label != 2], axis=1),
            "number": number[:, None],
            "numbers": np.stack([number, number * 0.5 + label], axis=1),
            "counts": np.stack([label, 2 - label + (number > 0)], axis=1),
            "shares": random.dirichlet([1.0, 2.0, 1.5], rows),
            "weight": random.uniform(0.2, 2.0, rows),
            "weight_2": random.uniform(0.2, 2.0, rows),
            "weight_steps": random.uniform(0.0, 2.0, (rows, 5)),
        }
        data.update({f"{part}.{name}": np.asarray(v, np.float32) for name, v in made.items()})
    return data


def build(net):
    """The net with seeded weights."""
    keras.backend.clear_session()
    layers = [getattr(keras.layers, cls)(**{k: tuple(v) if isinstance(v, list) else v
                                            for k, v in config.items()})
              for entry in cases.NETS[net] for cls, config in entry.items()]
    inputs = keras.Input(tuple(cases.INPUTS.get(net, cases.IMAGE)), name="input")
    x = inputs
    for layer in layers[:-2] if net == "two" else layers:
        x = layer(x)
    outputs = [layers[-2](x), layers[-1](x)] if net == "two" else x
    model = keras.Model(inputs, outputs, name=net.replace("-", "_"))
    random = np.random.default_rng(SEED + 1)
    for layer in model.layers:
        layer.set_weights([seeded(random, w) for w in layer.get_weights()])
    return model


def seeded(random, like):
    if like.ndim > 1:
        return random.normal(0.0, 1.0, like.shape) * math.sqrt(1.5 / np.prod(like.shape[:-1]))
    return random.uniform(0.1, 0.5, like.shape)


def thing(value, places):
    """A Keras object from `"name"` or `{"Class": {settings}}`."""
    if not isinstance(value, dict):
        return value
    (cls, config), = value.items()
    place = next(p for p in places if hasattr(p, cls))
    return getattr(place, cls)(**{k: thing(v, places) for k, v in config.items()})


def make_optimizer(case):
    (cls, config), = case["optimizer"].items()
    places = [keras.optimizers, keras.optimizers.schedules]
    if case.get("legacy"):
        config = {"learning_rate" if k == "lr" else k: v for k, v in config.items()}
        places = [keras.optimizers.legacy]
    return thing({cls: config}, places)


def every(value, make):
    """`make` of every entry of a list, or of the lists of a dictionary."""
    if isinstance(value, dict):
        return {key: every(v, make) for key, v in value.items()}
    return [make(v) for v in value]


def make_callback(entry):
    (cls, config), = entry.items()
    config = dict(config)
    if cls == "LearningRateScheduler":
        plan = config["schedule"]
        if isinstance(plan, list):
            config["schedule"] = lambda epoch, lr: plan[epoch]
        else:
            config["schedule"] = lambda epoch, lr: eval(
                plan, {"epoch": epoch, "lr": lr, "exp": math.exp})
    return getattr(keras.callbacks, cls)(**config)


class Recorder(keras.callbacks.Callback):
    """The running mean of the loss after every batch, and the rate of every update."""

    def __init__(self):
        super().__init__()
        self.means, self.rates, self.sizes = [], [], []

    def rate(self):
        optimizer = self.model.optimizer
        value = optimizer.learning_rate
        if LIBRARY == "tf_keras" and hasattr(optimizer, "_decayed_lr"):
            return float(optimizer._decayed_lr(tf.float32))
        if callable(value) and not isinstance(value, tf.Variable):
            value = value(optimizer.iterations)
        return float(np.array(value))

    def on_train_batch_begin(self, batch, logs=None):
        self.rates.append(self.rate())

    def on_train_batch_end(self, batch, logs=None):
        self.means.append(float(logs["loss"]))


def run(name, case, data):
    model = build(case["net"])
    for layer in case.get("frozen", []):
        model.get_layer(layer).trainable = False
    losses = case["loss"]
    if isinstance(losses, dict) and set(losses) == {"kind", "size"}:
        losses = {key: thing(v, [keras.losses]) for key, v in losses.items()}
    else:
        losses = thing(losses, [keras.losses])
    metric = lambda value: thing(value, [keras.metrics])  # noqa: E731
    model.compile(make_optimizer(case), loss=losses,
                  metrics=every(case.get("metrics", []), metric),
                  weighted_metrics=every(case.get("weighted_metrics", []), metric),
                  loss_weights=case.get("loss_weights"))

    def part(part_name, key):
        names = case.get(key)
        if isinstance(names, dict):
            return [data[f"{part_name}.{n}"] for n in names.values()]
        return None if names is None else data[f"{part_name}.{names}"]

    x = "x_steps" if case["net"] == "steps" else "x"
    recorder = Recorder()
    settings = {key: case[key] for key in ("steps_per_epoch", "initial_epoch", "validation_freq",
                                           "validation_steps", "validation_batch_size")
                if key in case}
    if "class_weight" in case:
        settings["class_weight"] = {int(k): v for k, v in case["class_weight"].items()}
    fitted = model.fit(
        data[f"train.{x}"], part("train", "y"), sample_weight=part("train", "weight"),
        validation_data=(data[f"validation.{x}"], part("validation", "y")),
        batch_size=cases.BATCH, epochs=case.get("epochs", cases.EPOCHS), shuffle=False, verbose=0,
        callbacks=[*map(make_callback, case.get("callbacks", [])), recorder], **settings)
    numbers = {
        "epochs": fitted.epoch,
        "means": [round(v, 7) for v in recorder.means],
        "rates": [float(f"{v:.8g}") for v in recorder.rates],
        "history": {key: [float(f"{float(np.array(v)):.8g}") for v in values]
                    for key, values in fitted.history.items()},
    }
    final = [np.array(w) for layer in model.layers for w in layer.get_weights()]
    return numbers, np.concatenate([w.ravel() for w in final]).astype(np.float32)


def main():
    folder = pathlib.Path(sys.argv[2])
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    data = make_data()
    results, finals, failed = {}, {}, []
    for name, case in cases.CASES.items():
        if LIBRARY in case["libraries"]:
            try:
                results[name], finals[name] = run(name, case, data)
            except Exception as e:
                failed.append(name)
                print(f"{name}: {type(e).__name__}: {str(e)[-400:]}", file=sys.stderr)
    if failed:
        raise SystemExit(f"these cases do not run in {LIBRARY}: {failed}")
    document = {"library": keras.__name__,
                "versions": {"tensorflow": tf.__version__, keras.__name__: keras.__version__},
                "seed": SEED, "threads": 1, "cases": results}
    lines = json.dumps(document, separators=(",", ":")).replace('},"', '},\n"')
    (folder / f"{LIBRARY}.json").write_text(lines + "\n")
    np.savez(folder / f"{LIBRARY}.npz", **finals)
    if LIBRARY == "keras3":
        shared(folder, data)


def shared(folder, data):
    """What both libraries start from: data, first weights, and the cases themselves."""
    np.savez(folder / "data.npz", **data)
    first, weights = {}, {}
    for net in cases.NETS:
        model = build(net)
        first[net] = np.concatenate(
            [w.ravel() for layer in model.layers for w in layer.get_weights()]).astype(np.float32)
        weights[net] = [[f"{layer.name}/{v.path.split('/')[-1]}", list(v.shape)]
                        for layer in model.layers for v in layer.weights]
    np.savez(folder / "first.npz", **first)
    document = {"batch_size": cases.BATCH, "epochs": cases.EPOCHS, "image": cases.IMAGE,
                "inputs": cases.INPUTS, "nets": cases.NETS, "weights": weights,
                "cases": cases.CASES}
    (folder / "cases.json").write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()

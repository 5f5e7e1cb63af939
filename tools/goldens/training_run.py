"""Runs the cases of training_cases.py in one Keras.

    training_run.py keras3|tf_keras FOLDER [PATTERN]

With a pattern: only the cases it matches and those that FOLDER does not have yet.
"""

import json
import math
import os
import pathlib
import re
import sys
import tempfile

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
            "ids": random.integers(0, 7, (rows, 5)),
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
            "ids_apart": np.arange(rows)[:, None] * 3 % 7,
            "path": np.array([[1, 0], [2, 1], [2, 2]])[label],
            "weight": random.uniform(0.2, 2.0, rows),
            "weight_2": random.uniform(0.2, 2.0, rows),
            "weight_steps": random.uniform(0.0, 2.0, (rows, 5)),
        }
        data.update({f"{part}.{name}": np.asarray(v, np.float32) for name, v in made.items()})
    return data


def build(net):
    """The net with seeded weights."""
    keras.backend.clear_session()
    layers = [getattr(keras.layers, cls)(**{k: setting(k, v) for k, v in config.items()})
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


def setting(key, value):
    """A layer's setting as its constructor takes it."""
    if key == "layer":
        return getattr(keras.layers, value["class_name"])(**value["config"])
    if key.endswith("constraint") and not hasattr(keras.constraints, value["class_name"]):
        return None  # the net is built for its shapes alone
    if isinstance(value, list) and key != "axis":
        return tuple(value)
    return value


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


class CyclicalLearningRate(keras.optimizers.schedules.LearningRateSchedule):
    """As TensorFlow Addons 0.23 has it, whose scale functions are these three."""

    def __init__(self, initial_learning_rate, maximal_learning_rate, step_size,
                 mode="triangular", gamma=1.0):
        self.low, self.high, self.half = initial_learning_rate, maximal_learning_rate, step_size
        self.mode, self.gamma = mode, gamma

    def __call__(self, step):
        step = tf.cast(step, tf.float32)
        cycle = tf.floor(1 + step / (2 * self.half))
        x = tf.abs(step / self.half - 2 * cycle + 1)
        scale = {"triangular": lambda: 1.0, "triangular2": lambda: 1 / (2.0 ** (cycle - 1)),
                 "exp_range": lambda: self.gamma ** step}[self.mode]()
        return self.low + (self.high - self.low) * tf.maximum(0.0, 1 - x) * scale


class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """Géron's OneCycleScheduler, which is a callback, as a schedule: the rates step by step."""

    def __init__(self, max_rate, final_div=1000):
        iterations = cases.EPOCHS * math.ceil(cases.ROWS / cases.BATCH)
        start_rate = max_rate / 10
        last_iterations = iterations // 10 + 1
        half_iteration = (iterations - last_iterations) // 2
        last_rate = start_rate / final_div

        def interpolate(i, iter1, iter2, rate1, rate2):
            return (rate2 - rate1) * (i - iter1) / (iter2 - iter1) + rate1

        rates = []
        for i in range(iterations + 1):
            if i < half_iteration:
                rates.append(interpolate(i, 0, half_iteration, start_rate, max_rate))
            elif i < 2 * half_iteration:
                rates.append(interpolate(i, half_iteration, 2 * half_iteration, max_rate,
                                         start_rate))
            else:
                rates.append(interpolate(i, 2 * half_iteration, iterations, start_rate,
                                         last_rate))
        self.rates = tf.constant(rates, tf.float32)

    def __call__(self, step):
        return tf.gather(self.rates, tf.cast(step, tf.int32))


class Own:
    """The schedules above, which Keras does not have."""

    CyclicalLearningRate, OneCycle = CyclicalLearningRate, OneCycle


def make_optimizer(case):
    if isinstance(case["optimizer"], str):
        return case["optimizer"]
    (cls, config), = case["optimizer"].items()
    places = [keras.optimizers, keras.optimizers.schedules, Own]
    if config.get("is_legacy_optimizer"):
        config = {"learning_rate" if k == "lr" else k: v for k, v in config.items()
                  if k != "is_legacy_optimizer"}
        places = [keras.optimizers.legacy]
    if "learning_rates" in case:
        return keras.optimizers.MultiOptimizer(keras.optimizers.OptimizerMap(
            thing({cls: config}, places),
            {re.escape(pattern).replace(r"\*", "[^/]*") + "/.*":
             thing({cls: {**config, "learning_rate": rate}}, places)
             for pattern, rate in case["learning_rates"].items()}))
    return thing({cls: config}, places)


def every(value, make):
    """`make` of every entry of a list, or of the lists of a dictionary."""
    if isinstance(value, dict):
        return {key: every(v, make) for key, v in value.items()}
    return [make(v) for v in value]


def make_callback(entry):
    if isinstance(entry, str):
        entry = {entry: {}}
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

    def __init__(self, case):
        super().__init__()
        self.case = case
        self.means, self.rates, self.sizes = [], [], []

    def rate(self):
        optimizer = self.model.optimizer
        if "learning_rates" in self.case:
            optimizer = optimizer._optimizer_map.default_optimizer
        if LIBRARY == "tf_keras" and hasattr(optimizer, "_decayed_lr"):
            if isinstance(optimizer, keras.optimizers.legacy.Nadam):  # its decay is another
                return float(np.array(optimizer.learning_rate))
            return float(optimizer._decayed_lr(tf.float32))
        value = optimizer._learning_rate
        if isinstance(value, keras.optimizers.schedules.LearningRateSchedule):
            value = value(optimizer.iterations)
        return float(np.array(value))

    def on_train_batch_begin(self, batch, logs=None):
        self.rates.append(self.rate())

    def on_train_batch_end(self, batch, logs=None):
        self.means.append(float(logs["loss"]))


class Cut(keras.callbacks.Callback):
    """Ends training as a crash does, before an epoch."""

    def __init__(self, epoch):
        super().__init__()
        self.epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.epoch:
            raise InterruptedError


def compiled(case):
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
                  loss_weights=case.get("loss_weights"),
                  run_eagerly=LIBRARY in case.get("eager", []))
    return model


def fit(model, case, data, callbacks):
    def part(part_name, key):
        names = case.get(key)
        if isinstance(names, dict):
            return [data[f"{part_name}.{n}"] for n in names.values()]
        return None if names is None else data[f"{part_name}.{names}"]

    x = cases.X.get(case["net"], "x")
    settings = {key: case[key] for key in ("steps_per_epoch", "initial_epoch", "validation_freq",
                                           "validation_steps", "validation_batch_size")
                if key in case}
    if "class_weight" in case:
        settings["class_weight"] = {int(k): v for k, v in case["class_weight"].items()}
    return model.fit(
        data[f"train.{x}"], part("train", "y"), sample_weight=part("train", "weight"),
        validation_data=(data[f"validation.{x}"], part("validation", "y")),
        batch_size=case.get("batch_size", cases.BATCH), epochs=case.get("epochs", cases.EPOCHS),
        shuffle=False, verbose=0, callbacks=callbacks, **settings)


def figures(name, values):
    """A log as it is, or one for each figure where a metric gives several."""
    values = [np.array(v) for v in values]
    if values[0].ndim == 0:
        return [(name, values)]
    return [(f"{name}_{i}", [v[i] for v in values]) for i in range(len(values[0]))]


def watched(model, saved):
    """The model, noting in `saved` every file it is saved to and the last weight it had then."""
    for name in ("save", "save_weights"):
        def noting(path, *args, original=getattr(model, name), **settings):
            values = [float(f"{v:.6g}") for v in model.get_weights()[-1].ravel()]
            saved.append([pathlib.Path(str(path)).name, values])
            return original(path, *args, **settings)
        setattr(model, name, noting)
    return model


def run(name, case, data):
    """Runs a case in a folder of its own."""
    recorder, saved = Recorder(case), []
    ends = case.get("ends", "")
    model = compiled(case)
    if any("ModelCheckpoint" in entry for entry in case.get("callbacks", [])):
        model = watched(model, saved)
    if ends.startswith("cut"):
        try:
            fit(model, case, data, [*map(make_callback, case["callbacks"]), recorder,
                                    Cut(int(ends.split()[-1]))])
        except InterruptedError:
            model = compiled(case)
    fitted = fit(model, case, data, [*map(make_callback, case.get("callbacks", [])), recorder])
    numbers = {
        "epochs": fitted.epoch,
        "means": [finite(v, 9) for v in recorder.means],
        "rates": [finite(v, 8) for v in recorder.rates],
        "history": {key: [finite(float(v), 8) for v in values]
                    for name, each in fitted.history.items()
                    for key, values in figures(name, each)},
    }
    if saved:
        numbers["saved"] = saved
    if os.path.exists("log.csv"):
        numbers["csv"] = pathlib.Path("log.csv").read_text()
    final = [np.array(w) for layer in model.layers for w in layer.get_weights()]
    return numbers, np.concatenate([w.ravel() for w in final]).astype(np.float32)


def finite(value, digits):
    return float(f"{value:.{digits}g}") if math.isfinite(value) else None


def main():
    folder = pathlib.Path(sys.argv[2])
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    data = make_data()
    results, finals, failed = {}, {}, []
    only = sys.argv[3] if len(sys.argv) > 3 else None
    if only:
        results = json.loads((folder / f"{LIBRARY}.json").read_text())["cases"]
        finals = dict(np.load(folder / f"{LIBRARY}.npz"))
    wanted = {n: c for n, c in cases.CASES.items() if LIBRARY in c["libraries"]}
    for name, case in wanted.items():
        if only and name in results and not re.fullmatch(only, name):
            continue
        here = os.getcwd()
        try:
            with tempfile.TemporaryDirectory() as own:
                os.chdir(own)
                try:
                    results[name], finals[name] = run(name, case, data)
                finally:
                    os.chdir(here)
        except Exception as e:
            failed.append(name)
            print(f"{name}: {type(e).__name__}: {str(e)[-400:]}", file=sys.stderr)
    results, finals = ({n: all_[n] for n in wanted if n in all_} for all_ in (results, finals))
    document = {"library": keras.__name__,
                "versions": {"tensorflow": tf.__version__, keras.__name__: keras.__version__},
                "seed": SEED, "threads": 1, "cases": results}
    lines = json.dumps(document, separators=(",", ":")).replace('},"', '},\n"')
    (folder / f"{LIBRARY}.json").write_text(lines + "\n")
    np.savez_compressed(folder / f"{LIBRARY}.npz", **finals)
    if LIBRARY == "keras3":
        shared(folder, data)
    if failed:
        raise SystemExit(f"these cases do not run in {LIBRARY}: {failed}")


def shared(folder, data):
    """What both libraries start from: data, first weights, and the cases themselves."""
    np.savez_compressed(folder / "data.npz", **data)
    first, weights = {}, {}
    for net in cases.NETS:
        model = build(net)
        first[net] = np.concatenate(
            [w.ravel() for layer in model.layers for w in layer.get_weights()]).astype(np.float32)
        weights[net] = [list(w.shape) for layer in model.layers for w in layer.get_weights()]
    np.savez_compressed(folder / "first.npz", **first)
    document = {"batch_size": cases.BATCH, "epochs": cases.EPOCHS, "image": cases.IMAGE,
                "inputs": cases.INPUTS, "x": cases.X, "nets": cases.NETS, "weights": weights,
                "cases": cases.CASES}
    lines = json.dumps(document, separators=(",", ":")).replace('},"', '},\n"')
    (folder / "cases.json").write_text(lines + "\n")


if __name__ == "__main__":
    main()

"""How the narrow VGG learns in tf_keras and in Keras 3: each step's loss, history, final weights.

Three epochs of eight steps, no shuffling, the last batch of each epoch half full (running means
are weighted by rows). `fit` gives history and final weights; the same steps are taken once more
with `train_on_batch`, which gives each batch's own loss, and must end at the same weights.

The two libraries agree to 1e-6 but in one number: over images, tf_keras (fused kernel) moves a
BatchNormalization's `moving_variance` by the sample variance, N / (N - 1) of the population
variance that Keras 3 takes, N being rows × height × width. `val_loss` follows it.
"""

import json

import keras
import numpy as np
import tensorflow as tf
import tf_keras

from vgg_net import CLASSES, HEAD_LAYERS, INPUT, SEED, TRUNK, VGG_LAYERS, build, named_weights

ROWS, VALIDATION_ROWS, BATCH, EPOCHS, STEPS = 60, 20, 8, 3, 24
# Absolute. Keras with one thread and with two differs by less than 1e-6 in all cases.
TOLERANCES = {"step_losses": 1e-5, "history": 1e-5, "weights": 1e-5, "predictions": 1e-5}

ADAM = {"Adam": {"learning_rate": 1e-3}}
SGD = {"SGD": {"learning_rate": 0.01}}
MOMENTUM = {"SGD": {"learning_rate": 0.01, "momentum": 0.9}}
GENTLE_MOMENTUM = {"SGD": {"learning_rate": 0.002, "momentum": 0.9}}
NESTEROV = {"SGD": {"learning_rate": 0.01, "momentum": 0.9, "nesterov": True}}
CATEGORICAL, SPARSE = "categorical_crossentropy", "sparse_categorical_crossentropy"

# name → optimizer, loss, frozen layers
CASES = {
    "adam": (ADAM, CATEGORICAL, TRUNK),
    "sgd": (SGD, CATEGORICAL, TRUNK),
    "sgd-momentum": (MOMENTUM, CATEGORICAL, TRUNK),
    "sgd-nesterov": (NESTEROV, CATEGORICAL, TRUNK),
    "adam-sparse": (ADAM, SPARSE, TRUNK),
    "adam-all-trainable": (ADAM, CATEGORICAL, []),
    "sgd-momentum-all-trainable": (GENTLE_MOMENTUM, SPARSE, []),
    "adam-frozen-batch-normalization": (ADAM, CATEGORICAL, [*TRUNK, "batch_normalization"]),
}


def write(folder):
    data = make_data()
    (folder / "data").mkdir(parents=True)
    for name, values in data.items():
        np.save(folder / "data" / f"{name}.npy", values)
    for library, module in (("tf_keras", tf_keras), ("keras3", keras)):
        for name, (optimizer, loss, frozen) in CASES.items():
            one_case(folder / f"{library}-{name}", module, optimizer, loss, frozen, data)


def make_data():
    """Each class is a coarse colour pattern under noise: learnable, but not to the end in three epochs."""
    random = np.random.default_rng(SEED + 2)
    coarse = random.normal(0.0, 1.0, (CLASSES, INPUT[0] // 4, INPUT[1] // 4, INPUT[2]))
    patterns = coarse.repeat(4, axis=1).repeat(4, axis=2)
    data = {}
    for part, rows in (("train", ROWS), ("validation", VALIDATION_ROWS)):
        labels = random.integers(0, CLASSES, rows)
        noise = random.normal(0.0, 1.0, (rows, *INPUT))
        data[f"{part}.x"] = (patterns[labels] + noise).astype(np.float32)
        data[f"{part}.y"] = labels.astype(np.int32)
        data[f"{part}.y_categorical"] = np.eye(CLASSES, dtype=np.float32)[labels]
    return data


def compiled(module, optimizer, loss, frozen):
    model = build(module, VGG_LAYERS + HEAD_LAYERS)
    for name in frozen:
        model.get_layer(name).trainable = False
    (rule, settings), = optimizer.items()
    model.compile(getattr(module.optimizers, rule)(**settings), loss=loss, metrics=["accuracy"])
    return model


def one_case(folder, module, optimizer, loss, frozen, data):
    folder.mkdir()
    labels = "y" if loss == SPARSE else "y_categorical"
    x, y = data["train.x"], data[f"train.{labels}"]
    validation = data["validation.x"], data[f"validation.{labels}"]

    model = compiled(module, optimizer, loss, frozen)
    for name, values in named_weights(model).items():
        np.save(folder / f"{name}.npy", values)
    fitted = model.fit(x, y, batch_size=BATCH, epochs=EPOCHS, shuffle=False, verbose=0,
                       validation_data=validation, validation_batch_size=BATCH)
    final = named_weights(model)
    for name, values in final.items():
        np.save(folder / f"final.{name}.npy", values)
    evaluated = model.evaluate(*validation, batch_size=BATCH, verbose=0, return_dict=True)
    np.save(folder / "final.predictions.npy", model.predict(validation[0], verbose=0))

    losses, output_kernels = step_by_step(compiled(module, optimizer, loss, frozen), x, y, final)
    np.save(folder / "steps.dense_1.kernel.npy", output_kernels)
    case = {
        "library": module.__name__,
        "versions": {"tensorflow": tf.__version__, module.__name__: module.__version__},
        "seed": SEED,
        "threads": 1,
        "input_shape": list(INPUT),
        "layers": VGG_LAYERS + HEAD_LAYERS,
        "frozen": frozen,
        "trainable_weights": [n for n in final if n.split(".")[0] not in frozen and "moving" not in n],
        "optimizer": optimizer,
        "loss": loss,
        "metrics": ["accuracy"],
        "batch_size": BATCH,
        "epochs": EPOCHS,
        "steps": STEPS,
        "shuffle": False,
        "data": {"x": "../data/train.x.npy", "y": f"../data/train.{labels}.npy",
                 "validation_x": "../data/validation.x.npy",
                 "validation_y": f"../data/validation.{labels}.npy"},
        "step_losses": losses,
        "history": {key: [float(v) for v in values] for key, values in fitted.history.items()},
        "validation": {"loss": float(evaluated["loss"]), "accuracy": float(evaluated["accuracy"])},
        "tolerances": TOLERANCES,
    }
    (folder / "case.json").write_text(json.dumps(case, indent=1) + "\n")


def step_by_step(model, x, y, final):
    """The loss of each batch before its update, and the output layer's kernel after it."""
    losses, kernels = [], []
    for _ in range(EPOCHS):
        for start in range(0, ROWS, BATCH):
            model.reset_metrics()
            batch = slice(start, start + BATCH)
            losses.append(float(model.train_on_batch(x[batch], y[batch], return_dict=True)["loss"]))
            kernels.append(named_weights(model)["dense_1.kernel"])
    if len(losses) != STEPS:
        raise SystemExit(f"{len(losses)} steps, expected {STEPS}")
    for name, values in named_weights(model).items():
        np.testing.assert_allclose(values, final[name], rtol=0, atol=1e-6, err_msg=name)
    return losses, np.stack(kernels)

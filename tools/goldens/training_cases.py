"""What the goldens of training cover: nets, data and one entry a case, in the words of recipes.

A case names a net, an optimizer, a loss and whatever it is about; all else is the default of
`case`. `keras3` or `tf_keras` alone stands where the other has no such thing or does it in
another way, and then `why` says so.
"""

import re

FROM = ("keras3", "tf_keras")
ROWS, VALIDATION_ROWS, BATCH, EPOCHS = 34, 12, 6, 4  # six steps an epoch, the last with four rows
IMAGE = [6, 6, 2]

CONV = {"Conv2D": {"name": "conv", "filters": 3, "kernel_size": [3, 3], "padding": "same",
                   "activation": "relu"}}
POOL = {"MaxPooling2D": {"name": "pool", "pool_size": [2, 2]}}
FLAT = {"Flatten": {"name": "flatten"}}
NORM = {"BatchNormalization": {"name": "norm", "momentum": 0.9}}


def dense(units, activation, name="out", **settings):
    return {"Dense": {"name": name, "units": units, "activation": activation, **settings}}


HIDDEN = dense(4, "tanh", "hidden")
SOFT = dense(3, "softmax")
# name → layers one after the other; `two` ends in both its last layers
NETS = {
    "small": [CONV, POOL, FLAT, HIDDEN, dense(3, "softmax")],
    "logits": [CONV, POOL, FLAT, HIDDEN, dense(3, "linear")],
    "binary": [CONV, POOL, FLAT, HIDDEN, dense(1, "sigmoid")],
    "number": [CONV, POOL, FLAT, HIDDEN, dense(1, "linear")],
    "numbers": [CONV, POOL, FLAT, HIDDEN, dense(2, "linear")],
    "positive": [CONV, POOL, FLAT, HIDDEN, dense(2, "softplus")],
    "many": [CONV, POOL, FLAT, HIDDEN, dense(3, "sigmoid")],
    "norm": [CONV, NORM, POOL, FLAT, dense(3, "softmax")],
    "norm-flat": [FLAT, HIDDEN, {"BatchNormalization": {"name": "norm", "momentum": 0.8,
                                                        "epsilon": 1e-2}}, SOFT],
    "flat": [FLAT, dense(20, "tanh", "hidden"), SOFT],
    "reshaped": [CONV, POOL, FLAT, HIDDEN, SOFT, {"Reshape": {"name": "as", "target_shape": [3]}}],
    "reshaped-many": [CONV, POOL, FLAT, HIDDEN, dense(3, "sigmoid"),
                      {"Reshape": {"name": "as", "target_shape": [3]}}],
    "activation": [CONV, POOL, FLAT, HIDDEN, dense(3, "linear"),
                   {"Activation": {"name": "soft", "activation": "softmax"}}],
    "softmax-layer": [CONV, POOL, FLAT, HIDDEN, dense(3, "linear"), {"Softmax": {"name": "soft"}}],
    "steps": [dense(4, "tanh", "hidden"), dense(3, "softmax")],
    "two": [CONV, POOL, FLAT, HIDDEN, dense(3, "softmax", "kind"), dense(1, "linear", "size")],
    "steps-logits": [dense(4, "tanh", "hidden"), dense(3, "linear")],
    "directions": [CONV, POOL, FLAT, dense(4, "linear", "hidden"),
                   {"UnitNormalization": {"name": "unit"}}],
}
INPUTS = {"steps": [5, 3], "steps-logits": [5, 3]}
X = {"steps": "x_steps", "steps-logits": "x_steps"}  # the data a net takes where they are not the pictures

SGD = {"SGD": {"learning_rate": 0.05}}
CASES = {}


def case(name, net="small", optimizer=SGD, loss="sparse_categorical_crossentropy", y="class",
         libraries=FROM, **more):
    assert name not in CASES, name
    CASES[name] = {"net": net, "optimizer": optimizer, "loss": loss, "y": y,
                   "libraries": list(libraries), **more}


def optimizer(name, rule, settings, libraries=FROM, **more):
    case("optimizer-" + name, optimizer={rule: settings}, libraries=libraries, **more)


optimizer("sgd", "SGD", {"learning_rate": 0.05})
optimizer("momentum", "SGD", {"learning_rate": 0.02, "momentum": 0.9})
optimizer("nesterov", "SGD", {"learning_rate": 0.02, "momentum": 0.9, "nesterov": True})
optimizer("adagrad", "Adagrad", {"learning_rate": 0.05})
optimizer("adagrad-from-zero", "Adagrad",
          {"learning_rate": 0.02, "initial_accumulator_value": 0.0, "epsilon": 1e-3})
optimizer("adadelta", "Adadelta", {"learning_rate": 1.0})
optimizer("adadelta-rho", "Adadelta", {"learning_rate": 0.5, "rho": 0.8, "epsilon": 1e-4})
optimizer("rmsprop", "RMSprop", {"learning_rate": 0.005})
optimizer("rmsprop-momentum", "RMSprop", {"learning_rate": 0.002, "rho": 0.8, "momentum": 0.5})
optimizer("rmsprop-centered", "RMSprop",
          {"learning_rate": 0.002, "momentum": 0.3, "centered": True, "epsilon": 1e-4})
optimizer("adam", "Adam", {"learning_rate": 0.01})
optimizer("adam-betas", "Adam",
          {"learning_rate": 0.01, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-3})
optimizer("amsgrad", "Adam", {"learning_rate": 0.01, "amsgrad": True})
optimizer("adamw", "AdamW", {"learning_rate": 0.01, "weight_decay": 0.05})
optimizer("amsgrad-clipvalue", "Adam",
          {"learning_rate": 0.01, "amsgrad": True, "clipvalue": 0.02, "weight_decay": 0.01})
optimizer("adamw-defaults", "AdamW", {})
optimizer("adamw-schedule", "AdamW",
          {"learning_rate": {"ExponentialDecay": {"initial_learning_rate": 0.02, "decay_steps": 4,
                                                  "decay_rate": 0.5}}, "weight_decay": 0.1})
optimizer("adamax", "Adamax", {"learning_rate": 0.007})
optimizer("adamax-betas", "Adamax",
          {"learning_rate": 0.005, "beta_1": 0.7, "beta_2": 0.9, "epsilon": 1e-3})
optimizer("nadam", "Nadam", {"learning_rate": 0.01}, eager=["tf_keras"],
          why="compiled, tf_keras 2.18 multiplies its running product once for each weight")
optimizer("nadam-betas", "Nadam",
          {"learning_rate": 0.01, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-3,
           "clipnorm": 0.3}, eager=["tf_keras"], why="as nadam")
optimizer("ftrl", "Ftrl", {"learning_rate": 0.1})
optimizer("ftrl-penalties", "Ftrl",
          {"learning_rate": 0.1, "learning_rate_power": -0.6, "initial_accumulator_value": 0.2,
           "l1_regularization_strength": 0.01, "l2_regularization_strength": 0.02,
           "l2_shrinkage_regularization_strength": 0.01, "beta": 0.1})
optimizer("lion", "Lion", {"learning_rate": 0.003})
optimizer("lion-betas", "Lion",
          {"learning_rate": 0.002, "beta_1": 0.7, "beta_2": 0.9, "weight_decay": 0.1})
optimizer("rmsprop-plain-centered", "RMSprop",
          {"learning_rate": 0.002, "centered": True, "epsilon": 1e-3, "global_clipnorm": 0.2})
optimizer("adafactor", "Adafactor", {"learning_rate": 0.05}, ["keras3"],
          why="tf_keras makes the column sums of a convolution in another shape")
optimizer("adafactor-flat", "Adafactor", {"learning_rate": 0.02}, net="flat")
optimizer("adafactor-settings", "Adafactor",
          {"learning_rate": 0.3, "beta_2_decay": -0.6, "epsilon_1": 1e-6, "epsilon_2": 0.1,
           "clip_threshold": 0.5, "relative_step": False}, net="flat")
three = {"libraries": ["keras3"], "why": "tf_keras has none"}
optimizer("lamb", "Lamb", {"learning_rate": 0.02}, **three)
optimizer("lamb-settings", "Lamb", {"learning_rate": 0.01, "beta_1": 0.8, "beta_2": 0.95,
                                    "epsilon": 1e-3, "weight_decay": 0.05, "clipnorm": 0.3},
          **three)
three |= {"eager": ["keras3"],
          "why": "tf_keras has none; compiled, Keras 3.15 loses the copy of the weights"}
optimizer("schedule-free", "ScheduleFreeAdamW", {"learning_rate": 0.01}, **three)
optimizer("schedule-free-warmup", "ScheduleFreeAdamW",
          {"learning_rate": 0.02, "warmup_steps": 8, "beta_1": 0.8, "weight_decay": 0.02}, **three)
for short in ("sgd", "adagrad", "adadelta", "rmsprop", "adam", "adamax", "ftrl"):
    case("optimizer-by-name-" + short, optimizer=short, epochs=2)
case("optimizer-by-name-nadam", optimizer="nadam", epochs=2, eager=["tf_keras"], why="as nadam")
case("optimizer-by-name-adamw", optimizer="adamw", epochs=2)
case("optimizer-by-name-lion", optimizer="lion", epochs=2, libraries=["keras3"],
     why="tf_keras does not know the name")
case("optimizer-by-name-adafactor", "flat", optimizer="adafactor", epochs=2,
     libraries=["keras3"], why="as by-name-lion")
case("optimizer-each-layer", optimizer=SGD, learning_rates={"conv": 0.005, "hid*": 0.2},
     libraries=["keras3"], why="tf_keras has no such optimizer")
case("optimizer-each-layer-adam", optimizer={"Adam": {"learning_rate": 0.01}},
     learning_rates={"conv": 0.001}, libraries=["keras3"], why="as each-layer")
optimizer("clipnorm", "SGD", {"learning_rate": 0.1, "clipnorm": 0.05})
optimizer("clipvalue", "SGD", {"learning_rate": 0.1, "clipvalue": 0.01})
optimizer("global-clipnorm", "Adam", {"learning_rate": 0.01, "global_clipnorm": 0.1})
optimizer("weight-decay", "SGD", {"learning_rate": 0.05, "momentum": 0.9, "weight_decay": 0.1})
optimizer("ema", "SGD", {"learning_rate": 0.05, "use_ema": True, "ema_momentum": 0.8})
optimizer("ema-adam", "Adam", {"learning_rate": 0.01, "use_ema": True, "ema_momentum": 0.9,
                               "ema_overwrite_frequency": 7})
optimizer("ema-overwrite", "SGD",
          {"learning_rate": 0.05, "use_ema": True, "ema_momentum": 0.8,
           "ema_overwrite_frequency": 5})
optimizer("accumulate", "Adam", {"learning_rate": 0.01, "gradient_accumulation_steps": 3},
          ["keras3"], why="tf_keras has none")
optimizer("accumulate-ema", "SGD",
          {"learning_rate": 0.05, "gradient_accumulation_steps": 2, "use_ema": True,
           "ema_momentum": 0.7, "ema_overwrite_frequency": 3, "clipnorm": 0.5}, ["keras3"],
          why="tf_keras has none")
optimizer("loss-scale", "SGD", {"learning_rate": 0.05, "loss_scale_factor": 8.0}, ["keras3"],
          why="tf_keras has none")


def legacy(name, rule, settings):
    optimizer("legacy-" + name, rule, {**settings, "is_legacy_optimizer": True}, ["tf_keras"],
              why="Keras 3 has none of the optimizers of TensorFlow 2.10 and before")


legacy("decay", "SGD", {"lr": 0.1, "decay": 0.1, "momentum": 0.5})
legacy("nesterov", "SGD", {"learning_rate": 0.02, "momentum": 0.9, "nesterov": True})
legacy("adam", "Adam", {"lr": 0.01, "decay": 0.05, "clipnorm": 0.2})
legacy("amsgrad", "Adam", {"lr": 0.01, "amsgrad": True, "clipvalue": 0.05})
legacy("adagrad", "Adagrad", {"learning_rate": 0.05, "epsilon": 1e-2})
legacy("adadelta", "Adadelta", {"lr": 1.0, "rho": 0.9, "decay": 0.1})
legacy("adamax", "Adamax", {"learning_rate": 0.007})
legacy("nadam", "Nadam", {"learning_rate": 0.01})
legacy("nadam-decay", "Nadam", {"learning_rate": 0.01, "schedule_decay": 0.1})
legacy("rmsprop", "RMSprop", {"learning_rate": 0.005, "epsilon": 1e-2})
legacy("rmsprop-centered", "RMSprop",
       {"learning_rate": 0.003, "centered": True, "epsilon": 1e-2, "global_clipnorm": 0.5})
legacy("rmsprop-momentum", "RMSprop",
       {"learning_rate": 0.002, "momentum": 0.5, "epsilon": 1e-2, "decay": 0.02})
legacy("ftrl", "Ftrl", {"learning_rate": 0.1, "beta": 0.1, "l1_regularization_strength": 0.01})


def schedule(name, rule, settings, **more):
    case("schedule-" + name,
         optimizer={"SGD": {"learning_rate": {rule: settings}, "momentum": 0.5}}, **more)


schedule("exponential", "ExponentialDecay",
         {"initial_learning_rate": 0.1, "decay_steps": 5, "decay_rate": 0.6})
schedule("exponential-stairs", "ExponentialDecay",
         {"initial_learning_rate": 0.1, "decay_steps": 5, "decay_rate": 0.6, "staircase": True})
schedule("inverse-time", "InverseTimeDecay",
         {"initial_learning_rate": 0.1, "decay_steps": 4, "decay_rate": 0.5})
schedule("inverse-time-stairs", "InverseTimeDecay",
         {"initial_learning_rate": 0.1, "decay_steps": 4, "decay_rate": 0.5, "staircase": True})
schedule("polynomial", "PolynomialDecay",
         {"initial_learning_rate": 0.1, "decay_steps": 16, "end_learning_rate": 0.01,
          "power": 2.0})
schedule("polynomial-cycle", "PolynomialDecay",
         {"initial_learning_rate": 0.1, "decay_steps": 8, "end_learning_rate": 0.01,
          "cycle": True})  # 8: Keras 3 compiles the division to one that is not exact
schedule("piecewise", "PiecewiseConstantDecay",
         {"boundaries": [5, 11, 17], "values": [0.1, 0.05, 0.02, 0.005]})
schedule("cosine", "CosineDecay",
         {"initial_learning_rate": 0.1, "decay_steps": 18, "alpha": 0.1})
schedule("cosine-warmup", "CosineDecay",
         {"initial_learning_rate": 0.01, "decay_steps": 14, "warmup_target": 0.1,
          "warmup_steps": 6})
schedule("cosine-restarts", "CosineDecayRestarts",
         {"initial_learning_rate": 0.1, "first_decay_steps": 4, "t_mul": 2.0, "m_mul": 0.8,
          "alpha": 0.05})
schedule("cosine-restarts-even", "CosineDecayRestarts",
         {"initial_learning_rate": 0.1, "first_decay_steps": 6, "t_mul": 1.0})


schedule("cyclical", "CyclicalLearningRate",
         {"initial_learning_rate": 0.02, "maximal_learning_rate": 0.12, "step_size": 4})
schedule("cyclical-halving", "CyclicalLearningRate",
         {"initial_learning_rate": 0.02, "maximal_learning_rate": 0.12, "step_size": 3,
          "mode": "triangular2"})
schedule("cyclical-fading", "CyclicalLearningRate",
         {"initial_learning_rate": 0.02, "maximal_learning_rate": 0.12, "step_size": 4,
          "mode": "exp_range", "gamma": 0.95})
schedule("one-cycle", "OneCycle", {"max_rate": 0.15})
schedule("one-cycle-end", "OneCycle", {"max_rate": 0.15, "final_div": 10})


def loss(name, net, value, y, libraries=FROM, **more):
    case("loss-" + name, net, loss=value, y=y, libraries=libraries, **more)


loss("categorical", "small", "categorical_crossentropy", "one_hot")
loss("categorical-logits", "logits", {"CategoricalCrossentropy": {"from_logits": True}}, "one_hot")
loss("categorical-smoothing", "small", {"CategoricalCrossentropy": {"label_smoothing": 0.2}},
     "one_hot")
loss("categorical-probabilities", "many", "categorical_crossentropy", "one_hot")
loss("sparse-logits", "logits", {"SparseCategoricalCrossentropy": {"from_logits": True}}, "class")
loss("sparse-probabilities", "many", "sparse_categorical_crossentropy", "class")
loss("sparse-ignore", "small", {"SparseCategoricalCrossentropy": {"ignore_class": 1}}, "class")
loss("sparse-steps", "steps", "sparse_categorical_crossentropy", "class_steps")
loss("binary", "binary", "binary_crossentropy", "yes")
loss("binary-logits", "number", {"BinaryCrossentropy": {"from_logits": True}}, "yes")
loss("binary-smoothing", "binary", {"BinaryCrossentropy": {"label_smoothing": 0.2}}, "yes")
loss("binary-probabilities", "small", "binary_crossentropy", "labels")
loss("binary-clipped", "reshaped-many", "binary_crossentropy", "labels")
loss("categorical-clipped", "reshaped", "categorical_crossentropy", "one_hot")
loss("sparse-clipped", "reshaped", "sparse_categorical_crossentropy", "class")
loss("focal-clipped", "reshaped-many", "binary_focal_crossentropy", "labels")
loss("sparse-activation", "activation", "sparse_categorical_crossentropy", "class")
loss("categorical-softmax-layer", "softmax-layer", "categorical_crossentropy", "one_hot")
loss("binary-many", "many", "binary_crossentropy", "labels")
loss("focal", "small", "categorical_focal_crossentropy", "one_hot")
loss("focal-logits", "logits",
     {"CategoricalFocalCrossentropy": {"from_logits": True, "gamma": 1.5, "alpha": 0.4,
                                       "label_smoothing": 0.1}}, "one_hot")
loss("binary-focal", "many", "binary_focal_crossentropy", "labels")
loss("binary-focal-balanced", "many",
     {"BinaryFocalCrossentropy": {"apply_class_balancing": True, "gamma": 3.0, "alpha": 0.3,
                                  "label_smoothing": 0.1}}, "labels")
for short in ("mse", "mae", "mape", "msle", "log_cosh", "cosine_similarity", "huber"):
    loss(short, "numbers", short, "numbers")
loss("huber-delta", "numbers", {"Huber": {"delta": 0.3}}, "numbers")
loss("ctc", "steps-logits", "ctc", "path", ["keras3"], why="tf_keras has none")
loss("ctc-sum", "steps-logits", {"CTC": {"reduction": "sum"}}, "path", ["keras3"], why="as ctc")
loss("circle", "directions", {"Circle": {"gamma": 6.0, "margin": 0.25}}, "class", ["keras3"],
     why="tf_keras has none")
loss("circle-diagonal", "directions",
     {"Circle": {"gamma": 4.0, "margin": 0.4, "remove_diagonal": False}}, "class", ["keras3"],
     why="tf_keras has none")
loss("circle-defaults", "directions", "circle", "class", ["keras3"],
     optimizer={"SGD": {"learning_rate": 1e-4}}, why="tf_keras has none")
loss("mse-one", "number", "mean_squared_error", "number")
loss("poisson", "positive", "poisson", "counts")
loss("kl-divergence", "small", "kl_divergence", "shares")
loss("hinge", "number", "hinge", "yes")
loss("hinge-signs", "number", "hinge", "sign")
loss("squared-hinge", "number", "squared_hinge", "yes")
loss("categorical-hinge", "logits", "categorical_hinge", "one_hot")
for cls in ("MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredLogarithmicError",
            "LogCosh", "CosineSimilarity"):
    loss("class-" + cls, "numbers", {cls: {}}, "numbers", epochs=2)
for cls, net, y in (("Poisson", "positive", "counts"), ("KLDivergence", "small", "shares"),
                    ("Hinge", "number", "yes"), ("SquaredHinge", "number", "sign"),
                    ("CategoricalHinge", "logits", "one_hot")):
    loss("class-" + cls, net, {cls: {}}, y, epochs=2)
loss("dice", "many", "dice", "labels", ["keras3"], why="tf_keras has none")
loss("tversky-axis", "many", {"Tversky": {"alpha": 0.3, "beta": 0.7, "axis": [1]}}, "labels",
     ["keras3"], why="tf_keras has none")
loss("generalized", "small", {"CategoricalGeneralizedCrossEntropy": {"q": 0.6}}, "class_flat",
     ["keras3"], why="tf_keras has none")
loss("sum", "numbers", {"MeanSquaredError": {"reduction": "sum"}}, "numbers",
     optimizer={"SGD": {"learning_rate": 0.01}})
loss("weighted-mean", "small",
     {"SparseCategoricalCrossentropy": {"reduction": "mean_with_sample_weight"}}, "class",
     ["keras3"], weight="weight", why="tf_keras has none")

case("weight-classes", class_weight={"0": 0.5, "1": 2.0, "2": 1.25}, weighted_metrics=["accuracy"])
case("weight-classes-all-one-hot", loss="categorical_crossentropy", y="one_hot",
     class_weight={"0": 0.5, "1": 0.75, "2": 3.0}, weighted_metrics=["accuracy", "AUC"],
     libraries=["keras3"], why="the other one is next; they log AUC under two names")
case("weight-classes-every-one-hot", loss="categorical_crossentropy", y="one_hot",
     class_weight={"0": 0.5, "1": 0.75, "2": 3.0}, weighted_metrics=["accuracy"])
case("weight-classes-binary", "binary", loss="binary_crossentropy", y="yes",
     class_weight={"0": 0.4, "1": 2.5}, weighted_metrics=["accuracy", {"Precision": {"name": "p"}}])
case("weight-samples-sum", loss={"SparseCategoricalCrossentropy": {"reduction": "sum"}},
     weight="weight", optimizer={"SGD": {"learning_rate": 0.01}})
case("weight-samples-many", "many", loss="binary_crossentropy", y="labels", weight="weight",
     weighted_metrics=["binary_accuracy", {"Recall": {"name": "r"}},
                       {"F1Score": {"name": "f1", "average": "macro", "threshold": 0.5}}],
     libraries=["keras3"], why="the F1 score of tf_keras takes no weights")
case("weight-samples-metrics", "numbers", loss="mse", y="numbers", weight="weight",
     weighted_metrics=[{"RootMeanSquaredError": {"name": "rmse"}}, {"R2Score": {"name": "r2"}},
                       {"CosineSimilarity": {"name": "cos"}}, "mape"], metrics=["mse"])
case("weight-classes-one-hot", loss="categorical_crossentropy", y="one_hot",
     class_weight={"0": 0.5, "2": 3.0}, libraries=["keras3"],
     why="tf_keras wants a weight for every class")
case("weight-samples", weight="weight", metrics=["accuracy"],
     weighted_metrics=["sparse_categorical_accuracy"])
case("weight-samples-regression", "numbers", loss="mse", y="numbers", weight="weight",
     weighted_metrics=["mae"])
case("weight-steps", "steps", y="class_steps", weight="weight_steps",
     weighted_metrics=["sparse_categorical_accuracy"])
case("weight-samples-steps", "steps", y="class_steps", weight="weight", libraries=["tf_keras"],
     why="Keras 3 refuses one weight an example where there is a loss a step")
case("outputs", "two", loss={"kind": "sparse_categorical_crossentropy", "size": "mse"},
     y={"kind": "class", "size": "number"}, loss_weights={"kind": 1.0, "size": 0.3},
     metrics={"kind": ["accuracy"], "size": ["mae"]})
case("outputs-weighted", "two", loss={"kind": "sparse_categorical_crossentropy", "size": "mae"},
     y={"kind": "class", "size": "number"}, weight={"kind": "weight", "size": "weight_2"},
     weighted_metrics={"kind": ["accuracy"], "size": ["mse"]})
case("outputs-adam", "two", loss={"kind": "sparse_categorical_crossentropy", "size": "huber"},
     y={"kind": "class", "size": "number"}, loss_weights={"kind": 0.2, "size": 2.0},
     optimizer={"Adam": {"learning_rate": 0.01}}, frozen=["conv"],
     metrics={"kind": ["accuracy", "sparse_categorical_crossentropy"], "size": ["mse", "mae"]})


def changed(net, layer, **settings):
    """The net with more settings for one layer."""
    return [{cls: {**config, **settings} if config["name"] == layer else config}
            for entry in NETS[net] for cls, config in entry.items()]


def regular(name, layer, setting, value, frozen=(), **more):
    NETS[name] = changed("small", layer, **{setting: value})
    case(name, name, frozen=list(frozen), **more)


def keras(cls, **config):
    return {"class_name": cls, "config": config}


regular("regularizer-l1", "hidden", "kernel_regularizer", keras("L1", l1=0.01))
regular("regularizer-l2", "conv", "kernel_regularizer", keras("L2", l2=0.02))
regular("regularizer-l1l2", "hidden", "kernel_regularizer", keras("L1L2", l1=0.005, l2=0.01))
regular("regularizer-bias", "out", "bias_regularizer", keras("L2", l2=0.1))
regular("regularizer-orthogonal", "hidden", "kernel_regularizer",
        keras("OrthogonalRegularizer", factor=0.02, mode="rows"))
regular("regularizer-activity", "hidden", "activity_regularizer", keras("L2", l2=0.05))
regular("regularizer-frozen", "conv", "kernel_regularizer", keras("L2", l2=0.1), ["conv"])
regular("regularizer-activity-l1", "conv", "activity_regularizer", keras("L1", l1=0.01))
regular("regularizer-activity-l1l2", "out", "activity_regularizer", keras("L1L2", l1=0.01, l2=0.1))
regular("regularizer-columns", "hidden", "kernel_regularizer",
        keras("OrthogonalRegularizer", factor=0.02, mode="columns"))
NETS["regularizer-layer"] = [CONV, POOL, FLAT, HIDDEN,
                             {"ActivityRegularization": {"name": "act", "l1": 0.01, "l2": 0.02}},
                             SOFT]
case("regularizer-layer", "regularizer-layer")
regular("constraint-radial", "conv", "kernel_constraint", keras("RadialConstraint"),
        libraries=["tf_keras"], eager=["tf_keras"], why="Keras 3 has none")
regular("constraint-bias", "hidden", "bias_constraint", keras("MaxNorm", max_value=0.3, axis=0),
        optimizer={"Adam": {"learning_rate": 0.01}})
regular("regularizer-frozen-activity", "conv", "activity_regularizer", keras("L2", l2=0.05),
        ["conv"])
regular("constraint-max-norm", "hidden", "kernel_constraint",
        keras("MaxNorm", max_value=0.5, axis=0), optimizer={"SGD": {"learning_rate": 0.2}})
regular("constraint-max-norm-conv", "conv", "kernel_constraint",
        keras("MaxNorm", max_value=0.6, axis=[0, 1, 2]))
regular("constraint-non-neg", "hidden", "kernel_constraint", keras("NonNeg"))
regular("constraint-unit-norm", "out", "kernel_constraint", keras("UnitNorm", axis=0))
regular("constraint-min-max-norm", "hidden", "kernel_constraint",
        keras("MinMaxNorm", min_value=0.5, max_value=0.8, rate=0.5, axis=0))
case("frozen-none", "norm")
case("frozen-none-flat", "norm-flat")
case("frozen-norm-flat", "norm-flat", frozen=["norm"])
case("frozen-all-but-norm", "norm", frozen=["conv", "out"])
case("frozen-last", frozen=["out"])
case("frozen-first", frozen=["conv"])
case("frozen-all-but-last", frozen=["conv", "hidden"])
case("frozen-middle", frozen=["hidden"], optimizer={"Adam": {"learning_rate": 0.01}})
case("frozen-norm", "norm", frozen=["norm"])
case("frozen-trunk", "norm", frozen=["conv", "norm"], optimizer={"RMSprop": {"learning_rate": 0.01}})

case("fit-steps", steps_per_epoch=2, epochs=7)
case("fit-one-batch", batch_size=34, epochs=8)
case("fit-single", batch_size=1, epochs=1, metrics=["accuracy"])
case("fit-initial-epoch", initial_epoch=2, epochs=5)
case("fit-validation-freq", validation_freq=2, metrics=["accuracy"])
case("fit-validation-epochs", validation_freq=[1, 4])
case("fit-validation-steps", validation_steps=1, validation_batch_size=5,
     metrics=["accuracy"])


def callback(name, entries, **more):
    case("callback-" + name, callbacks=entries, **more)


QUICK = {"SGD": {"learning_rate": 1.2}}
callback("early-stopping", [{"EarlyStopping": {"monitor": "val_loss", "patience": 1}}],
         optimizer=QUICK, epochs=8)
callback("early-stopping-restore",
         [{"EarlyStopping": {"monitor": "val_loss", "patience": 2, "restore_best_weights": True}}],
         optimizer=QUICK, epochs=8)
callback("early-stopping-baseline",
         [{"EarlyStopping": {"monitor": "val_accuracy", "mode": "max", "patience": 2,
                             "baseline": 0.9, "min_delta": 0.05}}],
         metrics=["accuracy"], epochs=8)
callback("early-stopping-start",
         [{"EarlyStopping": {"monitor": "loss", "min_delta": 10.0, "start_from_epoch": 2,
                             "patience": 1}}], epochs=8)
callback("plateau",
         [{"ReduceLROnPlateau": {"monitor": "val_loss", "factor": 0.4, "patience": 1,
                                 "min_delta": 0.02, "cooldown": 1, "min_lr": 0.1}}],
         optimizer=QUICK, epochs=8)
callback("plateau-accuracy",
         [{"ReduceLROnPlateau": {"monitor": "accuracy", "factor": 0.5, "patience": 1,
                                 "mode": "auto"}}], metrics=["accuracy"], epochs=6)
callback("scheduler-list", [{"LearningRateScheduler": {"schedule": [0.1, 0.05, 0.02, 0.01]}}])
callback("scheduler-expression",
         [{"LearningRateScheduler": {"schedule": "lr if epoch < 2 else lr * exp(-0.5)"}}])


callback("early-stopping-max",
         [{"EarlyStopping": {"monitor": "val_accuracy", "patience": 1, "mode": "auto",
                             "restore_best_weights": True, "min_delta": 0.2}}],
         metrics=["accuracy"], optimizer=QUICK, epochs=8)
callback("early-stopping-baseline-missed",
         [{"EarlyStopping": {"monitor": "val_loss", "patience": 2, "baseline": 0.01,
                             "restore_best_weights": True}}], epochs=8)
callback("plateau-max",
         [{"ReduceLROnPlateau": {"monitor": "val_accuracy", "factor": 0.2, "patience": 1,
                                 "mode": "max", "min_delta": 0.1, "min_lr": 0.01}}],
         metrics=["accuracy"], epochs=8)
callback("plateau-momentum",
         [{"ReduceLROnPlateau": {"monitor": "loss", "factor": 0.5, "patience": 1,
                                 "min_delta": 0.1}}],
         optimizer={"Adam": {"learning_rate": 0.02}}, epochs=6)
callback("scheduler-plateau",
         [{"LearningRateScheduler": {"schedule": "lr * 0.9"}},
          {"ReduceLROnPlateau": {"monitor": "val_loss", "factor": 0.5, "patience": 1,
                                 "min_delta": 0.05}}], epochs=6)
# The decisions of cases that hung on the last bits of a diverging net, on one that does not.
callback("early-stopping-never",
         [{"EarlyStopping": {"monitor": "loss", "patience": 9, "restore_best_weights": True}}],
         epochs=6)
callback("early-stopping-between",
         [{"EarlyStopping": {"monitor": "val_loss", "patience": 1, "min_delta": 0.2}}],
         validation_freq=2, epochs=8, libraries=["keras3"],
         why="tf_keras fails where the first epoch has no val_loss")
callback("checkpoint-best",
         [{"ModelCheckpoint": {"filepath": "best-{epoch}.keras", "save_best_only": True}}],
         optimizer={"SGD": {"learning_rate": 0.3}}, epochs=6)
callback("csv-rate",
         [{"LearningRateScheduler": {"schedule": [0.1, 1e-5, 0.02, 1.0]}},
          {"CSVLogger": {"filename": "log.csv", "separator": "\t", "append": True}}],
         libraries=["keras3"], why="tf_keras logs the rate as lr")
callback("csv-late", [{"CSVLogger": {"filename": "log.csv"}}], validation_freq=2,
         metrics=["accuracy"], libraries=["keras3"], why="as csv-gaps")
callback("csv", [{"CSVLogger": {"filename": "log.csv"}}], metrics=["accuracy"])
callback("csv-gaps", [{"CSVLogger": {"filename": "log.csv", "separator": ";"}}],
         validation_freq=[1, 3, 4], libraries=["keras3"],
         why="tf_keras fails where a log of the first epoch is missing in a later one")
callback("nan", ["TerminateOnNaN"], optimizer={"SGD": {"learning_rate": 1e19}}, ends="nan")
callback("checkpoint", [{"ModelCheckpoint": {"filepath": "{epoch:02d}-{val_loss:.2f}.keras"}}])
callback("checkpoint-best-max",
         [{"ModelCheckpoint": {"filepath": "best-{epoch:03d}-{val_accuracy:.3f}.keras",
                               "save_best_only": True, "monitor": "val_accuracy",
                               "mode": "max"}}],
         metrics=["accuracy"], optimizer={"SGD": {"learning_rate": 0.3}}, epochs=8)
callback("checkpoint-threshold",
         [{"ModelCheckpoint": {"filepath": "best-{epoch}.keras", "save_best_only": True,
                               "monitor": "loss", "mode": "min",
                               "initial_value_threshold": 0.8}}],
         optimizer={"SGD": {"learning_rate": 0.3}}, epochs=6)
callback("checkpoint-weights",
         [{"ModelCheckpoint": {"filepath": "{epoch}.weights.h5", "save_weights_only": True}}])
callback("checkpoint-steps",
         [{"ModelCheckpoint": {"filepath": "{epoch}-{batch:02d}.keras", "save_freq": 4}}])
callback("checkpoint-steps-best",
         [{"ModelCheckpoint": {"filepath": "{epoch}-{batch}-{loss:.1f}.keras", "save_freq": 5,
                               "save_best_only": True, "monitor": "loss"}}])
callback("checkpoint-period",
         [{"ModelCheckpoint": {"filepath": "{epoch}.h5", "period": 2}}], libraries=["tf_keras"],
         why="Keras 3 has no period")
callback("backup", [{"BackupAndRestore": {"backup_dir": "backup"}}],
         optimizer={"SGD": {"learning_rate": 0.05, "momentum": 0.9}}, ends="cut after 2")
callback("backup-adam", [{"BackupAndRestore": {"backup_dir": "backup",
                                               "delete_checkpoint": False}}],
         optimizer={"Adam": {"learning_rate": 0.01}}, ends="cut after 3")


def metrics(name, net, y, loss, entries, libraries=FROM, **more):
    case("metrics-" + name, net, loss=loss, y=y, metrics=entries, libraries=libraries, **more)


metrics("binary", "binary", "yes", "binary_crossentropy",
        ["accuracy", "AUC", {"Precision": {"name": "precision"}}, {"Recall": {"name": "recall"}},
         {"TruePositives": {"name": "tp"}}, {"TrueNegatives": {"name": "tn"}},
         {"FalsePositives": {"name": "fp"}}, {"FalseNegatives": {"name": "fn"}},
         {"BinaryAccuracy": {"name": "half", "threshold": 0.6}},
         {"AUC": {"name": "pr", "curve": "PR"}}, {"AUC": {"name": "few", "num_thresholds": 10}},
         {"SensitivityAtSpecificity": {"name": "sens", "specificity": 0.5}},
         {"SpecificityAtSensitivity": {"name": "spec", "sensitivity": 0.5}},
         {"PrecisionAtRecall": {"name": "par", "recall": 0.5}},
         {"RecallAtPrecision": {"name": "rap", "precision": 0.6}},
         {"BinaryIoU": {"name": "iou", "threshold": 0.4}}])
metrics("one-hot", "small", "one_hot", "categorical_crossentropy",
        ["accuracy", "categorical_accuracy", "categorical_crossentropy", {"KLDivergence": {"name": "kl"}},
         {"TopKCategoricalAccuracy": {"name": "top2", "k": 2}},
         {"Precision": {"name": "p1", "class_id": 1}}, {"Recall": {"name": "r_top", "top_k": 2}},
         {"F1Score": {"name": "f1", "average": "macro"}},
         {"F1Score": {"name": "f1w", "average": "weighted"}},
         {"FBetaScore": {"name": "fb", "average": "micro", "beta": 2.0, "threshold": 0.4}},
         {"OneHotMeanIoU": {"name": "miou", "num_classes": 3}},
         {"OneHotIoU": {"name": "oiou", "num_classes": 3, "target_class_ids": [0, 2]}},
         {"AUC": {"name": "auc_all"}}, "cosine_similarity", "categorical_hinge"])
metrics("sparse", "small", "class", "sparse_categorical_crossentropy",
        ["acc", "sparse_categorical_accuracy", "sparse_categorical_crossentropy",
         {"SparseTopKCategoricalAccuracy": {"name": "top2", "k": 2}},
         {"MeanIoU": {"name": "miou", "num_classes": 3, "sparse_y_pred": False}}])
metrics("many", "many", "labels", "binary_crossentropy",
        ["accuracy", "binary_accuracy", "AUC",
         {"AUC": {"name": "each", "multi_label": True, "num_labels": 3}},
         {"Precision": {"name": "precision", "thresholds": 0.4}},
         {"F1Score": {"name": "f1", "average": "macro", "threshold": 0.5}}])
metrics("numbers", "numbers", "numbers", "mse",
        ["mae", "mse", "mape", "msle", {"RootMeanSquaredError": {"name": "rmse"}},
         {"LogCoshError": {"name": "lc"}}, {"CosineSimilarity": {"name": "cos"}},
         {"MeanAbsoluteError": {"name": "err"}}, {"R2Score": {"name": "r2"}}])
metrics("correlation", "numbers", "numbers", "mse",
        [{"PearsonCorrelation": {"name": "r"}}, {"ConcordanceCorrelation": {"name": "ccc"}}],
        ["keras3"], why="tf_keras has none")
metrics("each-class", "small", "one_hot", "categorical_crossentropy",
        [{"F1Score": {}}, {"FBetaScore": {"name": "fb", "beta": 0.5, "threshold": 0.35}}])
metrics("relative", "numbers", "numbers", "mse",
        [{"MeanRelativeError": {"name": "mre", "normalizer": [0.5, 2.0]}},
         {"MeanRelativeError": {"name": "half", "normalizer": [0.0, 3.0]}}], ["tf_keras"],
        why="Keras 3 has none")
metrics("hinge", "number", "yes", "hinge", ["hinge", "squared_hinge"])
metrics("counts", "positive", "counts", "poisson", ["poisson"])

def snake(name):
    """A class name as Keras logs it; other names as they are."""
    if not re.fullmatch("[A-Z].*[a-z].*", name):
        return name
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


# Every name a metric has, as a string, where it fits.
REGRESSION = ["mse", "MSE", "mean_squared_error", "MeanSquaredError", "mae", "MAE",
              "mean_absolute_error", "MeanAbsoluteError", "mape", "MAPE",
              "mean_absolute_percentage_error", "MeanAbsolutePercentageError", "msle", "MSLE",
              "mean_squared_logarithmic_error", "MeanSquaredLogarithmicError",
              "RootMeanSquaredError", "CosineSimilarity", "LogCoshError", "R2Score"]
HINGES = ["hinge", "Hinge", "squared_hinge", "SquaredHinge", "poisson", "Poisson"]
ONE_HOT = ["acc", "accuracy", "categorical_accuracy", "CategoricalAccuracy",
           "categorical_crossentropy", "CategoricalCrossentropy", "TopKCategoricalAccuracy",
           "top_k_categorical_accuracy", "KLDivergence", "kl_divergence", "CategoricalHinge",
           "AUC", "Precision", "Recall"]
SPARSE = ["acc", "accuracy", "sparse_categorical_accuracy", "SparseCategoricalAccuracy",
          "sparse_categorical_crossentropy", "SparseCategoricalCrossentropy"]
BINARY = ["acc", "accuracy", "binary_accuracy", "BinaryAccuracy",
          "binary_crossentropy", "BinaryCrossentropy", "AUC", "Precision", "Recall",
          "TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives", "BinaryIoU"]
NAMES = [("numbers", "numbers", "numbers", "mse", REGRESSION,
          ["mean_squared_error", "root_mean_squared_error", "log_cosh_error", "r2_score",
           "pearson_correlation", "concordance_correlation", "PearsonCorrelation",
           "ConcordanceCorrelation"],
          ["log_cosh", "cosine_similarity"]),
         ("hinges", "positive", "counts", "poisson", HINGES, [], []),
         ("one-hot", "small", "one_hot", "categorical_crossentropy", ONE_HOT,
          ["auc", "categorical_hinge", "precision", "recall"], ["ce", "crossentropy", "kld", "KLD", "kullback_leibler_divergence"]),
         ("sparse", "small", "class", "sparse_categorical_crossentropy", SPARSE, [],
          ["ce", "crossentropy"]),
         ("binary", "binary", "yes", "binary_crossentropy", BINARY,
          ["bce", "BCE", "true_positives", "true_negatives", "false_positives", "false_negatives",
           "auc", "precision", "recall"], ["ce", "crossentropy"])]
for name, net, y, value, common, three, two in NAMES:
    for library, more in (("keras3", three), ("tf_keras", two)):
        entries = common + more
        if library == "tf_keras":  # where a class is logged under its usual name
            entries = [n for n in entries if snake(n) == n or snake(n) not in entries]
        if (name, library) == ("one-hot", "tf_keras"):
            continue  # it fails over the names that the other libraries know
        metrics(f"names-{name}-{library}", net, y, value, entries, [library], epochs=1,
                why="each library has its own names")


def layers(name, entries, x=None, shape=None, **more):
    """A case about the gradients of layers: `entries` and a softmax on top, trained with Adam."""
    net = "layers-" + name
    NETS[net] = [*entries, FLAT, SOFT]
    if x:
        X[net], INPUTS[net] = x, shape
    case(net, net, optimizer={"Adam": {"learning_rate": 0.005}}, **more)


def layer(cls, **config):
    return {cls: {"name": config.pop("name", "layer"), **config}}


def inner(cls, **config):
    return {"class_name": cls, "config": {"name": "inner", **config}}


ROW = {"Reshape": {"name": "row", "target_shape": [12, 6]}}
CUBE = {"Reshape": {"name": "cube", "target_shape": [4, 3, 3, 2]}}
layers("conv1d", [ROW, layer("Conv1D", filters=3, kernel_size=3, strides=2, activation="relu")])
layers("conv1d-causal", [ROW, layer("Conv1D", filters=2, kernel_size=2, padding="causal",
                                    dilation_rate=2, activation="tanh")])
layers("conv3d", [CUBE, layer("Conv3D", filters=2, kernel_size=2, padding="same",
                              activation="relu"),
                  layer("MaxPooling3D", name="pool", pool_size=2, padding="same")])
layers("conv-dilated", [layer("Conv2D", filters=3, kernel_size=3, dilation_rate=2,
                              padding="same", activation="relu")])
layers("conv-grouped", [layer("Conv2D", filters=4, kernel_size=3, groups=2, strides=2,
                              activation="relu")])
layers("conv-transposed", [POOL, layer("Conv2DTranspose", filters=2, kernel_size=3, strides=2,
                                       padding="same", activation="relu")])
layers("depthwise", [layer("DepthwiseConv2D", kernel_size=3, depth_multiplier=2,
                           activation="relu")])
layers("separable", [layer("SeparableConv2D", filters=3, kernel_size=3, padding="same",
                           activation="relu")])
layers("pooling", [CONV, layer("AveragePooling2D", name="average", pool_size=2, strides=1),
                   layer("ZeroPadding2D", name="pad", padding=1),
                   layer("MaxPooling2D", pool_size=3, strides=2)])
layers("resizing", [CONV, POOL, layer("UpSampling2D", size=2, interpolation="bilinear"),
                    layer("Cropping2D", name="crop", cropping=1)])
layers("global", [CONV, layer("GlobalAveragePooling2D")])
layers("global-max", [CONV, layer("GlobalMaxPooling2D")])
layers("normalization", [CONV, layer("LayerNormalization", axis=[1, 2, 3]),
                         layer("GroupNormalization", name="groups", groups=3)])
layers("unit-normalization", [HIDDEN, layer("UnitNormalization")])
layers("activation-layers", [CONV, layer("PReLU", name="prelu"),
                             layer("LeakyReLU", name="leaky"), layer("ELU", name="elu")])
for i, kinds in enumerate((("elu", "selu", "gelu"), ("swish", "softplus", "softsign"),
                           ("hard_sigmoid", "mish", "exponential"), ("relu6", "linear", "tanh"))):
    more = {"libraries": ["keras3"], "why": "tf_keras has another hard_sigmoid"} if i == 2 else {}
    layers(f"activations-{i + 1}", [
        {"GlobalAveragePooling2D": {"name": "mean"}},
        *[dense(4, kind, f"dense{k}") for k, kind in enumerate(kinds)]], **more)
for cls, settings in (("LSTM", {}), ("GRU", {}), ("SimpleRNN", {})):
    layers(cls.lower(), [layer(cls, units=4, return_sequences=True, **settings)], "x_steps",
           [5, 3])
layers("gru-before", [layer("GRU", units=4, reset_after=False)], "x_steps", [5, 3])
layers("lstm-regular", [layer("LSTM", units=4, recurrent_regularizer=keras("L2", l2=0.02),
                              kernel_constraint=keras("MaxNorm", max_value=0.8, axis=0))],
       "x_steps", [5, 3])
layers("bidirectional", [layer("Bidirectional", layer=inner("LSTM", units=3))], "x_steps", [5, 3])
layers("time-distributed", [layer("TimeDistributed",
                                  layer=inner("Dense", units=3, activation="relu"))],
       "x_steps", [5, 3])
layers("embedding", [layer("Embedding", input_dim=7, output_dim=3)], "ids", [5])
layers("embedding-masked", [layer("Embedding", input_dim=7, output_dim=3, mask_zero=True),
                            layer("LSTM", name="lstm", units=3)], "ids", [5])
EMBEDDED = [layer("Embedding", input_dim=7, output_dim=3)]
MASKED = [layer("Embedding", input_dim=7, output_dim=3, mask_zero=True),
          layer("LSTM", name="lstm", units=3)]
# Rules that do not square gradients are the same in both, whatever rows a batch has twice.
for short, rule in (("sgd", SGD), ("momentum", {"SGD": {"learning_rate": 0.03, "momentum": 0.8,
                                                        "nesterov": True}}),
                    ("lion", {"Lion": {"learning_rate": 0.003}})):
    case("layers-embedding-" + short, "layers-embedding", optimizer=rule)
    case("layers-embedding-masked-" + short, "layers-embedding-masked", optimizer=rule)
# Each batch has every row once at most: nothing is added before or after squaring.
NETS["layers-embedding-apart"] = [*EMBEDDED, FLAT, SOFT]
X["layers-embedding-apart"], INPUTS["layers-embedding-apart"] = "ids_apart", [1]
for short, rule in (("adam", {"Adam": {"learning_rate": 0.02}}),
                    ("adamw", {"AdamW": {"learning_rate": 0.02, "weight_decay": 0.1}}),
                    ("amsgrad", {"Adam": {"learning_rate": 0.02, "amsgrad": True}}),
                    ("rmsprop", {"RMSprop": {"learning_rate": 0.01, "momentum": 0.4}}),
                    ("adagrad", {"Adagrad": {"learning_rate": 0.1}}),
                    ("adadelta", {"Adadelta": {"learning_rate": 1.0}}),
                    ("clipnorm", {"Adam": {"learning_rate": 0.02, "clipnorm": 0.1}}),
                    ("global-clipnorm", {"Adam": {"learning_rate": 0.02,
                                                  "global_clipnorm": 0.1}})):
    case("layers-embedding-apart-" + short, "layers-embedding-apart", optimizer=rule)
# Rows that a batch has twice: Keras 3 squares their gradients before it adds them, tf_keras after.
for short, rule in (("amsgrad", {"Adam": {"learning_rate": 0.02, "amsgrad": True}}),
                    ("adamw", {"AdamW": {"learning_rate": 0.02, "weight_decay": 0.1}}),
                    ("adamax", {"Adamax": {"learning_rate": 0.02}}),
                    ("rmsprop", {"RMSprop": {"learning_rate": 0.01}}),
                    ("rmsprop-momentum", {"RMSprop": {"learning_rate": 0.01, "momentum": 0.4,
                                                      "centered": True}}),
                    ("adagrad", {"Adagrad": {"learning_rate": 0.1}}),
                    ("adadelta", {"Adadelta": {"learning_rate": 1.0}}),
                    ("clipvalue", {"Adam": {"learning_rate": 0.02, "clipvalue": 0.01}}),
                    ("clipnorm", {"Adam": {"learning_rate": 0.02, "clipnorm": 0.1}}),
                    ("global-clipnorm", {"Adam": {"learning_rate": 0.02,
                                                  "global_clipnorm": 0.1}}),
                    ("ema", {"Adam": {"learning_rate": 0.02, "use_ema": True,
                                      "ema_momentum": 0.8}})):
    case("layers-embedding-" + short, "layers-embedding", optimizer=rule)
for short, rule in (("nadam", {"Nadam": {"learning_rate": 0.02}}),
                    ("ftrl", {"Ftrl": {"learning_rate": 0.3, "l1_regularization_strength": 0.001,
                                       "l2_regularization_strength": 0.01}}),
                    ("adafactor", {"Adafactor": {"learning_rate": 0.05}}),
                    ("lamb", {"Lamb": {"learning_rate": 0.02}}),
                    ("accumulated", {"Adam": {"learning_rate": 0.02,
                                              "gradient_accumulation_steps": 2}})):
    case("layers-embedding-" + short, "layers-embedding", optimizer=rule, libraries=["keras3"],
         why="what only Keras 3 has, or does otherwise")
layers("embedding-penalty", [layer("Embedding", input_dim=7, output_dim=3,
                                   embeddings_regularizer=keras("L2", l2=0.02))], "ids", [5])
layers("einsum", [layer("EinsumDense", equation="abc,cd->abd", output_shape=[5, 4],
                        bias_axes="d", activation="tanh")], "x_steps", [5, 3])
layers("permuted", [layer("Permute", dims=[3, 1, 2]), ROW,
                    dense(4, "relu", "hidden")])

"""What the goldens of training cover: nets, data and one entry a case, in the words of recipes.

A case names a net, an optimizer, a loss and whatever it is about; all else is the default of
`case`. `keras3` or `tf_keras` alone stands where the other has no such thing or does it in
another way, and then `why` says so.
"""

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
    "steps": [dense(4, "tanh", "hidden"), dense(3, "softmax")],
    "two": [CONV, POOL, FLAT, HIDDEN, dense(3, "softmax", "kind"), dense(1, "linear", "size")],
}
INPUTS = {"steps": [5, 3]}

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
optimizer("adamax", "Adamax", {"learning_rate": 0.01})
optimizer("nadam", "Nadam", {"learning_rate": 0.01})
optimizer("ftrl", "Ftrl", {"learning_rate": 0.1})
optimizer("ftrl-penalties", "Ftrl",
          {"learning_rate": 0.1, "learning_rate_power": -0.6, "initial_accumulator_value": 0.2,
           "l1_regularization_strength": 0.01, "l2_regularization_strength": 0.02,
           "l2_shrinkage_regularization_strength": 0.01, "beta": 0.1})
optimizer("lion", "Lion", {"learning_rate": 0.003})
optimizer("adafactor", "Adafactor", {"learning_rate": 0.05}, ["keras3"],
          why="tf_keras makes the column sums of a convolution in another shape")
optimizer("clipnorm", "SGD", {"learning_rate": 0.1, "clipnorm": 0.05})
optimizer("clipvalue", "SGD", {"learning_rate": 0.1, "clipvalue": 0.01})
optimizer("global-clipnorm", "Adam", {"learning_rate": 0.01, "global_clipnorm": 0.1})
optimizer("weight-decay", "SGD", {"learning_rate": 0.05, "momentum": 0.9, "weight_decay": 0.1})
optimizer("ema", "SGD", {"learning_rate": 0.05, "use_ema": True, "ema_momentum": 0.8}, ["keras3"],
          why="tf_keras begins the average with the weight before the first update")
optimizer("ema-overwrite", "SGD",
          {"learning_rate": 0.05, "use_ema": True, "ema_momentum": 0.8,
           "ema_overwrite_frequency": 5}, ["keras3"], why="as ema")
optimizer("accumulate", "Adam", {"learning_rate": 0.01, "gradient_accumulation_steps": 3},
          ["keras3"], why="tf_keras has none")
optimizer("accumulate-ema", "SGD",
          {"learning_rate": 0.05, "gradient_accumulation_steps": 2, "use_ema": True,
           "ema_momentum": 0.7, "ema_overwrite_frequency": 3, "clipnorm": 0.5}, ["keras3"],
          why="tf_keras has none")
optimizer("loss-scale", "SGD", {"learning_rate": 0.05, "loss_scale_factor": 8.0}, ["keras3"],
          why="tf_keras has none")
optimizer("legacy-decay", "SGD", {"lr": 0.1, "decay": 0.1, "momentum": 0.5}, ["tf_keras"],
          legacy=True, why="Keras 3 ignores decay")


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
         {"initial_learning_rate": 0.1, "decay_steps": 7, "end_learning_rate": 0.01,
          "cycle": True})
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
loss("binary-probabilities", "small", "binary_crossentropy", "labels", ["keras3"],
     why="tf_keras adds epsilon once more inside the logarithm")
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
loss("mse-one", "number", "mean_squared_error", "number")
loss("poisson", "positive", "poisson", "counts")
loss("kl-divergence", "small", "kl_divergence", "shares")
loss("hinge", "number", "hinge", "yes")
loss("hinge-signs", "number", "hinge", "sign")
loss("squared-hinge", "number", "squared_hinge", "yes")
loss("categorical-hinge", "logits", "categorical_hinge", "one_hot")
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
regular("regularizer-frozen", "conv", "kernel_regularizer", keras("L2", l2=0.1), ["conv"],
        libraries=["keras3"], why="tf_keras counts the penalty of a frozen weight")
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
case("frozen-none", "norm", libraries=["keras3"],
     why="tf_keras moves the variance by another factor, see the goldens of the main path")
case("frozen-first", frozen=["conv"])
case("frozen-all-but-last", frozen=["conv", "hidden"])
case("frozen-middle", frozen=["hidden"], optimizer={"Adam": {"learning_rate": 0.01}})
case("frozen-norm", "norm", frozen=["norm"])
case("frozen-trunk", "norm", frozen=["conv", "norm"], optimizer={"RMSprop": {"learning_rate": 0.01}})

case("fit-steps", steps_per_epoch=2, epochs=7, libraries=["keras3"],
     why="tf_keras begins each epoch with the first batch")
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
metrics("hinge", "number", "yes", "hinge", ["hinge", "squared_hinge"])
metrics("counts", "positive", "counts", "poisson", ["poisson"])

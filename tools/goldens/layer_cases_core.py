"""Golden cases: Dense, activations, normalisation, merges, shapes, regularisation."""

from layer_cases import BOTH, NEW, OLD, case

ACTIVATIONS_BOTH = (
    "linear relu relu6 leaky_relu elu selu gelu sigmoid silu swish tanh softmax log_softmax "
    "softplus softsign mish exponential hard_sigmoid"
).split()
ACTIVATIONS_NEW = (
    "celu log_sigmoid sparse_sigmoid hard_silu hard_swish hard_tanh tanh_shrink soft_shrink "
    "hard_shrink sparsemax sparse_plus squareplus"
).split()


def cases():
    return activations() + dense() + normalizations() + merges() + shapes() + drops()


def activations():
    wide = [(3, 8)]
    found = [
        case(f"activation_{name}", "Activation", {"activation": name}, wide)
        for name in ACTIVATIONS_BOTH
    ]
    found += [
        case(f"activation_{name}", "Activation", {"activation": name}, wide, NEW)
        for name in ACTIVATIONS_NEW
    ]
    found += [
        case("activation_softmax_3d", "Activation", {"activation": "softmax"}, [(2, 3, 4)]),
        case("activation_sparsemax_3d", "Activation", {"activation": "sparsemax"}, [(2, 3, 4)], NEW),
        case("relu", "ReLU", {}, wide),
        case("relu_six", "ReLU", {"max_value": 6.0}, wide),
        case("relu_all", "ReLU", dict(max_value=1.0, negative_slope=0.2, threshold=0.5), wide),
        case("relu_slope", "ReLU", {"negative_slope": 0.25}, wide),
        case("relu_threshold", "ReLU", {"threshold": 0.3, "max_value": 6.0}, wide),
        case("relu_slope_max", "ReLU", {"negative_slope": 0.1, "max_value": 6.0}, wide),
        case("leaky_relu", "LeakyReLU", {"negative_slope": 0.1}, wide, NEW),
        case("leaky_relu", "LeakyReLU", {"alpha": 0.1}, wide, OLD),
        case("leaky_relu_default", "LeakyReLU", {}, wide),
        case("elu", "ELU", {"alpha": 0.7}, wide),
        case("elu_one", "ELU", {}, wide, OLD),
        case("thresholded_relu", "ThresholdedReLU", {"theta": 0.4}, wide, OLD),
        case("prelu", "PReLU", {}, [(2, 3, 4)]),
        case("prelu_shared", "PReLU", {"shared_axes": [1, 2]}, [(2, 3, 4, 2)]),
        case("softmax", "Softmax", {}, wide),
        case("softmax_axis", "Softmax", {"axis": 1}, [(2, 3, 4)]),
        case("softmax_axes", "Softmax", {"axis": [1, 2]}, [(2, 3, 4)]),
        case(
            "softmax_masked",
            "Softmax",
            {},
            [(2, 3, 4), ("bool", (2, 3, 4))],
            call=lambda layer, t: layer(t[0], mask=t[1]),
            generations=NEW,
        ),
    ]
    return found


def dense():
    return [
        case("dense", "Dense", {"units": 4, "activation": "relu"}),
        case("dense_no_bias", "Dense", {"units": 3, "use_bias": False}),
        case("dense_3d", "Dense", {"units": 4, "activation": "tanh"}, [(2, 3, 5)]),
        case("dense_4d", "Dense", {"units": 2}, [(2, 3, 2, 5)]),
        case(
            "dense_settings",
            "Dense",
            lambda k: dict(
                units=3,
                kernel_initializer=k.initializers.VarianceScaling(2.0, "fan_out", "uniform", seed=3),
                kernel_regularizer=k.regularizers.L1L2(0.01, 0.02),
                bias_regularizer="l2",
                activity_regularizer=k.regularizers.L1(0.03),
                kernel_constraint=k.constraints.MaxNorm(1.5, axis=0),
                bias_constraint="non_neg",
            ),
            losses=False,
        ),
        case("dense_leaky_layer", "Dense", lambda k: dict(units=3, activation=k.layers.LeakyReLU()), generations=NEW),
    ]


def normalizations():
    norm = "BatchNormalization"
    found = []
    for rank, shape in (("2d", (6, 3)), ("3d", (3, 4, 2)), ("4d", (3, 4, 3, 2))):
        found.append(case(f"batch_norm_{rank}", norm, {}, [shape], training=False))
        found.append(case(f"batch_norm_{rank}_training", norm, {}, [shape], training=True))
    found += [
        case("batch_norm_5d_training", norm, {}, [(2, 2, 3, 2, 2)], training=True),
        case("batch_norm_plain", norm, {"center": False, "scale": False}, [(4, 2, 2, 3)], training=True),
        case("batch_norm_no_scale", norm, {"scale": False, "epsilon": 1e-5}, [(4, 2, 2, 3)], training=False),
        case("batch_norm_momentum", norm, {"momentum": 0.8, "epsilon": 0.01}, [(4, 3)], training=True),
        case("batch_norm_axis", norm, {"axis": 1}, [(4, 3, 2)], training=True),
        case("batch_norm_frozen", norm, {"trainable": False}, [(4, 2, 2, 3)], training=True),
        case("batch_norm_masked", norm, {}, [(3, 4, 2)], NEW, training=True, masks=[("bool", (3, 4))]),
        case("layer_norm", "LayerNormalization", {}, [(3, 6)]),
        case("layer_norm_axes", "LayerNormalization", {"axis": [1, 2], "epsilon": 1e-5}, [(2, 3, 4)]),
        case("layer_norm_axis", "LayerNormalization", {"axis": 1, "scale": False}, [(2, 3, 4)]),
        case("layer_norm_rms", "LayerNormalization", {"rms_scaling": True}, [(2, 5)], NEW),
        case("group_norm", "GroupNormalization", {"groups": 2}, [(2, 3, 3, 4)]),
        case("group_norm_each", "GroupNormalization", {"groups": -1, "center": False}, [(2, 3, 4)]),
        case("group_norm_axis", "GroupNormalization", {"groups": 2, "axis": 1}, [(2, 4, 3)]),
        case("unit_norm", "UnitNormalization", {}, [(3, 5)]),
        case("unit_norm_axes", "UnitNormalization", {"axis": [1, 2]}, [(2, 3, 4)]),
        case("rms_norm", "RMSNormalization", {}, [(3, 5)], NEW),
        case("rms_norm_axis", "RMSNormalization", {"axis": 1, "epsilon": 1e-3}, [(2, 3, 3)], NEW),
        case("normalization", "Normalization", {}, [(4, 3)], gradient=False),
        case("normalization_images", "Normalization", {"axis": -1}, [(2, 3, 3, 2)], gradient=False),
        case("normalization_given", "Normalization", {"mean": [1.0, 2.0, 3.0], "variance": [4.0, 1.0, 0.25]}, [(4, 3)]),
        case("normalization_inverse", "Normalization", {"mean": 3.0, "variance": 2.0, "invert": True, "axis": None}, [(4, 3)]),
        case("rescaling", "Rescaling", {"scale": 1 / 255, "offset": -1.0}, [("pixels", (2, 3, 3, 3))]),
        case("rescaling_channels", "Rescaling", {"scale": [0.5, 2.0], "offset": [1.0, -1.0]}, [(2, 3, 2)], NEW),
    ]
    return found


def merges():
    found = []
    for cls in ("Add", "Multiply", "Average", "Maximum", "Minimum", "Subtract"):
        name = cls.lower()
        found.append(case(f"merge_{name}", cls, {}, [(2, 3), (2, 3)]))
        found.append(case(f"merge_{name}_broadcast", cls, {}, [(2, 3, 4), (2, 1, 4)]))
        found.append(case(f"merge_{name}_ranks", cls, {}, [(2, 3, 4), (2, 4)]))
        found.append(
            case(
                f"merge_{name}_masked",
                cls,
                {},
                [(3, 4, 2), (3, 4, 2)],
                NEW,
                masks=[("bool", (3, 4)), ("bool", (3, 4))],
            )
        )
        found.append(
            case(f"merge_{name}_half", cls, {}, [(3, 4, 2), (3, 4, 2)], NEW, masks=[("bool", (3, 4))])
        )
    found += [
        case("merge_add_three", "Add", {}, [(2, 3)] * 3),
        case("concatenate", "Concatenate", {}, [(2, 3), (2, 4)]),
        case("concatenate_axis", "Concatenate", {"axis": 1}, [(2, 3, 2), (2, 1, 2), (2, 2, 2)]),
        case(
            "concatenate_masked",
            "Concatenate",
            {},
            [(2, 3, 2), (2, 3, 1)],
            NEW,
            masks=[("bool", (2, 3)), ("bool", (2, 3))],
        ),
        case("concatenate_steps_masked", "Concatenate", {"axis": 1}, [(2, 3, 2), (2, 2, 2)], NEW, masks=[("bool", (2, 3))]),
        case("dot", "Dot", {"axes": 1}, [(3, 4), (3, 4)]),
        case("dot_axes", "Dot", {"axes": [2, 1]}, [(2, 3, 4), (2, 4, 5)]),
        case("dot_negative", "Dot", {"axes": -1}, [(2, 3, 4), (2, 5, 4)]),
        case("dot_cosine", "Dot", {"axes": 1, "normalize": True}, [(3, 4), (3, 4)]),
        case("dot_mixed", "Dot", {"axes": [1, 2]}, [(2, 4), (2, 3, 4)]),
        case("dot_wide", "Dot", {"axes": [3, 1]}, [(2, 3, 2, 4), (2, 4, 3)]),
    ]
    return found


def shapes():
    return [
        case("flatten", "Flatten", {}, [(2, 3, 2, 2)]),
        case("flatten_first", "Flatten", {"data_format": "channels_first"}, [(2, 3, 2, 2)]),
        case("flatten_vector", "Flatten", {}, [(4,)]),
        case("reshape", "Reshape", {"target_shape": [4, 3]}, [(2, 12)]),
        case("reshape_rest", "Reshape", {"target_shape": [2, -1]}, [(2, 3, 4)]),
        case("permute", "Permute", {"dims": [2, 3, 1]}, [(2, 3, 4, 2)]),
        case("repeat_vector", "RepeatVector", {"n": 3}, [(2, 4)]),
        case("identity", "Identity", {}, [(2, 4)]),
        case("masking", "Masking", {"mask_value": 0.0}, [ragged()]),
        case("masking_other", "Masking", {"mask_value": -1.0}, [ragged() - 1]),
    ]


def ragged():
    import numpy as np

    x = np.round(np.random.default_rng(5).normal(size=(3, 4, 2)) * 64).astype("float32") / 64
    x[0, 2:] = 0
    x[1, :1] = 0
    x[2, 1, 0] = 0
    return x


def drops():
    found = [
        case("dropout_inference", "Dropout", {"rate": 0.5, "noise_shape": [None, 1]}, training=False),
        case("dropout_none", "Dropout", {"rate": 0.0, "seed": 7}, training=True),
        case("alpha_dropout_inference", "AlphaDropout", {"rate": 0.2, "seed": 3}, training=False),
        case("gaussian_dropout_inference", "GaussianDropout", {"rate": 0.2}, training=False),
        case("gaussian_noise_inference", "GaussianNoise", {"stddev": 0.3, "seed": 1}, training=False),
        case("activity_regularization", "ActivityRegularization", {"l1": 0.1, "l2": 0.2}, losses=True),
        case("activity_regularizer", "Dense", {"units": 3, "activity_regularizer": "l2"}, losses=True),
    ]
    for rank, shape in ((1, (2, 3, 2)), (2, (2, 3, 2, 2)), (3, (2, 2, 2, 2, 2))):
        found.append(
            case(f"spatial_dropout{rank}d_inference", f"SpatialDropout{rank}D", {"rate": 0.3}, [shape], training=False)
        )
    return found

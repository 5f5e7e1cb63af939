"""The narrow VGG that the goldens of the main path are made with, and its seeded numbers."""

import numpy as np

SEED = 20240
INPUT = (16, 16, 3)
CLASSES = 4
FILTERS = {"block1": 4, "block2": 6}
TRUNK = [f"{block}_{part}" for block in FILTERS for part in ("conv1", "conv2", "pool")]

# One layer a line as a recipe states it; `VGG_LAYERS` alone is the trunk.
VGG_LAYERS = [
    {layer: settings}
    for block, filters in FILTERS.items()
    for layer, settings in (
        ("Conv2D", {"name": f"{block}_conv1", "filters": filters, "kernel_size": [3, 3],
                    "padding": "same", "activation": "relu"}),
        ("Conv2D", {"name": f"{block}_conv2", "filters": filters, "kernel_size": [3, 3],
                    "padding": "same", "activation": "relu"}),
        ("MaxPooling2D", {"name": f"{block}_pool", "pool_size": [2, 2], "strides": [2, 2]}),
    )
]
HEAD_LAYERS = [
    {"BatchNormalization": {"name": "batch_normalization"}},
    {"Flatten": {"name": "flatten"}},
    {"Dense": {"name": "dense", "units": 16, "activation": "relu"}},
    {"Dense": {"name": "dense_1", "units": CLASSES, "activation": "softmax"}},
]


def build(keras, layers, input_name="input_1", sequential=False):
    """The model of `layers` in the given Keras (tf_keras or keras), with seeded weights."""
    keras.backend.clear_session()
    made = [getattr(keras.layers, name)(**tuples(settings))
            for layer in layers for name, settings in layer.items()]
    entry = keras.Input(INPUT, name=input_name)
    if sequential:
        model = keras.Sequential([entry, *made], name="narrow_vgg")
    else:
        x = entry
        for layer in made:
            x = layer(x)
        model = keras.Model(entry, x, name="narrow_vgg")
    seed_weights(model)
    return model


def tuples(settings):
    return {key: tuple(value) if isinstance(value, list) else value for key, value in settings.items()}


def variable_name(variable):
    """`kernel` from `block1_conv1/kernel:0` (tf_keras) and from `kernel` (Keras 3)."""
    return variable.name.split("/")[-1].split(":")[0]


def named_weights(model):
    """`layer.weight` → numbers, in Keras's order."""
    return {
        f"{layer.name}.{variable_name(variable)}": np.array(variable)
        for layer in model.layers
        for variable in layer.weights
    }


def seed_weights(model):
    """He-normal kernels, and everything else away from its resting value so that a swap shows."""
    random = np.random.default_rng(SEED)
    for layer in model.layers:
        layer.set_weights([seeded(random, variable_name(v), tuple(v.shape)) for v in layer.weights])


def seeded(random, name, shape):
    if name == "kernel":
        fan_in = int(np.prod(shape[:-1]))
        values = random.normal(0.0, np.sqrt(2.0 / fan_in), shape)
    elif name in ("gamma", "moving_variance"):
        values = random.uniform(0.5, 1.5, shape)
    else:
        values = random.normal(0.0, 0.1, shape)
    return values.astype(np.float32)

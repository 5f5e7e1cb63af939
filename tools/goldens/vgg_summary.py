"""What `summary` must say, as tf_keras says it: class, output shape and parameters of each layer."""

import json

import tf_keras

from vgg_net import HEAD_LAYERS, TRUNK, VGG_LAYERS, build


def write(folder):
    folder.mkdir(parents=True)
    vgg16, vgg19 = tf_keras.applications.VGG16, tf_keras.applications.VGG19
    photo, small = (224, 224, 3), (56, 56, 3)
    models = {
        "vgg16": lambda: vgg16(weights=None),
        "vgg16_notop": lambda: vgg16(weights=None, include_top=False, input_shape=photo),
        "vgg16_notop_any_size": lambda: vgg16(weights=None, include_top=False),
        "vgg16_block3_pool": lambda: cut(vgg16, "block3_pool", small),
        "vgg19": lambda: vgg19(weights=None),
        "vgg19_notop": lambda: vgg19(weights=None, include_top=False, input_shape=photo),
        "vgg19_block2_pool": lambda: cut(vgg19, "block2_pool", small),
        "narrow": lambda: build(tf_keras, VGG_LAYERS),
        "narrow_head_trunk_frozen": frozen_trunk,
    }
    for name, make in models.items():
        tf_keras.backend.clear_session()
        text = json.dumps(table(make()), indent=1)
        (folder / f"{name}.json").write_text(text + "\n")


def cut(application, layer, shape):
    whole = application(weights=None, include_top=False, input_shape=shape)
    return tf_keras.Model(whole.input, whole.get_layer(layer).output, name=whole.name)


def frozen_trunk():
    model = build(tf_keras, VGG_LAYERS + HEAD_LAYERS)
    for name in TRUNK:
        model.get_layer(name).trainable = False
    return model


def table(model):
    """The JSON of `graft summary --json`."""
    layers = [
        {
            "name": layer.name,
            "class": type(layer).__name__,
            "output_shape": output_shape(layer),
            "params": layer.count_params(),
            "trainable": layer.trainable,
        }
        for layer in model.layers
    ]
    trainable = sum(int(w.shape.num_elements()) for w in model.trainable_weights)
    total = model.count_params()
    return {"layers": layers, "total": total, "trainable": trainable, "non_trainable": total - trainable}


def output_shape(layer):
    shape = layer.output_shape
    return list(shape[0] if isinstance(shape, list) else shape)

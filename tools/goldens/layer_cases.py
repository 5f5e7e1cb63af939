"""The table of golden cases that layers.py makes: one line each, by family."""

BOTH = ("keras3", "tf_keras")
NEW = ("keras3",)
OLD = ("tf_keras",)


def case(name, cls, config=None, inputs=((2, 5),), generations=BOTH, **more):
    """One case.

    config: keyword arguments, or a function of the keras module that gives them
    inputs: shapes, or ("int", shape, top), ("positive", shape), ("pixels", shape),
        ("distinct", shape) without equal numbers
    masks: one for each input that has one: ("bool", shape) or an array
    training: how the layer is called; arguments: more keyword arguments of the call
    """
    training = more.pop("training", None)
    arguments = more.pop("arguments", {})
    call = more.pop("call", None)

    def build(keras):
        settings = config(keras) if callable(config) else (config or {})
        return getattr(keras.layers, cls)(**settings)

    def plain(layer, tensors):
        kwargs = dict(arguments)
        if training is not None:
            kwargs["training"] = training
        return layer(tensors[0] if len(tensors) == 1 else tensors, **kwargs)

    whole = {
        "name": name,
        "build": more.pop("build", build),
        "call": call or plain,
        "inputs": list(inputs),
        "masks": list(more.pop("masks", [])),
        "generations": generations,
        "training": bool(training),
        "arguments": arguments,
        "gradient": more.pop("gradient", True),
        "losses": more.pop("losses", False),
    }
    if more:
        raise ValueError(f"{name}: unknown {sorted(more)}")
    return whole


def cases():
    import layer_cases_core
    import layer_cases_image

    modules = (layer_cases_core, layer_cases_image)
    return [c for module in modules for c in module.cases()]

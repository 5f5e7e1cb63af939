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


def operation(name, make, inputs, args=None, **kwargs):
    """A Keras 3 operation: make(keras.src.ops) gives it; args may hold "in0", "in1" and constants."""

    def build(keras):
        import keras.src.ops as ops

        found = make(ops)
        whole = keras.saving.serialize_keras_object(found)
        described = (whole["module"], whole["class_name"], whole["registered_name"], whole["config"])
        return found, described

    return _function(f"op_{name}", build, inputs, args, kwargs, NEW)


def function(target, inputs, args=None, label=None, **kwargs):
    """A TensorFlow function as tf_keras writes it, such as math.multiply."""

    def build(keras):
        import tensorflow as tf

        found = tf
        for part in target.replace("__operators__.getitem", "identity").split("."):
            found = getattr(found, part)
        if target.endswith("getitem"):
            found = lambda tensor, slice_spec: tensor[python(slice_spec)]
        if target == "cast":
            found = lambda x, dtype: tf.cast(x, dtype)
        cls = "SlicingOpLambda" if target.endswith("getitem") else "TFOpLambda"
        return found, (None, cls, None, {"function": target})

    title = "tf_" + target.replace(".", "_").replace("__", "") + (f"_{label}" if label else "")
    return _function(title, build, inputs, args, kwargs, OLD)


def python(spec):
    """A key of x[...] from its JSON form."""
    if isinstance(spec, list):
        return tuple(python(part) for part in spec)
    if isinstance(spec, dict):
        return Ellipsis if "class_name" in spec else slice(spec["start"], spec["stop"], spec["step"])
    return Ellipsis if spec == "..." else spec


def _function(name, build, inputs, args, kwargs, generations):
    def fill(value, tensors):
        if isinstance(value, str) and value[:2] == "in" and value[2:].isdigit():
            return tensors[int(value[2:])]
        if isinstance(value, list):
            return [fill(item, tensors) for item in value]
        return python(value) if isinstance(value, dict) else value

    def call(found, tensors):
        given = fill(args, tensors) if args is not None else tensors
        if name.startswith("op_get_item"):
            given = [given[0], python(args[1])]
        keywords = {
            key: value if key == "slice_spec" else fill(value, tensors)
            for key, value in kwargs.items()
        }
        if args is None and name.split("_")[1] in ("concat", "stack", "concatenate") or "add_n" in name:
            given = [given]
        return found.function(*given, **keywords)

    arguments = dict(kwargs)
    if args is not None and not all(isinstance(a, str) and a.startswith("in") for a in args):
        arguments["args"] = args
    inputs_named = {v for v in kwargs.values() if isinstance(v, str) and v.startswith("in")}

    def positional(found, tensors):
        rest = [t for i, t in enumerate(tensors) if f"in{i}" not in inputs_named]
        return call(found, tensors if args is not None else rest) if not inputs_named else _keywords(
            found, tensors, rest
        )

    def _keywords(found, tensors, rest):
        rest = fill(args, tensors) if args is not None else rest
        return found.function(*rest, **{k: fill(v, tensors) for k, v in kwargs.items()})

    return case(
        name, "", None, inputs, generations, build=build, call=positional, arguments=arguments
    )


def cases():
    import layer_cases_attention
    import layer_cases_core
    import layer_cases_image
    import layer_cases_more
    import layer_cases_ops
    import layer_cases_sequence
    import layer_cases_text

    modules = (
        layer_cases_core,
        layer_cases_image,
        layer_cases_ops,
        layer_cases_sequence,
        layer_cases_attention,
        layer_cases_more,
        layer_cases_text,
    )
    return [c for module in modules for c in module.cases()]

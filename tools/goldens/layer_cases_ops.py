"""Golden cases: functions used as layers, Keras 3's operations and tf_keras's TFOpLambda."""

from layer_cases import function, operation

X = [(2, 3, 4)]
XY = [(2, 3, 4), (2, 3, 4)]
POSITIVE = [("positive", (2, 3, 4))]
ALL = {"start": None, "stop": None, "step": None}


def cases():
    return elements() + pairs() + reductions() + shapes() + lists() + pictures() + tensorflow()


def elements():
    found = []
    for cls in "Absolute Negative Square Exp Expm1 Sin Cos Tanh Floor Ceil Sign Copy ZerosLike OnesLike".split():
        found.append(operation(cls.lower(), lambda o, c=cls: getattr(o.numpy, c)(), X))
    for cls in "Sqrt Reciprocal Log Log1p Log2 Log10".split():
        found.append(operation(cls.lower(), lambda o, c=cls: getattr(o.numpy, c)(), POSITIVE))
    for cls in "Relu Relu6 Selu Sigmoid Softplus Softsign LogSigmoid HardSigmoid HardSilu HardTanh TanhShrink SparsePlus SparseSigmoid Silu".split():
        found.append(operation(cls.lower(), lambda o, c=cls: getattr(o.nn, c)(), X))
    found += [
        operation("rsqrt", lambda o: o.math.Rsqrt(), POSITIVE),
        operation("erf", lambda o: o.math.Erf(), X),
        operation("leaky_relu", lambda o: o.nn.LeakyRelu(negative_slope=0.3), X),
        operation("elu", lambda o: o.nn.Elu(alpha=0.5), X),
        operation("celu", lambda o: o.nn.Celu(alpha=0.5), X),
        operation("gelu", lambda o: o.nn.Gelu(approximate=False), X),
        operation("gelu_tanh", lambda o: o.nn.Gelu(approximate=True), X),
        operation("soft_shrink", lambda o: o.nn.SoftShrink(threshold=0.2), X),
        operation("hard_shrink", lambda o: o.nn.HardShrink(threshold=0.2), X),
        operation("squareplus", lambda o: o.nn.Squareplus(b=2), X),
        operation("threshold", lambda o: o.nn.Threshold(0.1, -2.0), X),
        operation("clip", lambda o: o.numpy.Clip(-0.5, 0.75), X),
        operation("softmax", lambda o: o.nn.Softmax(axis=1), X),
        operation("log_softmax", lambda o: o.nn.LogSoftmax(axis=-1), X),
        operation("normalize", lambda o: o.nn.Normalize(axis=-1), X),
        operation("cast", lambda o: o.core.Cast("int32"), X),
    ]
    return found


def pairs():
    found = []
    for cls in "Add Subtract Multiply Divide TrueDivide DivideNoNan Maximum Minimum Greater GreaterEqual Less LessEqual Equal NotEqual".split():
        found.append(operation(cls.lower(), lambda o, c=cls: getattr(o.numpy, c)(), [(2, 3, 4), (2, 1, 4)]))
    found += [
        operation("add_constant", lambda o: o.numpy.Add(), X, ["in0", 2.5]),
        operation("constant_subtract", lambda o: o.numpy.Subtract(), X, [2.5, "in0"]),
        operation("multiply_array", lambda o: o.numpy.Multiply(), X, ["in0", [1.0, 2.0, 3.0, 4.0]]),
        operation("power", lambda o: o.numpy.Power(), POSITIVE, ["in0", 2]),
        operation("floor_divide", lambda o: o.numpy.FloorDivide(), X, ["in0", 0.5]),
        operation("where", lambda o: o.numpy.Where(), [("bool", (2, 3, 4)), (2, 3, 4), (2, 3, 4)]),
        operation("where_zero", lambda o: o.numpy.Where(), [("bool", (2, 3, 4)), (2, 3, 4)], ["in0", "in1", 0.0]),
        operation("logical_and", lambda o: o.numpy.LogicalAnd(), [("bool", (2, 3)), ("bool", (2, 3))]),
        operation("logical_or", lambda o: o.numpy.LogicalOr(), [("bool", (2, 3)), ("bool", (2, 3))]),
        operation("logical_not", lambda o: o.numpy.LogicalNot(), [("bool", (2, 3))]),
        operation("matmul", lambda o: o.numpy.Matmul(), [(2, 3, 4), (2, 4, 5)]),
        operation("matmul_flat", lambda o: o.numpy.Matmul(), [(2, 3), (3, 5)]),
        operation("matmul_wide", lambda o: o.numpy.Matmul(), [(2, 2, 3, 4), (4, 2)]),
        operation("einsum", lambda o: o.numpy.Einsum("bij,bkj->bik"), [(2, 3, 4), (2, 5, 4)]),
    ]
    return found


def reductions():
    found = []
    for cls in "Mean Sum Max Min Amax Amin Var Std Prod".split():
        found += [
            operation(cls.lower(), lambda o, c=cls: getattr(o.numpy, c)(axis=1), [("distinct", (2, 3, 4))]),
            operation(f"{cls.lower()}_keep", lambda o, c=cls: getattr(o.numpy, c)(axis=[1, 2], keepdims=True), [("distinct", (2, 3, 4))]),
        ]
    found += [
        operation("logsumexp", lambda o: o.math.Logsumexp(axis=-1, keepdims=True), X),
        operation("argmax", lambda o: o.numpy.Argmax(axis=-1), [("distinct", (2, 3, 4))]),
        operation("any", lambda o: o.numpy.Any(axis=-1), [("bool", (2, 3))]),
        operation("all", lambda o: o.numpy.All(axis=-1), [("bool", (2, 3))]),
    ]
    return found


def shapes():
    return [
        operation("reshape", lambda o: o.numpy.Reshape([-1, 2, 6]), X),
        operation("expand_dims", lambda o: o.numpy.ExpandDims(-2), X),
        operation("squeeze", lambda o: o.numpy.Squeeze(axis=1), [(2, 1, 3, 1)]),
        operation("transpose", lambda o: o.numpy.Transpose([0, 2, 1]), X),
        operation("swapaxes", lambda o: o.numpy.Swapaxes(1, -1), X),
        operation("moveaxis", lambda o: o.numpy.Moveaxis(-1, 1), [(2, 3, 4, 2)]),
        operation("flip", lambda o: o.numpy.Flip(axis=1), X),
        operation("get_item", lambda o: o.numpy.GetItem(), X, ["in0", [ALL, {"start": 1, "stop": 3, "step": None}, 0]]),
        operation("get_item_last", lambda o: o.numpy.GetItem(), X, ["in0", [ALL, -1]]),
        operation("get_item_dots", lambda o: o.numpy.GetItem(), X, ["in0", [ALL, None, "...", {"start": None, "stop": None, "step": 2}]]),
        operation("get_item_back", lambda o: o.numpy.GetItem(), X, ["in0", [ALL, {"start": None, "stop": None, "step": -1}]]),
        operation("tile", lambda o: o.numpy.Tile([1, 2, 1]), X),
        operation("repeat", lambda o: o.numpy.Repeat(2, axis=1), X),
        operation("pad", lambda o: o.numpy.Pad([[0, 0], [1, 2], [0, 0]]), X, constant_values=None),
        operation("pad_reflect", lambda o: o.numpy.Pad([[0, 0], [1, 1], [0, 0]], "reflect"), X, constant_values=None),
        operation("take", lambda o: o.numpy.Take(axis=1), X, ["in0", [2, 0]]),
        operation("one_hot", lambda o: o.nn.OneHot(4), [("int", (2, 3), 4)]),
    ]


def lists():
    return [
        operation("concatenate", lambda o: o.numpy.Concatenate(axis=-1), [(2, 3), (2, 4)]),
        operation("stack", lambda o: o.numpy.Stack(axis=1), [(2, 3), (2, 3)]),
        operation("split", lambda o: o.numpy.Split(2, axis=-1), X),
        operation("split_places", lambda o: o.numpy.Split([1, 3], axis=-1), X),
        operation("unstack", lambda o: o.core.Unstack(axis=1), X),
    ]


def pictures():
    found = [
        operation("max_pool", lambda o: o.nn.MaxPool(2), [("distinct", (1, 4, 4, 2))]),
        operation("average_pool", lambda o: o.nn.AveragePool(3, strides=2, padding="same"), [(1, 5, 4, 2)]),
    ]
    for interpolation in ("bilinear", "nearest", "bicubic", "lanczos3"):
        found.append(operation(f"resize_{interpolation}", lambda o, i=interpolation: o.image.Resize([5, 7], interpolation=i), [(1, 4, 3, 2)]))
    return found


def tensorflow():
    found = []
    for name in "math.abs math.negative math.square math.exp math.sigmoid math.tanh nn.relu nn.relu6 nn.silu nn.gelu nn.softmax identity".split():
        found.append(function(name, X))
    for name in "math.add math.subtract math.multiply math.truediv math.maximum math.minimum math.pow math.greater math.equal".split():
        found.append(function(name, POSITIVE, y=1.5))
        found.append(function(name, [("positive", (2, 3, 4)), ("positive", (2, 1, 4))], label="tensors", y="in1"))
    found += [
        function("math.subtract", X, [2.0], label="constant", y="in0"),
        function("math.reduce_mean", X, axis=1, keepdims=True),
        function("math.reduce_sum", X, axis=[1, 2], keepdims=False),
        function("math.reduce_max", [("distinct", (2, 3, 4))], axis=-1),
        function("math.reduce_variance", X, axis=1),
        function("math.l2_normalize", X, axis=-1),
        function("reshape", X, shape=[-1, 12]),
        function("expand_dims", X, axis=1),
        function("compat.v1.transpose", X, perm=[0, 2, 1], name="transpose", conjugate=False),
        function("concat", [(2, 3), (2, 4)], axis=-1),
        function("stack", [(2, 3), (2, 3)], axis=1),
        function("split", X, num_or_size_splits=2, axis=-1),
        function("linalg.matmul", [(2, 3, 4), (2, 5, 4)], b="in1", transpose_b=True),
        function("clip_by_value", X, clip_value_min=-0.5, clip_value_max=0.5),
        function("cast", X, dtype="int32"),
        function("compat.v1.pad", X, paddings=[[0, 0], [1, 1], [0, 2]], mode="CONSTANT", name=None, constant_values=0),
        function("image.resize", [(1, 3, 4, 2)], size=[6, 5]),
        function("nn.depth_to_space", [(1, 2, 3, 8)], block_size=2),
        function("nn.space_to_depth", [(1, 4, 6, 2)], block_size=2),
        function("nn.leaky_relu", X, alpha=0.1),
        function("nn.bias_add", X, bias=[1.0, 2.0, 3.0, 4.0]),
        function("nn.local_response_normalization", [(1, 2, 3, 7)], depth_radius=2, bias=2.0, alpha=0.5, beta=0.75),
        function("math.add_n", [(2, 3), (2, 3)]),
        function("tile", X, multiples=[1, 2, 1]),
        function("where", [("bool", (2, 3)), (2, 3), (2, 3)], x="in1", y="in2"),
        function("one_hot", [("int", (2, 3), 4)], depth=4),
        function("__operators__.getitem", X, slice_spec=[ALL, {"start": 0, "stop": 2, "step": None}, 1]),
        function("__operators__.getitem", X, label="dots", slice_spec=[{"class_name": "__ellipsis__"}, -1]),
        function("__operators__.getitem", X, label="new", slice_spec=[ALL, None, {"start": 1, "stop": None, "step": None}]),
    ]
    return found

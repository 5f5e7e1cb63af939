"""Golden cases: convolutions, pooling, padding, cropping, resizing."""

from layer_cases import BOTH, NEW, OLD, case

SHAPES = {1: (2, 7, 3), 2: (2, 6, 5, 3), 3: (2, 5, 4, 4, 2)}
FIRST = {1: (2, 3, 7), 2: (2, 3, 6, 5), 3: (2, 2, 5, 4, 4)}


def cases():
    return convolutions() + depthwise() + transposed() + pooling() + borders() + augmentation()


def convolutions():
    found = []
    for rank in (1, 2, 3):
        cls = f"Conv{rank}D"
        shape = [SHAPES[rank]]
        for name, config in {
            "plain": dict(filters=3, kernel_size=3, activation="relu"),
            "same": dict(filters=2, kernel_size=2, padding="same"),
            "strided": dict(filters=2, kernel_size=3, strides=2, padding="same"),
            "strided_valid": dict(filters=2, kernel_size=2, strides=2, use_bias=False),
            "dilated": dict(filters=2, kernel_size=2, dilation_rate=2),
            "dilated_same": dict(filters=2, kernel_size=3, dilation_rate=2, padding="same"),
        }.items():
            found.append(case(f"conv{rank}d_{name}", cls, config, shape))
        config = dict(filters=2, kernel_size=2, data_format="channels_first", padding="same")
        if rank == 2:
            # Keras on a CPU runs no other rank with channels first.
            found.append(case(f"conv{rank}d_first", cls, config, [FIRST[rank]], NEW))
    found += [
        case("conv1d_causal", "Conv1D", dict(filters=2, kernel_size=3, padding="causal"), [SHAPES[1]]),
        case("conv1d_causal_dilated", "Conv1D", dict(filters=2, kernel_size=2, padding="causal", dilation_rate=3), [SHAPES[1]]),
        case("conv1d_causal_strided", "Conv1D", dict(filters=2, kernel_size=3, padding="causal", strides=2), [SHAPES[1]]),
        case("conv2d_uneven", "Conv2D", dict(filters=2, kernel_size=(3, 1), strides=(1, 2)), [SHAPES[2]]),
        case("conv2d_dilated_uneven", "Conv2D", dict(filters=2, kernel_size=(2, 3), dilation_rate=(3, 1)), [SHAPES[2]]),
        case("conv2d_softmax", "Conv2D", dict(filters=3, kernel_size=1, activation="softmax"), [SHAPES[2]]),
        case("conv2d_groups", "Conv2D", dict(filters=4, kernel_size=2, groups=2, activation="relu"), [(2, 4, 4, 6)]),
        case("conv2d_groups_dilated", "Conv2D", dict(filters=4, kernel_size=2, groups=2, dilation_rate=2), [(2, 5, 5, 4)], NEW),
        case("conv1d_groups", "Conv1D", dict(filters=4, kernel_size=2, groups=2), [(2, 5, 4)], NEW),
        case("conv3d_groups", "Conv3D", dict(filters=4, kernel_size=2, groups=2), [(1, 3, 3, 3, 4)], NEW),
    ]
    return found


def depthwise():
    found = []
    for rank in (1, 2):
        shape = [SHAPES[rank]]
        for name, config in {
            "plain": dict(kernel_size=3, activation="relu"),
            "same": dict(kernel_size=2, padding="same", depth_multiplier=2),
            "strided": dict(kernel_size=3, strides=2, padding="same", use_bias=False),
            "dilated": dict(kernel_size=2, dilation_rate=2),
            "dilated_same": dict(kernel_size=3, dilation_rate=2, padding="same"),
        }.items():
            found.append(case(f"depthwise{rank}d_{name}", f"DepthwiseConv{rank}D", config, shape))
            found.append(
                case(f"separable{rank}d_{name}", f"SeparableConv{rank}D", dict(config, filters=4), shape)
            )
    both = dict(kernel_size=3, strides=2, dilation_rate=2, padding="same")
    found += [
        case("depthwise2d_strided_dilated", "DepthwiseConv2D", both, [(2, 7, 6, 2)], NEW),
        case("separable2d_strided_dilated", "SeparableConv2D", dict(both, filters=3), [(2, 7, 6, 2)], NEW),
        case("depthwise1d_strided_dilated", "DepthwiseConv1D", dict(both, padding="valid"), [(2, 9, 2)], NEW),
        case("depthwise2d_first", "DepthwiseConv2D", dict(kernel_size=2, data_format="channels_first"), [FIRST[2]], NEW),
        case("separable2d_first", "SeparableConv2D", dict(filters=2, kernel_size=2, data_format="channels_first"), [FIRST[2]], NEW),
    ]
    return found


def transposed():
    found = []
    for rank in (1, 2, 3):
        cls = f"Conv{rank}DTranspose"
        shape = [{1: (2, 4, 3), 2: (2, 3, 4, 3), 3: (2, 3, 2, 3, 2)}[rank]]
        for name, config in {
            "plain": dict(filters=2, kernel_size=3, activation="relu"),
            "same": dict(filters=2, kernel_size=3, strides=2, padding="same"),
            "valid": dict(filters=2, kernel_size=2, strides=3, use_bias=False),
            "wide": dict(filters=2, kernel_size=4, strides=2, padding="same"),
            "output_padding": dict(filters=2, kernel_size=3, strides=2, padding="same", output_padding=1),
            "output_padding_valid": dict(filters=2, kernel_size=3, strides=2, output_padding=1),
        }.items():
            found.append(case(f"transpose{rank}d_{name}", cls, config, shape))
    found += [
        case("transpose2d_dilated", "Conv2DTranspose", dict(filters=2, kernel_size=2, dilation_rate=2), [(2, 3, 4, 3)]),
        case("transpose2d_uneven", "Conv2DTranspose", dict(filters=2, kernel_size=(2, 3), strides=(1, 2)), [(2, 3, 4, 3)]),
    ]
    return found


def pooling():
    found = []
    for rank in (1, 2, 3):
        # Where two numbers of a window are equal, the gradient may go to either.
        shape = [("distinct", SHAPES[rank])]
        for kind in ("Max", "Average"):
            cls = f"{kind}Pooling{rank}D"
            name = f"{kind.lower()}_pooling{rank}d"
            found += [
                case(name, cls, {"pool_size": 2}, shape),
                case(f"{name}_same", cls, dict(pool_size=3, strides=2, padding="same"), shape),
                case(f"{name}_one", cls, dict(pool_size=2, strides=1), shape),
                case(f"{name}_first", cls, dict(pool_size=2, data_format="channels_first"), [("distinct", FIRST[rank])], NEW),
            ]
            cls = f"Global{kind}Pooling{rank}D"
            name = f"global_{kind.lower()}_pooling{rank}d"
            found += [
                case(name, cls, {}, shape),
                case(f"{name}_keep", cls, {"keepdims": True}, shape),
                case(f"{name}_first", cls, {"data_format": "channels_first", "keepdims": True}, [("distinct", FIRST[rank])]),
            ]
    found.append(
        case("global_average_pooling1d_masked", "GlobalAveragePooling1D", {}, [(3, 4, 2)], masks=[steps()])
    )
    return found


def steps():
    import numpy as np

    return np.array([[1, 1, 0, 0], [1, 1, 1, 1], [0, 1, 0, 1]], "bool")


def borders():
    found = []
    for rank, pairs in ((1, [1, 2]), (2, [[1, 0], [2, 1]]), (3, [[1, 0], [0, 1], [1, 1]])):
        shape = [SHAPES[rank]]
        found += [
            case(f"zero_padding{rank}d", f"ZeroPadding{rank}D", {}, shape),
            case(f"zero_padding{rank}d_pairs", f"ZeroPadding{rank}D", {"padding": pairs}, shape),
            case(f"cropping{rank}d", f"Cropping{rank}D", {"cropping": 1}, shape),
            case(f"cropping{rank}d_pairs", f"Cropping{rank}D", {"cropping": pairs}, shape),
            case(f"up_sampling{rank}d", f"UpSampling{rank}D", {}, shape),
            case(f"up_sampling{rank}d_three", f"UpSampling{rank}D", {"size": 3}, shape),
        ]
        if rank > 1:
            first = {"data_format": "channels_first"}
            found += [
                case(f"zero_padding{rank}d_first", f"ZeroPadding{rank}D", dict(first, padding=1), [FIRST[rank]]),
                case(f"cropping{rank}d_first", f"Cropping{rank}D", dict(first, cropping=1), [FIRST[rank]]),
                case(f"up_sampling{rank}d_first", f"UpSampling{rank}D", dict(first, size=2), [FIRST[rank]]),
            ]
    for interpolation in ("bilinear", "bicubic", "lanczos3", "lanczos5"):
        generations = BOTH
        found.append(
            case(
                f"up_sampling2d_{interpolation}",
                "UpSampling2D",
                dict(size=(2, 3), interpolation=interpolation),
                [(1, 4, 5, 2)],
                generations,
                gradient=interpolation != "lanczos5",
            )
        )
    found.append(case("cropping2d_symmetric", "Cropping2D", {"cropping": [1, 2]}, [(1, 5, 6, 2)]))
    found.append(case("cropping2d_end", "Cropping2D", {"cropping": [[1, 0], [0, 2]]}, [(1, 5, 6, 2)]))
    return found


def augmentation():
    """As they predict; what they draw in training no two libraries draw alike."""
    photo = ("pixels", (2, 6, 8, 3))
    still = {
        "RandomFlip": dict(mode="horizontal"),
        "RandomRotation": dict(factor=0.2, fill_mode="constant", fill_value=3.0),
        "RandomTranslation": dict(height_factor=(-0.2, 0.3), width_factor=0.1),
        "RandomZoom": dict(height_factor=0.2, interpolation="nearest"),
        "RandomContrast": dict(factor=0.3),
        "RandomBrightness": dict(factor=0.3, value_range=(0.0, 1.0)),
    }
    found = [
        case(f"augment_{cls.lower()}", cls, config, [photo], training=False)
        for cls, config in still.items()
    ]
    for name, cls, height, width in (
        ("center_crop", "CenterCrop", 3, 5),
        ("center_crop_even", "CenterCrop", 4, 4),
        ("center_crop_larger", "CenterCrop", 9, 5),
        ("random_crop", "RandomCrop", 3, 5),
        ("random_crop_wide", "RandomCrop", 3, 7),
    ):
        # Keras 3's RandomCrop predicts on the whole picture, though it declares another shape.
        generations = OLD if cls == "RandomCrop" else BOTH
        config = dict(height=height, width=width)
        found.append(case(f"augment_{name}", cls, config, [photo], generations, training=False))
    return found

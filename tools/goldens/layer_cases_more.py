"""Golden cases: spectral normalization, unshared convolutions, categories, newer picture layers."""

from layer_cases import BOTH, NEW, OLD, case


def cases():
    return spectral() + adaptive() + local() + categories() + pictures()


def spectral():
    def around(cls, **config):
        return lambda k: dict(layer=getattr(k.layers, cls)(**config))

    def iterated(cls, count, **config):
        return lambda k: dict(layer=getattr(k.layers, cls)(**config), power_iterations=count)

    # tf_keras 2.18 builds it in no TensorFlow whose own Keras is 3.
    image = [(2, 5, 5, 2)]
    name = "SpectralNormalization"
    return [
        case("spectral_dense", name, around("Dense", units=3, activation="relu"), [(4, 5)], NEW),
        case("spectral_dense_training", name, around("Dense", units=3), [(4, 5)], NEW, training=True),
        case("spectral_no_bias_training", name, around("Dense", units=3, use_bias=False), [(4, 5)], NEW, training=True),
        case("spectral_conv", name, around("Conv2D", filters=3, kernel_size=3), image, NEW),
        case("spectral_conv_training", name, iterated("Conv2D", 3, filters=3, kernel_size=3), image, NEW, training=True),
    ]


def adaptive():
    found = []
    for rank, shape, sizes in ((1, (2, 7, 3), 3), (2, (2, 5, 7, 2), (2, 3)), (3, (2, 4, 5, 3, 2), (2, 3, 3))):
        first = (shape[0], shape[-1]) + shape[1:-1]
        for kind in ("Average", "Max"):
            cls = f"Adaptive{kind}Pooling{rank}D"
            spec = ("distinct", shape)
            found.append(case(f"adaptive_{kind.lower()}{rank}", cls, dict(output_size=sizes), [spec], NEW))
            found.append(case(f"adaptive_{kind.lower()}{rank}_first", cls, dict(output_size=sizes, data_format="channels_first"), [("distinct", first)], NEW))
    return found


def local():
    found = []
    for rank, shape in ((1, (2, 6, 2)), (2, (2, 5, 4, 2))):
        cls = f"LocallyConnected{rank}D"
        first = (shape[0], shape[-1]) + shape[1:-1]
        for name, config, spec in (
            ("plain", dict(filters=3, kernel_size=3, activation="relu"), shape),
            ("strided", dict(filters=2, kernel_size=2, strides=2), shape),
            ("bare", dict(filters=2, kernel_size=2, use_bias=False), shape),
            ("first", dict(filters=3, kernel_size=2, data_format="channels_first"), first),
            ("whole", dict(filters=2, kernel_size=3, implementation=2), shape),
            ("whole_same", dict(filters=2, kernel_size=3, implementation=2, padding="same", strides=2), shape),
            ("whole_first", dict(filters=2, kernel_size=2, implementation=2, data_format="channels_first"), first),
        ):
            found.append(case(f"locally{rank}_{name}", cls, config, [spec], OLD))
    return found


def categories():
    still = dict(gradient=False)
    column, row = [("int", (4, 1), 6)], [("int", (4, 3), 6)]
    found = [
        case("category_multi_hot", "CategoryEncoding", dict(num_tokens=6), row, **still),
        case("category_one_hot", "CategoryEncoding", dict(num_tokens=6, output_mode="one_hot"), column, **still),
        case("category_count", "CategoryEncoding", dict(num_tokens=6, output_mode="count"), row, **still),
        case("category_one_hot_wide", "CategoryEncoding", dict(num_tokens=6, output_mode="one_hot"), row, NEW, **still),
        case("category_weighted", "CategoryEncoding", dict(num_tokens=6, output_mode="count"), row + [("positive", (4, 3))], call=lambda layer, t: layer(t[0], count_weights=t[1]), arguments={"count_weights": "in1"}, **still),
    ]
    bounds = dict(bin_boundaries=[-1.0, -0.25, 0.5, 1.0])
    for mode in ("int", "one_hot", "multi_hot", "count"):
        found.append(case(f"discretization_{mode}", "Discretization", bounds | dict(output_mode=mode), [(5, 1) if mode == "one_hot" else (5, 3)], NEW if mode in ("multi_hot", "count") else BOTH, **still))
    wide = [("int", (5, 3), 1000)]
    found += [
        case("hashing", "Hashing", dict(num_bins=7), wide, **still),
        case("hashing_mask", "Hashing", dict(num_bins=7, mask_value=17), wide, **still),
        case("hashing_salt", "Hashing", dict(num_bins=7, salt=[133, 137]), wide, **still),
        case("hashing_salt_one", "Hashing", dict(num_bins=7, salt=5), wide, **still),
        case("hashing_one_hot", "Hashing", dict(num_bins=7, output_mode="one_hot"), [("int", (5, 1), 1000)], **still),
        case("hashing_multi_hot", "Hashing", dict(num_bins=7, output_mode="multi_hot"), wide, **still),
    ]
    words = dict(vocabulary=[7, 2, 5, 11])
    some = [("int", (5, 4), 13)]
    for name, config, spec, generations in (
        ("plain", {}, some, BOTH),
        ("mask", dict(mask_token=0), some, BOTH),
        ("mask_multi_hot", dict(mask_token=0, output_mode="multi_hot"), some, BOTH),
        ("oov", dict(num_oov_indices=3), some, BOTH),
        ("oov_mask", dict(num_oov_indices=3, mask_token=0), some, BOTH),
        ("farmhash", dict(num_oov_indices=3, oov_method="farmhash"), some, NEW),
        ("salted", dict(num_oov_indices=3, oov_method="farmhash", salt=[3, 4]), some, NEW),
        ("one_hot", dict(output_mode="one_hot"), [("int", (5, 1), 13)], BOTH),
        ("count", dict(output_mode="count"), some, BOTH),
        ("padded", dict(output_mode="count", max_tokens=9, pad_to_max_tokens=True), some, BOTH),
        ("invert", dict(invert=True), [("int", (5, 2), 6)], BOTH),
        ("invert_mask", dict(invert=True, mask_token=0, num_oov_indices=2), [("int", (5, 2), 8)], BOTH),
        ("special", dict(vocabulary=[-1, 7, 2, 5]), some, BOTH),
    ):
        found.append(case(f"integer_lookup_{name}", "IntegerLookup", words | config, spec, generations, **still))
    return found


def pictures():
    """Layers that do nothing, or the same as in training, when a network predicts."""
    image = [("pixels", (2, 4, 5, 3))]
    found = [
        case("auto_contrast", "AutoContrast", {}, image, NEW, gradient=False),
        case("auto_contrast_unit", "AutoContrast", dict(value_range=(-1.0, 1.0)), [(2, 4, 5, 3)], NEW, gradient=False),
    ]
    for cls, config in {
        "AugMix": {},
        "CutMix": {},
        "Equalization": dict(bins=32),
        "MixUp": {},
        "RandAugment": {},
        "RandomColorDegeneration": dict(factor=0.4),
        "RandomColorJitter": dict(brightness_factor=0.2, hue_factor=0.3),
        "RandomElasticTransform": {},
        "RandomErasing": dict(fill_value=3.0),
        "RandomGaussianBlur": {},
        "RandomGrayscale": {},
        "RandomHue": dict(factor=0.3),
        "RandomInvert": {},
        "RandomPerspective": {},
        "RandomPosterization": dict(factor=3),
        "RandomSaturation": dict(factor=0.4),
        "RandomSharpness": dict(factor=0.4),
        "RandomShear": dict(x_factor=0.2, y_factor=0.1),
        "Solarization": dict(addition_factor=0.2, threshold_factor=0.4),
    }.items():
        found.append(case(f"{cls.lower()}_inference", cls, config, image, NEW, training=False))
    return found

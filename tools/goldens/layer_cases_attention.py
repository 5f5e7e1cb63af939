"""Golden cases: embeddings, Einstein sums and attention."""

from layer_cases import BOTH, NEW, OLD, case

Q = (3, 4, 6)
V = (3, 5, 6)


def mask(*rows):
    import numpy as np

    return np.array(rows, "bool")


QUERY = mask([1, 1, 0, 0], [1, 1, 1, 1], [0, 1, 0, 1])
VALUE = mask([1, 1, 1, 0, 0], [1, 1, 1, 1, 1], [0, 1, 0, 1, 1])


def cases():
    return embeddings() + plain() + heads() + grouped()


def embeddings():
    ids = [("int", (3, 4), 5)]
    return [
        case("embedding", "Embedding", dict(input_dim=5, output_dim=3), ids),
        case("embedding_masked", "Embedding", dict(input_dim=5, output_dim=3, mask_zero=True), ids),
        case("embedding_settings", "Embedding", lambda k: dict(input_dim=5, output_dim=3, embeddings_initializer="he_normal", embeddings_constraint=k.constraints.UnitNorm(axis=1)), ids),
        case("reversible_embedding", "ReversibleEmbedding", dict(input_dim=5, output_dim=3), ids, NEW),
        case("reversible_embedding_masked", "ReversibleEmbedding", dict(input_dim=5, output_dim=3, tie_weights=False, mask_zero=True), ids, NEW),
        case("reversible_embedding_back", "ReversibleEmbedding", dict(input_dim=5, output_dim=3), [(2, 4, 3)], NEW, arguments={"reverse": True}),
        case("reversible_embedding_untied", "ReversibleEmbedding", dict(input_dim=5, output_dim=3, tie_weights=False, embeddings_initializer="he_normal"), [(2, 4, 3)], NEW, arguments={"reverse": True}),
        case("reversible_embedding_capped", "ReversibleEmbedding", dict(input_dim=5, output_dim=3, logit_soft_cap=0.5, reverse_dtype="float32"), [(2, 3)], NEW, arguments={"reverse": True}),
        case("einsum_dense", "EinsumDense", dict(equation="abc,cd->abd", output_shape=(None, 4), bias_axes="d"), [(2, 3, 5)]),
        case("einsum_dense_wide", "EinsumDense", dict(equation="abc,cde->abde", output_shape=(None, 2, 4), bias_axes="de", activation="relu"), [(2, 3, 5)]),
        case("einsum_dense_first", "EinsumDense", dict(equation="ab,bc->ac", output_shape=4), [(2, 5)]),
        case("einsum_dense_leading", "EinsumDense", dict(equation="...x,xy->...y", output_shape=4, bias_axes="y"), [(2, 3, 2, 5)]),
        case("einsum_dense_trailing", "EinsumDense", dict(equation="ab...,bc->ac...", output_shape=4, bias_axes="c"), [(2, 5, 3)]),
        case("einsum_dense_partial", "EinsumDense", dict(equation="abc,cde->abde", output_shape=(None, 2, 4), bias_axes="d"), [(2, 3, 5)]),
    ]


def plain():
    two, three = [Q, V], [Q, V, V]
    found = []
    for cls in ("Attention", "AdditiveAttention"):
        name = cls.lower()
        found += [
            case(name, cls, {}, two),
            case(f"{name}_scale", cls, {"use_scale": True}, two),
            case(f"{name}_no_scale", cls, {"use_scale": False}, two),
            case(f"{name}_key", cls, {}, three),
            case(f"{name}_masked", cls, {}, two, masks=[QUERY, VALUE]),
            case(f"{name}_value_masked", cls, {}, two, masks=[None, VALUE]),
            case(f"{name}_causal", cls, {}, [Q, Q], arguments={"use_causal_mask": True}),
            case(f"{name}_scores", cls, {}, two, arguments={"return_attention_scores": True}),
        ]
    found += [
        case("attention_concat", "Attention", {"score_mode": "concat"}, two),
        case("attention_concat_scale", "Attention", {"score_mode": "concat", "use_scale": True}, three),
        case("attention_dropout_inference", "Attention", {"dropout": 0.4}, two, training=False),
    ]
    return found


def apart(layer, tensors, **kwargs):
    return layer(*tensors, **kwargs)


def multi(name, config, inputs, generations=BOTH, masks=(), training=None, **arguments):
    def call(layer, tensors):
        keywords = {k: tensors[int(v[2:])] if isinstance(v, str) else v for k, v in arguments.items()}
        named = {int(v[2:]) for v in arguments.values() if isinstance(v, str)}
        rest = [t for i, t in enumerate(tensors) if i not in named]
        return layer(*rest, **keywords)

    config = dict(num_heads=2, key_dim=3) | config
    return case(f"multi_head_{name}", "MultiHeadAttention", config, inputs, generations, call=call, masks=masks, arguments=arguments, training=training)


def heads():
    seen = ("bool", (3, 4, 5))
    full = mask([1, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1])
    return [
        multi("plain", {}, [Q, V]),
        multi("self", {}, [Q, Q]),
        multi("key", {}, [Q, V, V]),
        multi("value_dim", dict(value_dim=4, use_bias=False), [Q, V]),
        multi("output_shape", dict(output_shape=5), [Q, V], NEW),
        multi("output_shape_list", dict(output_shape=[2, 3]), [Q, V]),
        multi("causal", {}, [Q, Q], use_causal_mask=True),
        multi("causal_dropout", dict(dropout=0.1), [Q, Q], NEW, use_causal_mask=True),
        multi("mask", {}, [Q, V, seen], NEW, attention_mask="in2"),
        multi("scores", {}, [Q, V], return_attention_scores=True),
        multi("scores_masked", {}, [Q, V, seen], NEW, attention_mask="in2", return_attention_scores=True),
        multi("query_masked", {}, [Q, V], NEW, masks=[QUERY]),
        multi("value_masked", {}, [Q, V], masks=[None, VALUE]),
        multi("both_masked", {}, [Q, V], NEW, masks=[QUERY, VALUE]),
        multi("both_masked_causal", {}, [Q, Q], NEW, masks=[QUERY, QUERY], use_causal_mask=True),
        multi("axes", dict(attention_axes=[2]), [(2, 3, 4, 5), (2, 3, 2, 5)]),
        multi("two_axes", {}, [(2, 3, 4, 5), (2, 2, 3, 5)]),
        multi("window", dict(sliding_window=2), [Q, Q], NEW),
        multi("gate", dict(use_gate=True, value_dim=4), [Q, V], NEW),
    ]


def grouped():
    seen = ("bool", (3, 4, 5))

    def group(name, config, inputs, masks=(), **arguments):
        def call(layer, tensors):
            keywords = {k: tensors[int(v[2:])] if isinstance(v, str) else v for k, v in arguments.items()}
            named = {int(v[2:]) for v in arguments.values() if isinstance(v, str)}
            return layer(*[t for i, t in enumerate(tensors) if i not in named], **keywords)

        config = dict(head_dim=3, num_query_heads=4, num_key_value_heads=2) | config
        return case(f"group_query_{name}", "GroupQueryAttention", config, inputs, NEW, call=call, masks=masks, arguments=arguments)

    return [
        group("plain", {}, [Q, V]),
        group("one_key", dict(num_key_value_heads=1, use_bias=False), [Q, V]),
        group("as_many", dict(num_key_value_heads=4), [Q, V, V]),
        group("causal", {}, [Q, Q], use_causal_mask=True),
        group("mask", {}, [Q, V, seen], attention_mask="in2"),
        group("masked", {}, [Q, V], masks=[QUERY, VALUE]),
        group("scores", {}, [Q, V], return_attention_scores=True),
        group("dropout_inference", dict(dropout=0.3), [Q, V]),
        group("window", dict(sliding_window=2), [Q, Q]),
        group("gate", dict(use_gate=True), [Q, V]),
    ]

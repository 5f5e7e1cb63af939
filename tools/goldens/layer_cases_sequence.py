"""Golden cases: recurrent layers and wrappers."""

from layer_cases import BOTH, NEW, OLD, case

X = [(3, 4, 2)]
CELLS = ("SimpleRNN", "GRU", "LSTM")


def steps():
    import numpy as np

    return np.array([[1, 1, 0, 0], [1, 1, 1, 1], [0, 1, 0, 1]], "bool")


def cases():
    return recurrent() + wrapped() + convolutional()


def recurrent():
    found = []
    for cls in CELLS:
        name = cls.lower()
        for label, config in {
            "last": dict(units=3),
            "sequences": dict(units=3, return_sequences=True),
            "state": dict(units=3, return_state=True, return_sequences=True),
            "backwards": dict(units=3, go_backwards=True, return_sequences=True),
            "no_bias": dict(units=2, use_bias=False),
            "unrolled": dict(units=2, unroll=True, activation="relu"),
        }.items():
            found.append(case(f"{name}_{label}", cls, config, X))
        found += [
            case(f"{name}_masked", cls, dict(units=3, return_sequences=True), X, masks=[steps()]),
            case(f"{name}_masked_last", cls, dict(units=3, return_state=True), X, masks=[steps()]),
            case(f"{name}_masked_back", cls, dict(units=3, go_backwards=True, return_sequences=True), X, masks=[steps()]),
            case(f"{name}_initial", cls, dict(units=3), X + [(3, 3)] * (2 if cls == "LSTM" else 1), call=initial),
            case(f"{name}_dropout_inference", cls, dict(units=2, dropout=0.5, recurrent_dropout=0.2, seed=3), X, NEW, training=False),
        ]
    found += [
        case("gru_before", "GRU", dict(units=3, reset_after=False, return_sequences=True), X),
        case("gru_before_no_bias", "GRU", dict(units=3, reset_after=False, use_bias=False), X),
        case("gru_hard", "GRU", dict(units=3, recurrent_activation="hard_sigmoid"), X),
        case("lstm_hard", "LSTM", dict(units=3, recurrent_activation="hard_sigmoid", unit_forget_bias=False), X),
        case("rnn_cell", "RNN", lambda k: dict(cell=k.layers.GRUCell(3), return_sequences=True), X),
        case("rnn_stacked", "RNN", lambda k: dict(cell=k.layers.StackedRNNCells([k.layers.LSTMCell(3), k.layers.SimpleRNNCell(2)]), return_sequences=True), X),
        case("rnn_zero_masked", "RNN", lambda k: dict(cell=k.layers.LSTMCell(2), return_sequences=True, zero_output_for_mask=True), X, masks=[steps()]),
        case("lstm_activity", "LSTM", dict(units=2, activity_regularizer="l2"), X, losses=True),
    ]
    return found


def initial(layer, tensors):
    return layer(tensors[0], initial_state=tensors[1:])


def wrapped():
    found = []
    for mode in ("concat", "sum", "mul", "ave", None):
        for cls in ("LSTM", "GRU"):
            found.append(
                case(
                    f"bidirectional_{cls.lower()}_{mode or 'both'}",
                    "Bidirectional",
                    lambda k, m=mode, c=cls: dict(layer=getattr(k.layers, c)(2, return_sequences=True), merge_mode=m),
                    X,
                )
            )
    found += [
        case("bidirectional_last", "Bidirectional", lambda k: dict(layer=k.layers.LSTM(2)), X),
        case("bidirectional_state", "Bidirectional", lambda k: dict(layer=k.layers.LSTM(2, return_state=True, return_sequences=True)), X),
        case("bidirectional_masked", "Bidirectional", lambda k: dict(layer=k.layers.LSTM(2, return_sequences=True)), X, masks=[steps()]),
        case("bidirectional_masked_last", "Bidirectional", lambda k: dict(layer=k.layers.GRU(2)), X, masks=[steps()]),
        case("bidirectional_two", "Bidirectional", lambda k: dict(layer=k.layers.LSTM(2), backward_layer=k.layers.GRU(3, go_backwards=True)), X),
        case("bidirectional_initial", "Bidirectional", lambda k: dict(layer=k.layers.LSTM(2)), X + [(3, 2)] * 4, call=initial),
        case("time_distributed_dense", "TimeDistributed", lambda k: dict(layer=k.layers.Dense(3, activation="relu")), X),
        case("time_distributed_conv", "TimeDistributed", lambda k: dict(layer=k.layers.Conv2D(2, 2)), [(2, 3, 4, 3, 2)]),
        case("time_distributed_norm", "TimeDistributed", lambda k: dict(layer=k.layers.BatchNormalization()), X, training=False),
        case("time_distributed_masked", "TimeDistributed", lambda k: dict(layer=k.layers.Dense(2)), X, NEW, masks=[steps()]),
        case("time_distributed_twice", "TimeDistributed", lambda k: dict(layer=k.layers.TimeDistributed(k.layers.Dense(2))), [(2, 3, 2, 4)]),
    ]
    return found


def convolutional():
    found = []
    shapes = {1: (2, 3, 5, 2), 2: (2, 3, 4, 3, 2), 3: (1, 2, 3, 3, 3, 2)}
    for rank, shape in shapes.items():
        cls = f"ConvLSTM{rank}D"
        found += [
            case(f"conv_lstm{rank}d", cls, dict(filters=2, kernel_size=2), [shape]),
            case(f"conv_lstm{rank}d_same", cls, dict(filters=2, kernel_size=3, padding="same", return_sequences=True, return_state=True), [shape]),
        ]
    found += [
        case("conv_lstm2d_masked", "ConvLSTM2D", dict(filters=2, kernel_size=2, return_sequences=True), [(3, 4, 3, 3, 2)], masks=[steps()]),
        case("conv_lstm2d_first", "ConvLSTM2D", dict(filters=2, kernel_size=2, data_format="channels_first", return_sequences=True), [(2, 3, 2, 4, 3)], NEW),
        case("conv_lstm2d_strided", "ConvLSTM2D", dict(filters=2, kernel_size=2, strides=2, go_backwards=True), [(2, 3, 4, 4, 2)]),
    ]
    return found

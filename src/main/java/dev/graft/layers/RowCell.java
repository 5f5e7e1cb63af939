package dev.graft.layers;

/** A cell whose inputs, states and outputs are rows of numbers: SimpleRNN's, GRU's and LSTM's. */
interface RowCell extends Cell {
  /** How many numbers a state and the output have. */
  int units();

  /** What all such cells have. */
  RecurrentSettings settings();

  @Override
  default Spec output(Spec step) {
    return Spec.floats(step.size(0), units());
  }

  @Override
  default boolean random() {
    return settings().random();
  }
}

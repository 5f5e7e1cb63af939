package dev.graft.layers;

/**
 * Frees a network of a fixed batch size.
 *
 * <p>A file may say that 25 examples come at a time. Only a recurrent layer that carries its states
 * from batch to batch means it; for all others the number is how the network was first called, and
 * would forbid every other number.
 */
public final class AnyBatch {
  private AnyBatch() {}

  /** The same model for any number of examples; {@code model} itself when it is so already. */
  public static Model of(Model model) {
    boolean fixed =
        model.layers().stream()
            .anyMatch(
                entry ->
                    entry.layer() instanceof InputLayer in
                        && in.spec().rank() > 0
                        && in.spec().size(0) >= 0);
    return fixed && !stateful(model) ? model.map(AnyBatch::freed) : model;
  }

  private static Model.Entry freed(Model.Entry entry) {
    if (!(entry.layer() instanceof InputLayer in)) {
      return entry;
    }
    long[] shape = in.spec().shape().asArray();
    shape[0] = -1;
    return new Model.Entry(entry.name(), entry.trainable(), new InputLayer(in.spec().with(shape)));
  }

  private static boolean stateful(Model model) {
    return model
        .everyLayer()
        .map(place -> place.entry().layer())
        .anyMatch(
            layer ->
                (layer instanceof Recurrent rnn && rnn.flow().stateful())
                    || (layer instanceof Bidirectional both && both.flow().stateful()));
  }
}

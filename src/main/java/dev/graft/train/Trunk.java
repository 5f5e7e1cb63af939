package dev.graft.train;

import dev.graft.data.Examples;
import dev.graft.layers.Ref;
import dev.graft.network.Network;
import dev.graft.network.Path;
import java.util.List;

/**
 * What computes the outputs of the frozen part: a network beside the one that is trained, with its
 * weights. The session of this one fuses ops, and that one's need not, which it would do for every
 * new set of tensors; nor are the constants of a frozen graph in that one, which TensorFlow copies
 * whenever ops are added.
 */
record Trunk(Network network, Path path) implements AutoCloseable {
  /** The part of {@code network} that leads to {@code border}. */
  static Trunk of(Network network, List<Ref> border) {
    Network runs = Network.forTraining(network.model(), network.settings(), network.seed());
    runs.share(network);
    return new Trunk(runs, runs.path(Path.Mode.INFERENCE, runs.model().inputs(), border));
  }

  /** Runs it over {@code rows} of {@code examples}; {@code draw} seeds changes, -1 for none. */
  FeatureRun over(Examples examples, int[] rows, long draw) {
    return new FeatureRun(network, path, examples, rows, draw);
  }

  @Override
  public void close() {
    network.close();
  }
}

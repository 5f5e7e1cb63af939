package dev.graft.train;

import dev.graft.data.Examples;
import dev.graft.layers.Ref;
import dev.graft.network.FrozenLayer;
import dev.graft.network.Network;
import dev.graft.network.Path;
import java.util.List;

/**
 * What computes the outputs of the frozen part: the network that is trained, or one beside it where
 * a frozen graph is in it. TensorFlow copies all constants of a session's graph whenever ops are
 * added to it, which training does again and again.
 */
record Trunk(Network network, Path path, boolean own) implements AutoCloseable {
  /** The part of {@code network} that leads to {@code border}. */
  static Trunk of(Network network, List<Ref> border) {
    boolean own =
        network.model().layers().stream().anyMatch(entry -> entry.layer() instanceof FrozenLayer);
    Network runs = network;
    if (own) {
      // As the other one, so that the numbers are those of its own frozen part.
      runs = Network.forTraining(network.model(), network.settings(), network.seed());
      runs.assign(network.unchanging());
    }
    return new Trunk(runs, runs.path(Path.Mode.INFERENCE, runs.model().inputs(), border), own);
  }

  /** Runs it over {@code rows} of {@code examples}; {@code draw} seeds changes, -1 for none. */
  FeatureRun over(Examples examples, int[] rows, long draw) {
    return new FeatureRun(network, path, examples, rows, draw);
  }

  @Override
  public void close() {
    if (own) {
      network.close();
    }
  }
}

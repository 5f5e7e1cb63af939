package dev.graft.train;

import dev.graft.network.Network;
import java.nio.file.Path;

/** Writes a network into a Keras file; which kind, the name's ending says. */
@FunctionalInterface
public interface NetworkWriter {
  /**
   * Writes {@code file} whole or not at all.
   *
   * @param weightsOnly the weights without the model
   */
  void write(Network network, Path file, boolean weightsOnly);
}

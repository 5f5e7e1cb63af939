package dev.graft.train;

import java.nio.file.Path;

/**
 * Writes the network that is being trained into a Keras file; which kind, the name's ending says.
 */
@FunctionalInterface
public interface NetworkWriter {
  /**
   * Writes {@code file} whole or not at all.
   *
   * @param weightsOnly the weights without the model
   */
  void write(Training training, Path file, boolean weightsOnly);
}

package dev.graft.files;

import java.io.IOException;

/** Something done with a value that may fail with an {@link IOException}. */
@FunctionalInterface
public interface IoConsumer<T> {
  void accept(T value) throws IOException;
}

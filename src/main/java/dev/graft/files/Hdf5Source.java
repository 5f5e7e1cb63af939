package dev.graft.files;

import dev.graft.error.GraftException;
import dev.graft.error.MalformedFileException;
import dev.graft.error.UnsupportedException;
import io.jhdf.exceptions.UnsupportedHdfException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/**
 * The open file behind groups and datasets.
 *
 * @param path where it is
 * @param shown what errors call it
 * @param channel its bytes and its guard
 */
record Hdf5Source(Path path, String shown, GuardedChannel channel) {

  /**
   * Runs {@code work} on the file; whatever a damaged file makes of it becomes one sentence.
   *
   * <p>Running out of stack or memory counts too: a file can ask for both with a few bytes.
   */
  <T> T read(String place, Callable<T> work) {
    channel.renew();
    try {
      return work.call();
    } catch (GraftException e) {
      throw e;
    } catch (StackOverflowError e) {
      throw damaged(place, "its structure goes round in a circle", e);
    } catch (OutOfMemoryError e) {
      throw damaged(place, "it asks for more memory than there is", e);
    } catch (Exception | AssertionError | InternalError e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof UnsupportedHdfException || isUnknown(cause)) {
          throw new UnsupportedException(
              where(place)
                  + ": Graft cannot read this: "
                  + sentence(cause.getMessage())
                  + ". Save the file with h5py's default settings.",
              e);
        }
      }
      throw damaged(place, reason(e), e);
    }
  }

  /** What jhdf 0.13.0 says of newer forms of the format and of filters it does not have. */
  private static boolean isUnknown(Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    return message.startsWith("A required filter is not available")
        || message.startsWith("Unrecognized datatype version");
  }

  private static String sentence(String text) {
    return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
  }

  private static String reason(Throwable thrown) {
    Throwable deepest = thrown;
    while (deepest.getCause() != null && deepest.getCause() != deepest) {
      deepest = deepest.getCause();
    }
    String text = deepest.getMessage();
    return text == null || text.isBlank() ? deepest.getClass().getSimpleName() : text;
  }

  /** How errors name a place: file, then object. */
  String where(String place) {
    return shown + ": " + place;
  }

  MalformedFileException damaged(String place, String reason) {
    return damaged(place, reason, null);
  }

  private MalformedFileException damaged(String place, String reason, Throwable cause) {
    return new MalformedFileException(
        where(place)
            + ": the file is damaged or cut short ("
            + sentence(reason)
            + "). Fetch or save it again.",
        cause);
  }

  long size() {
    return channel.size();
  }

  /** Fills {@code target} with the file's bytes from {@code position} on. */
  void bytes(String place, ByteBuffer target, long position) {
    try {
      channel.readFully(target, position);
    } catch (IOException e) {
      throw damaged(place, reason(e), e);
    }
  }
}

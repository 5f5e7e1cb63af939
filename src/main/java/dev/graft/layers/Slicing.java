package dev.graft.layers;

import dev.graft.error.ShapeException;
import dev.graft.error.UnsupportedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.StridedSlice;
import org.tensorflow.types.family.TType;

/**
 * {@code x[key]} as Python writes it: whole numbers, slices with start, stop and step, new axes
 * (null) and one ellipsis.
 */
final class Slicing extends Rearrangement {
  private final String key;

  Slicing(String input, String key) {
    super(input);
    this.key = key;
  }

  /** One place of the key, for one dimension or for a new one. */
  private record Part(Kind kind, Integer start, Integer stop, int step) {
    static final Part ALL = new Part(Kind.RANGE, null, null, 1);

    boolean whole() {
      return kind == Kind.RANGE && start == null && stop == null && step == 1;
    }
  }

  private enum Kind {
    RANGE,
    INDEX,
    NEW
  }

  /** One part for each dimension of {@code in}, and the new axes between. */
  private List<Part> parts(Spec in, OpArguments a) {
    List<Object> given = items(a);
    long taken = given.stream().filter(item -> item != null && !ellipsis(item)).count();
    if (taken > in.rank()) {
      throw new ShapeException("x[…]: " + given.size() + " places for " + in + ".");
    }
    List<Part> parts = new ArrayList<>();
    int rest = in.rank() - (int) taken;
    for (Object item : given) {
      if (item == null) {
        parts.add(new Part(Kind.NEW, null, null, 1));
      } else if (ellipsis(item)) {
        for (; rest > 0; rest--) {
          parts.add(Part.ALL);
        }
      } else {
        parts.add(part(item));
      }
    }
    for (; rest > 0; rest--) {
      parts.add(Part.ALL);
    }
    return parts;
  }

  /** The key may be one thing or a list; a null in a list is a new axis. */
  private List<Object> items(OpArguments a) {
    Object whole = a.get(key);
    return whole instanceof List<?> list ? new ArrayList<>(list) : Arrays.asList(whole);
  }

  private static boolean ellipsis(Object item) {
    return item.equals("...")
        || (item instanceof Map<?, ?> map && "__ellipsis__".equals(map.get("class_name")));
  }

  private static Part part(Object item) {
    if (item instanceof Number index) {
      return new Part(Kind.INDEX, index.intValue(), null, 1);
    }
    if (item instanceof Map<?, ?> map) {
      Map<?, ?> slice = map.get("config") instanceof Map<?, ?> inner ? inner : map;
      Integer step = number(slice.get("step"));
      return new Part(
          Kind.RANGE,
          number(slice.get("start")),
          number(slice.get("stop")),
          step == null ? 1 : step);
    }
    throw new UnsupportedException(
        "x[…]: Graft slices by fixed whole numbers and ranges, came " + item + ".");
  }

  private static Integer number(Object value) {
    if (value == null) {
      return null;
    }
    if (value instanceof Number number) {
      return number.intValue();
    }
    throw new UnsupportedException(
        "x[…]: Graft slices by fixed whole numbers and ranges, came " + value + ".");
  }

  @Override
  Spec shape(Spec in, OpArguments a) {
    List<Long> sizes = new ArrayList<>();
    int axis = 0;
    for (Part part : parts(in, a)) {
      switch (part.kind()) {
        case NEW -> sizes.add(1L);
        case INDEX -> {
          long size = in.size(axis++);
          if (size >= 0 && (part.start() >= size || part.start() < -size)) {
            throw new ShapeException(
                "x[…]: there is no element " + part.start() + " in " + in + ".");
          }
        }
        case RANGE -> sizes.add(length(in.size(axis++), part));
      }
    }
    return in.with(sizes.stream().mapToLong(Long::longValue).toArray());
  }

  /** How many elements Python's slice takes of {@code size}; -1 if not known. */
  private static long length(long size, Part part) {
    if (part.whole() || size < 0) {
      return part.whole() ? size : -1;
    }
    boolean forward = part.step() > 0;
    long start = clip(part.start(), size, forward ? 0 : size - 1, forward);
    long stop = clip(part.stop(), size, forward ? size : -1, forward);
    long span = forward ? stop - start : start - stop;
    long step = Math.abs(part.step());
    return Math.max(0, (span + step - 1) / step);
  }

  private static long clip(Integer place, long size, long absent, boolean forward) {
    if (place == null) {
      return absent;
    }
    long at = place < 0 ? place + size : place;
    return forward ? Math.max(0, Math.min(at, size)) : Math.max(-1, Math.min(at, size - 1));
  }

  @Override
  <T extends TType> Operand<T> move(Ops tf, Operand<T> x, Spec in, OpArguments a) {
    List<Part> parts = parts(in, a);
    int count = parts.size();
    int[] begin = new int[count];
    int[] end = new int[count];
    int[] step = new int[count];
    long beginMask = 0;
    long endMask = 0;
    long newMask = 0;
    long shrinkMask = 0;
    for (int i = 0; i < count; i++) {
      Part part = parts.get(i);
      long bit = 1L << i;
      step[i] = part.step();
      if (part.start() != null) {
        begin[i] = part.start();
      } else {
        beginMask |= bit;
      }
      if (part.kind() == Kind.INDEX) {
        shrinkMask |= bit;
        end[i] = part.start() + 1;
      } else if (part.stop() != null) {
        end[i] = part.stop();
      } else {
        endMask |= bit;
      }
      if (part.kind() == Kind.NEW) {
        newMask |= bit;
      }
    }
    return tf.stridedSlice(
        x,
        tf.constant(begin),
        tf.constant(end),
        tf.constant(step),
        StridedSlice.beginMask(beginMask & ~newMask),
        StridedSlice.endMask(endMask & ~newMask),
        StridedSlice.newAxisMask(newMask),
        StridedSlice.shrinkAxisMask(shrinkMask));
  }
}

package dev.graft.keras;

import dev.graft.error.MalformedFileException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a Python pickle as data. A pickle is a small program that may call any function; here
 * nothing is called: a name stays a {@link Name}, a call stays a {@link Made}. Source: CPython 3.11
 * pickletools.py, protocols 2 to 5.
 */
final class PickleData {
  /** A Python class or function that the pickle names. */
  record Name(String module, String name) {}

  /** What the pickle would make by calling {@code callable}, and the state it would set. */
  static final class Made {
    final Object callable;
    final Object arguments;
    Object state;

    Made(Object callable, Object arguments) {
      this.callable = callable;
      this.arguments = arguments;
    }
  }

  private static final Object MARK = new Object();

  private final ByteBuffer in;
  private final String where;
  private final List<Object> stack = new ArrayList<>();
  private final Map<Integer, Object> memo = new HashMap<>();

  private PickleData(ByteBuffer in, String where) {
    this.in = in;
    this.where = where;
  }

  /**
   * The value pickled in {@code bytes}: texts, longs, doubles, booleans, null, byte buffers, lists
   * (tuples too), maps, {@link Name}s and {@link Made}s. It may hold itself.
   */
  static Object read(ByteBuffer bytes, String where) {
    PickleData reader = new PickleData(bytes.slice().order(ByteOrder.LITTLE_ENDIAN), where);
    try {
      return reader.run();
    } catch (java.nio.BufferUnderflowException
        | IndexOutOfBoundsException
        | NullPointerException
        | ClassCastException e) {
      throw reader.damaged("it ends, or mixes up its values, at byte " + reader.in.position());
    }
  }

  private Object run() {
    while (true) {
      int code = in.get() & 0xff;
      if (code == '.') {
        return pop();
      }
      if (!literal(code) && !number(code) && !container(code)) {
        step(code);
      }
    }
  }

  private boolean literal(int code) {
    switch (code) {
      case 'N' -> push(null);
      case 0x88 -> push(true);
      case 0x89 -> push(false);
      case 0x8c -> push(text(in.get() & 0xff));
      case 'X' -> push(text(in.getInt()));
      case 0x8d -> push(text(length8()));
      case 'C' -> push(bytes(in.get() & 0xff));
      case 'B' -> push(bytes(in.getInt()));
      case 0x8e, 0x96 -> push(bytes(length8()));
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean number(int code) {
    switch (code) {
      case 'J' -> push((long) in.getInt());
      case 'K' -> push((long) (in.get() & 0xff));
      case 'M' -> push((long) (in.getShort() & 0xffff));
      case 0x8a -> push(whole(in.get() & 0xff));
      case 0x8b -> push(whole(in.getInt()));
      case 'G' -> push(in.order(ByteOrder.BIG_ENDIAN).getDouble());
      default -> {
        return false;
      }
    }
    in.order(ByteOrder.LITTLE_ENDIAN);
    return true;
  }

  private boolean container(int code) {
    switch (code) {
      case ')', ']', 0x8f -> push(new ArrayList<>());
      case '}' -> push(new LinkedHashMap<>());
      case '(' -> push(MARK);
      case 't' -> push(marked());
      case 0x85, 0x86, 0x87 -> push(last(code - 0x84));
      case 'a' -> {
        Object item = pop();
        list(top()).add(item);
      }
      case 'e', 0x90 -> {
        List<Object> items = marked();
        list(top()).addAll(items);
      }
      case 's' -> put(last(2));
      case 'u' -> put(marked());
      default -> {
        return false;
      }
    }
    return true;
  }

  private void step(int code) {
    switch (code) {
      case 0x80 -> in.get();
      case 0x95 -> in.getLong();
      case 0x94 -> memo.put(memo.size(), top());
      case 'q' -> memo.put(in.get() & 0xff, top());
      case 'r' -> memo.put(in.getInt(), top());
      case 'h' -> push(memo.get(in.get() & 0xff));
      case 'j' -> push(memo.get(in.getInt()));
      case 0x93 -> {
        List<Object> names = last(2);
        push(new Name((String) names.get(0), (String) names.get(1)));
      }
      case 'c' -> push(new Name(line(), line()));
      case 'R', 0x81 -> {
        List<Object> call = last(2);
        push(new Made(call.get(0), call.get(1)));
      }
      case 0x92 -> {
        List<Object> call = last(3);
        push(new Made(call.get(0), call.get(1)));
      }
      case 'b' -> {
        Object state = pop();
        ((Made) top()).state = state;
      }
      case '0' -> pop();
      default -> throw damaged("it has an instruction 0x" + Integer.toHexString(code));
    }
  }

  private void push(Object value) {
    stack.add(value);
  }

  private Object pop() {
    return stack.remove(stack.size() - 1);
  }

  private Object top() {
    return stack.get(stack.size() - 1);
  }

  private List<Object> last(int count) {
    List<Object> tail = stack.subList(stack.size() - count, stack.size());
    List<Object> values = new ArrayList<>(tail);
    tail.clear();
    return values;
  }

  private List<Object> marked() {
    int mark = stack.lastIndexOf(MARK);
    List<Object> values = last(stack.size() - mark - 1);
    pop();
    return values;
  }

  @SuppressWarnings("unchecked")
  private static List<Object> list(Object value) {
    return (List<Object>) value;
  }

  @SuppressWarnings("unchecked")
  private void put(List<Object> pairs) {
    Map<Object, Object> map = (Map<Object, Object>) top();
    for (int i = 0; i + 1 < pairs.size(); i += 2) {
      Object key = pairs.get(i);
      // Only texts and numbers are keys here; anything else might hold itself.
      map.put(key instanceof String || key instanceof Long ? key : "", pairs.get(i + 1));
    }
  }

  private int length8() {
    long length = in.getLong();
    if (length < 0 || length > in.remaining()) {
      throw damaged("it says that " + length + " bytes follow");
    }
    return (int) length;
  }

  private ByteBuffer bytes(int length) {
    if (length < 0 || length > in.remaining()) {
      throw damaged("it says that " + length + " bytes follow");
    }
    ByteBuffer part = in.slice(in.position(), length);
    in.position(in.position() + length);
    return part;
  }

  private String text(int length) {
    return StandardCharsets.UTF_8.decode(bytes(length)).toString();
  }

  private String line() {
    StringBuilder line = new StringBuilder();
    for (byte next = in.get(); next != '\n'; next = in.get()) {
      line.append((char) next);
    }
    return line.toString();
  }

  private long whole(int length) {
    if (length == 0) {
      return 0;
    }
    byte[] little = new byte[length > 16 ? 0 : length];
    bytes(length).get(little);
    byte[] big = new byte[little.length];
    for (int i = 0; i < big.length; i++) {
      big[i] = little[little.length - 1 - i];
    }
    return big.length == 0 ? 0 : new BigInteger(big).longValue();
  }

  private MalformedFileException damaged(String found) {
    return new MalformedFileException(
        where + ": expected pickled arrays, but " + found + ". Fetch or save the file again.");
  }
}

package dev.graft.config;

import dev.graft.error.DataException;
import dev.graft.error.SettingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One JSON value with its place in the file it came from.
 *
 * <p>An object remembers which of its keys were asked for; {@link #done} refuses the rest. Getters
 * without a default throw a {@link SettingException} when the key is missing or null; all getters
 * throw it when the value is of another type. Not thread-safe.
 */
public final class Config {
  private final Object value;
  private final String file;
  private final String path;
  private final Set<String> asked = new LinkedHashSet<>();
  private final Map<String, Config> children = new LinkedHashMap<>();

  private Config(Object value, String file, String path) {
    this.value = value;
    this.file = file;
    this.path = path;
  }

  /** Parses JSON {@code text}; {@code where} names the file or place in error messages. */
  public static Config parse(String text, String where) {
    return new Config(Json.parse(text, where), where, "");
  }

  /** Reads a JSON file, in UTF-8. */
  public static Config read(Path file) {
    try {
      return parse(Files.readString(file, StandardCharsets.UTF_8), file.toString());
    } catch (NoSuchFileException e) {
      throw new DataException(file + ": no such file. Check the path.", e);
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** A view on plain data (maps, lists, strings, numbers), for values that Graft itself made. */
  public static Config of(Object plain, String where) {
    return new Config(Json.plain(plain), where, "");
  }

  /** Plain data in the place of this value. */
  public Config replacedBy(Object plain) {
    return new Config(Json.plain(plain), file, path);
  }

  /** The same value in the same place, of which nothing was asked yet. */
  public Config afresh() {
    return new Config(value, file, path);
  }

  /** The place of this value, for error messages: {@code recipe.json: stages[0].optimizer}. */
  public String where() {
    return path.isEmpty() ? file : file + ": " + path;
  }

  /** The place of {@code key} in this object, for error messages. */
  public String where(String key) {
    return file + ": " + join(key);
  }

  /** True when {@code key} is there and not null. */
  public boolean has(String key) {
    asked.add(key);
    return map().get(key) != null;
  }

  /** True when {@code key} is there, null or not. */
  public boolean contains(String key) {
    asked.add(key);
    return map().containsKey(key);
  }

  /** The value under {@code key}; it must be there. */
  public Config get(String key) {
    if (!has(key)) {
      throw new SettingException(where() + ": '" + key + "' is missing.");
    }
    return child(key);
  }

  private Config child(String key) {
    return children.computeIfAbsent(key, k -> new Config(map().get(k), file, join(k)));
  }

  /** The elements of this array, each with its place. */
  public List<Config> items() {
    if (!(value instanceof List<?> all)) {
      throw wrong("a list");
    }
    List<Config> list = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      int index = i;
      list.add(
          children.computeIfAbsent(
              "[" + i + "]", k -> new Config(all.get(index), file, path + "[" + index + "]")));
    }
    return list;
  }

  /** The keys of this object in file order; empty for anything else. */
  public List<String> keys() {
    return List.copyOf(map().keySet());
  }

  public boolean isObject() {
    return value instanceof Map;
  }

  public boolean isList() {
    return value instanceof List;
  }

  public boolean isString() {
    return value instanceof String;
  }

  public boolean isNumber() {
    return value instanceof Number;
  }

  public boolean isFlag() {
    return value instanceof Boolean;
  }

  public boolean isNull() {
    return value == null;
  }

  /** This value as text. */
  public String string() {
    if (!(value instanceof String text)) {
      throw wrong("a text");
    }
    return text;
  }

  /** This value as a whole number of 64 bits; {@code 3.0} counts as 3, as Keras writes it. */
  public long whole() {
    if (!(value instanceof Number number)
        || number.doubleValue() != Math.rint(number.doubleValue())) {
      throw wrong("a whole number");
    }
    boolean exact = number instanceof Long || number instanceof Integer;
    if (!exact && Math.abs(number.doubleValue()) >= 0x1p62) {
      throw wrong("a whole number of at most 62 bits");
    }
    return number.longValue();
  }

  /** This value as a whole number of 32 bits. */
  public int integer() {
    long value = whole();
    if (value != (int) value) {
      throw wrong("a whole number of at most 31 bits");
    }
    return (int) value;
  }

  /** This value as a whole number of at least 1. */
  public int count() {
    int count = integer();
    if (count < 1) {
      throw wrong("a whole number of at least 1");
    }
    return count;
  }

  /** This value as a number. */
  public double number() {
    if (!(value instanceof Number number)) {
      throw wrong("a number");
    }
    return number.doubleValue();
  }

  /** This value as true or false. */
  public boolean flag() {
    if (!(value instanceof Boolean flag)) {
      throw wrong("true or false");
    }
    return flag;
  }

  public String string(String key) {
    return get(key).string();
  }

  public String string(String key, String absent) {
    return has(key) ? get(key).string() : absent;
  }

  public int integer(String key) {
    return get(key).integer();
  }

  public int integer(String key, int absent) {
    return has(key) ? get(key).integer() : absent;
  }

  public double number(String key) {
    return get(key).number();
  }

  public double number(String key, double absent) {
    return has(key) ? get(key).number() : absent;
  }

  public boolean flag(String key) {
    return get(key).flag();
  }

  public boolean flag(String key, boolean absent) {
    return has(key) ? get(key).flag() : absent;
  }

  /** The texts under {@code key}; a single text counts as a list of one; absent gives none. */
  public List<String> strings(String key) {
    if (!has(key)) {
      return List.of();
    }
    Config value = get(key);
    return value.isString()
        ? List.of(value.string())
        : value.items().stream().map(Config::string).toList();
  }

  /** The whole numbers in this list; a single number counts as a list of one. */
  public int[] integers() {
    return isNumber()
        ? new int[] {integer()}
        : items().stream().mapToInt(Config::integer).toArray();
  }

  /** The numbers in this list; a single number counts as a list of one. */
  public double[] numbers() {
    return isNumber()
        ? new double[] {number()}
        : items().stream().mapToDouble(Config::number).toArray();
  }

  /** This value as plain data; everything in it counts as read. */
  public Object plain() {
    ignore();
    return Json.plain(value);
  }

  /** This value as one line of JSON; nothing in it counts as read. */
  public String text() {
    return Json.compact(value);
  }

  /** Counts {@code names} as understood although nothing is made of them; none means all. */
  public Config ignore(String... names) {
    for (String name : names.length == 0 ? keys().toArray(new String[0]) : names) {
      asked.add(name);
      if (map().containsKey(name)) {
        child(name).ignore();
      }
    }
    if (names.length == 0 && isList()) {
      items().forEach(Config::ignore);
    }
    return this;
  }

  /**
   * A Keras thing in any of its three forms: {@code "Flatten"}, {@code {"Dense": {…}}}, {@code
   * {"class_name": …, "config": {…}}}.
   */
  public Named named() {
    if (isString()) {
      return new Named(string(), of(Map.of(), where()));
    }
    if (!isObject()) {
      throw wrong("a name, {NAME: {settings}} or {\"class_name\", \"config\"}");
    }
    if (map().containsKey("class_name")) {
      ignore("module", "registered_name", "build_config", "compile_config", "shared_object_id");
      // Not always an object: Keras 3 writes a function as {"class_name": "function", "config":
      // NAME}.
      Config settings = has("config") ? get("config") : of(Map.of(), where());
      return new Named(string("class_name"), settings);
    }
    if (map().size() != 1) {
      throw new SettingException(
          where()
              + ": expected one name with its settings, as in {\"Dense\": {\"units\": 5}}, came "
              + keys()
              + ".");
    }
    String name = keys().get(0);
    Config settings = has(name) ? get(name) : of(Map.of(), where(name));
    if (!settings.isObject()) {
      throw settings.wrong("settings by name, as in {\"units\": 5}");
    }
    return new Named(name, settings);
  }

  /** A class name and its settings. */
  public record Named(String className, Config config) {}

  /** Refuses any key, here or deeper, that nobody asked for, and names the nearest known one. */
  public void done() {
    for (String key : keys()) {
      if (!asked.contains(key)) {
        throw new SettingException(
            where() + ": '" + key + "' is not known here." + Nearest.hint(key, asked));
      }
    }
    children.values().forEach(Config::done);
  }

  /** The error for a value of the wrong kind: names the place, {@code expected} and what came. */
  public SettingException wrong(String expected) {
    String text = Json.compact(value);
    String came = text.length() > 80 ? text.substring(0, 77) + "..." : text;
    return new SettingException(where() + ": expected " + expected + ", came " + came + ".");
  }

  /** The object's keys and values; empty for anything else. */
  @SuppressWarnings("unchecked")
  private Map<String, Object> map() {
    return value instanceof Map ? (Map<String, Object>) value : Map.of();
  }

  private String join(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}

package dev.graft.train;

import dev.graft.error.SettingException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A formula as Python writes it, over numbers only: {@code lr if epoch < 10 else lr * exp(-0.1)}.
 * Nothing else can be said in it, so it is safe to take from anyone.
 */
final class Expression {
  private static final Pattern TOKEN =
      Pattern.compile(
          "(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?"
              + "|(?:math\\.)?[A-Za-z_]\\w*"
              + "|\\*\\*|//|<=|>=|==|!=|[-+*/%<>(),]");

  /** Deep enough for any rate, and no danger to the stack. */
  private static final int MOST_LEVELS = 100;

  private final String text;
  private final String where;
  private final List<String> variables;
  private final List<String> tokens = new ArrayList<>();
  private final Node root;
  private int at;
  private int level;

  /** A part of the formula; {@code values} are those of the variables. */
  @FunctionalInterface
  private interface Node {
    double of(double[] values);
  }

  private Expression(String text, String where, List<String> variables) {
    this.text = text;
    this.where = where;
    this.variables = variables;
    Matcher matcher = TOKEN.matcher(text);
    int end = 0;
    while (matcher.find()) {
      if (!text.substring(end, matcher.start()).isBlank()) {
        throw wrong(text.substring(end, matcher.start()).strip());
      }
      tokens.add(matcher.group());
      end = matcher.end();
    }
    if (!text.substring(end).isBlank()) {
      throw wrong(text.substring(end).strip());
    }
    root = choice();
    if (at < tokens.size()) {
      throw wrong(tokens.get(at));
    }
  }

  /**
   * Parses {@code text}, which may name the {@code variables}.
   *
   * @throws SettingException when it is no formula, naming the place {@code where} and the word
   */
  static Expression parse(String text, String where, String... variables) {
    return new Expression(text, where, List.of(variables));
  }

  /** The value for these values of the variables, in their order. */
  double value(double... values) {
    return root.of(values);
  }

  private SettingException wrong(String token) {
    return new SettingException(
        where
            + ": '"
            + text
            + "' is no formula: '"
            + token
            + "' cannot stand there. Allowed are numbers, "
            + String.join(", ", variables)
            + ", + - * / // % **, comparisons, and, or, not, A if B else C, and "
            + String.join(", ", Functions.names())
            + ".");
  }

  private boolean take(String token) {
    if (at < tokens.size() && tokens.get(at).equals(token)) {
      at++;
      return true;
    }
    return false;
  }

  private String takeAny(String... choices) {
    for (String choice : choices) {
      if (take(choice)) {
        return choice;
      }
    }
    return null;
  }

  private void need(String token) {
    if (!take(token)) {
      throw wrong(at < tokens.size() ? tokens.get(at) : "the end");
    }
  }

  private Node choice() {
    if (++level > MOST_LEVELS) {
      throw wrong("so many brackets");
    }
    Node then = either();
    if (take("if")) {
      Node condition = either();
      need("else");
      Node otherwise = choice();
      Node yes = then;
      then = v -> condition.of(v) != 0 ? yes.of(v) : otherwise.of(v);
    }
    level--;
    return then;
  }

  private Node either() {
    Node left = both();
    while (take("or")) {
      Node a = left;
      Node b = both();
      left = v -> a.of(v) != 0 ? a.of(v) : b.of(v);
    }
    return left;
  }

  private Node both() {
    Node left = not();
    while (take("and")) {
      Node a = left;
      Node b = not();
      left = v -> a.of(v) == 0 ? a.of(v) : b.of(v);
    }
    return left;
  }

  private Node not() {
    boolean turned = false;
    while (take("not")) {
      turned = !turned;
    }
    Node inner = comparison();
    return turned ? v -> inner.of(v) == 0 ? 1 : 0 : inner;
  }

  private Node comparison() {
    Node left = sum();
    Node all = null;
    String sign;
    while ((sign = takeAny("<=", ">=", "==", "!=", "<", ">")) != null) {
      Node a = left;
      Node b = sum();
      Node one = compared(sign, a, b);
      Node before = all;
      all = before == null ? one : v -> before.of(v) == 0 ? 0 : one.of(v);
      left = b;
    }
    return all == null ? left : all;
  }

  private static Node compared(String sign, Node a, Node b) {
    return switch (sign) {
      case "<=" -> v -> a.of(v) <= b.of(v) ? 1 : 0;
      case ">=" -> v -> a.of(v) >= b.of(v) ? 1 : 0;
      case "==" -> v -> a.of(v) == b.of(v) ? 1 : 0;
      case "!=" -> v -> a.of(v) != b.of(v) ? 1 : 0;
      case "<" -> v -> a.of(v) < b.of(v) ? 1 : 0;
      default -> v -> a.of(v) > b.of(v) ? 1 : 0;
    };
  }

  private Node sum() {
    Node left = product();
    String sign;
    while ((sign = takeAny("+", "-")) != null) {
      Node a = left;
      Node b = product();
      left = sign.equals("+") ? v -> a.of(v) + b.of(v) : v -> a.of(v) - b.of(v);
    }
    return left;
  }

  private Node product() {
    Node left = signed();
    String sign;
    while ((sign = takeAny("*", "/", "//", "%")) != null) {
      Node a = left;
      Node b = signed();
      left =
          switch (sign) {
            case "*" -> v -> a.of(v) * b.of(v);
            case "/" -> v -> a.of(v) / b.of(v);
            case "//" -> v -> Math.floor(a.of(v) / b.of(v));
            // Python's remainder has the sign of the divisor.
            default -> v -> a.of(v) - b.of(v) * Math.floor(a.of(v) / b.of(v));
          };
    }
    return left;
  }

  private Node signed() {
    boolean minus = false;
    String sign;
    while ((sign = takeAny("+", "-")) != null) {
      minus ^= sign.equals("-");
    }
    Node inner = power();
    return minus ? v -> -inner.of(v) : inner;
  }

  private Node power() {
    Node base = atom();
    if (!take("**")) {
      return base;
    }
    Node exponent = signed();
    return v -> Math.pow(base.of(v), exponent.of(v));
  }

  private Node atom() {
    if (at == tokens.size()) {
      throw wrong("the end");
    }
    if (take("(")) {
      Node inner = choice();
      need(")");
      return inner;
    }
    String token = tokens.get(at++);
    if (Character.isDigit(token.charAt(0)) || token.charAt(0) == '.') {
      double number = Double.parseDouble(token);
      return v -> number;
    }
    int variable = variables.indexOf(token);
    if (variable >= 0) {
      return v -> v[variable];
    }
    return call(token);
  }

  private Node call(String token) {
    String name = token.startsWith("math.") ? token.substring(5) : token;
    if (!Functions.names().contains(name)) {
      at--;
      throw wrong(token);
    }
    List<Node> arguments = new ArrayList<>();
    if (Functions.arguments(name) > 0) {
      need("(");
      do {
        arguments.add(choice());
      } while (take(","));
      need(")");
    }
    if (arguments.size() != Functions.arguments(name)) {
      throw wrong(token + " with " + arguments.size() + " arguments");
    }
    return v -> Functions.value(name, arguments.stream().mapToDouble(a -> a.of(v)).toArray());
  }

  /** The functions and constants of Python's {@code math} that a rate may need. */
  private static final class Functions {
    private Functions() {}

    static List<String> names() {
      return List.of(
          "exp", "log", "sqrt", "sin", "cos", "abs", "floor", "ceil", "pow", "min", "max", "pi");
    }

    static int arguments(String name) {
      return switch (name) {
        case "pi" -> 0;
        case "pow", "min", "max" -> 2;
        default -> 1;
      };
    }

    static double value(String name, double... x) {
      return switch (name) {
        case "exp" -> Math.exp(x[0]);
        case "log" -> Math.log(x[0]);
        case "sqrt" -> Math.sqrt(x[0]);
        case "sin" -> Math.sin(x[0]);
        case "cos" -> Math.cos(x[0]);
        case "abs" -> Math.abs(x[0]);
        case "floor" -> Math.floor(x[0]);
        case "ceil" -> Math.ceil(x[0]);
        case "pow" -> Math.pow(x[0], x[1]);
        case "min" -> Math.min(x[0], x[1]);
        case "max" -> Math.max(x[0], x[1]);
        default -> Math.PI;
      };
    }
  }
}

package dev.graft.report;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;

/**
 * A confusion matrix as a picture: rows are the classes examples have, columns those they are taken
 * for, darker where a greater share of a row falls; hits blue, mistakes orange.
 *
 * <p>Few classes have their names and counts; many have ticks; of more than {@value #MOST_CELLS}
 * each square stands for several classes next to each other.
 */
public final class ConfusionPicture {
  private static final int MOST_CELLS = 128;
  private static final int NAMED = 40;
  private static final int COUNTED = 26;
  private static final int EDGE = 640;
  private static final int LONGEST_NAME = 24;
  private static final int FONT_SIZE = 12;

  private final Evaluation figures;
  private final int count;
  private final int group;
  private final int cells;
  private final int square;

  private ConfusionPicture(Evaluation figures) {
    this.figures = figures;
    this.count = figures.confusion().length;
    this.group = Math.max(1, (count + MOST_CELLS - 1) / MOST_CELLS);
    this.cells = (count + group - 1) / group;
    this.square = Math.max(4, Math.min(44, EDGE / Math.max(1, cells)));
  }

  /** How many classes a square of the picture stands for. */
  static int group(Evaluation figures) {
    return new ConfusionPicture(figures).group;
  }

  /** The picture in pixels; without letters where Java finds no font. */
  public static Picture of(Evaluation figures) {
    ConfusionPicture picture = new ConfusionPicture(figures);
    boolean letters = Chart.possible();
    int left = letters ? picture.left() : 0;
    int size = picture.cells * picture.square;
    int scale = letters ? 2 : 1;
    BufferedImage image =
        new BufferedImage(
            scale * (left + size + 8),
            scale * (size + (letters ? picture.foot() : 8)),
            BufferedImage.TYPE_INT_RGB);
    if (letters) {
      Graphics2D graphics = image.createGraphics();
      graphics.setColor(Color.WHITE);
      graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
      graphics.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      graphics.scale(scale, scale);
      picture.draw(graphics, font(), left);
      graphics.dispose();
    } else {
      picture.fill(image);
    }
    return Picture.of(image);
  }

  /** The picture as an SVG file; needs a font, as charts do. */
  static String svg(Evaluation figures) {
    ConfusionPicture picture = new ConfusionPicture(figures);
    int left = picture.left();
    int size = picture.cells * picture.square;
    String svg =
        Chart.svg(
            graphics -> picture.draw(graphics, new Generic(), left),
            left + size + 8,
            size + picture.foot());
    // In quotes it would be the name of one font.
    return svg.replace("&quot;" + Generic.FAMILY + "&quot;", Generic.FAMILY);
  }

  /**
   * The font under the name that whoever shows an SVG knows. Under Java's own name for it the
   * library opens every font of the machine to find out which one it is.
   */
  private static final class Generic extends Font {
    private static final long serialVersionUID = 1;
    private static final String FAMILY = "sans-serif";

    Generic() {
      super(font());
    }

    @Override
    public String getFamily() {
      return FAMILY;
    }
  }

  private void fill(BufferedImage image) {
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int row = y / square;
        int column = x / square;
        boolean inside = row < cells && column < cells;
        image.setRGB(x, y, inside ? shade(row, column).getRGB() : Color.WHITE.getRGB());
      }
    }
  }

  private void draw(Graphics2D graphics, Font font, int left) {
    graphics.setFont(font);
    for (int row = 0; row < cells; row++) {
      for (int column = 0; column < cells; column++) {
        graphics.setColor(shade(row, column));
        int x = left + column * square;
        graphics.fillRect(x, row * square, square, square);
        long here = sum(row, column);
        if (count <= COUNTED && here > 0) {
          graphics.setColor(share(row, column) > 0.5 ? Color.WHITE : Chart.INK);
          centred(graphics, shortened(here), x + square / 2, row * square + square / 2);
        }
      }
    }
    graphics.setColor(Chart.GRID);
    graphics.drawRect(left, 0, cells * square, cells * square);
    graphics.setColor(Chart.INK);
    labels(graphics, left);
  }

  /** Names and numbers of few classes, else every so many a number. */
  private void labels(Graphics2D graphics, int left) {
    FontMetrics metrics = graphics.getFontMetrics();
    int size = cells * square;
    int every = count <= NAMED ? 1 : step();
    for (int index = 0; index < count; index += every) {
      int cell = index / group;
      int middle = (int) ((cell + 0.5) * square);
      String text = count <= NAMED ? name(index) : Integer.toString(index);
      graphics.drawString(text, left - 6 - metrics.stringWidth(text), middle + 4);
      centred(graphics, Integer.toString(index), left + middle, size + 10);
    }
    String about = "across: taken for; down: is";
    if (group > 1) {
      about += String.format(Locale.ROOT, "; a square is %d × %d classes", group, group);
    }
    graphics.drawString(about, left, size + foot() - 6);
  }

  private int step() {
    int step = 1;
    for (int next : List.of(2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)) {
      step = step / (double) group * square < 24 ? next : step;
    }
    return step;
  }

  private static void centred(Graphics2D graphics, String text, int x, int y) {
    graphics.drawString(text, x - graphics.getFontMetrics().stringWidth(text) / 2, y + 4);
  }

  /** The number of a class and its name, as far as the font has its letters. */
  private String name(int index) {
    String name = Figures.plain(figures.classes().get(index).name());
    boolean known = font().canDisplayUpTo(name) < 0;
    String cut = name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME - 1) + "…" : name;
    return known ? index + " " + cut : "class " + index;
  }

  private int left() {
    int longest = 5;
    for (int index = 0; count <= NAMED && index < count; index++) {
      longest = Math.max(longest, name(index).length());
    }
    return 12 + 7 * longest;
  }

  private int foot() {
    return 44;
  }

  private static Font font() {
    return new Font(Font.SANS_SERIF, Font.PLAIN, FONT_SIZE);
  }

  private static String shortened(long count) {
    return count < 10_000 ? Long.toString(count) : Math.round(count / 1000.0) + "k";
  }

  private long sum(int row, int column) {
    long sum = 0;
    for (int r = row * group; r < Math.min(count, (row + 1) * group); r++) {
      for (int c = column * group; c < Math.min(count, (column + 1) * group); c++) {
        sum += figures.confusion()[r][c];
      }
    }
    return sum;
  }

  private double share(int row, int column) {
    long support = 0;
    for (int r = row * group; r < Math.min(count, (row + 1) * group); r++) {
      support += figures.classes().get(r).support();
    }
    return support == 0 ? 0 : (double) sum(row, column) / support;
  }

  private Color shade(int row, int column) {
    double share = share(row, column);
    boolean hit = row == column;
    // A few mistakes among many squares are to be seen, so small shares are not too faint.
    double depth = share == 0 ? 0 : 0.15 + 0.85 * (hit ? share : Math.sqrt(share));
    int[] full = hit ? new int[] {0, 114, 178} : new int[] {213, 94, 0};
    int[] mixed = new int[3];
    for (int i = 0; i < 3; i++) {
      mixed[i] = (int) Math.round(255 + (full[i] - 255) * depth);
    }
    return new Color(mixed[0], mixed[1], mixed[2]);
  }
}

package dev.graft.report;

import de.erichseifert.vectorgraphics2d.Document;
import de.erichseifert.vectorgraphics2d.Processors;
import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.awt.AWTError;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.font.TextLayout;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Consumer;
import org.knowm.xchart.AnnotationLine;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * A drawing of curves or points that the plotting library makes, as SVG for the page and as PNG.
 * Nothing is added to it once it was drawn as SVG.
 */
final class Chart {
  static final int WIDTH = 520;
  static final int HEIGHT = 290;

  /** The library puts the entries of a legend next to each other. */
  private static final String LEGEND_GAP = "   ";

  /** Colours that the page replaces by its own for light and dark; no series uses them. */
  static final Color INK = new Color(27, 31, 36);

  static final Color GRID = new Color(166, 173, 181);

  private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 13);

  /** Told apart by people who see few colours (Okabe and Ito), on light and on dark ground. */
  private static final Color[] SERIES = {
    new Color(0, 114, 178),
    new Color(213, 94, 0),
    new Color(0, 158, 115),
    new Color(204, 121, 167),
    new Color(230, 159, 0),
    new Color(86, 180, 233)
  };

  private final String name;
  private final String title;
  private final XYChart drawing;
  private String svg;

  private Chart(String name, String title, XYChart drawing) {
    this.name = name;
    this.title = title;
    this.drawing = drawing;
  }

  /** A file name without ending. */
  String name() {
    return name;
  }

  /** What it shows, in a few words. */
  String title() {
    return title;
  }

  /** True when it has as many series, references included. */
  boolean has(int series) {
    return drawing.getSeriesMap().size() >= series;
  }

  /**
   * Whether anything can be drawn: Java needs a font on the machine, and the headless mode where
   * there is no display.
   */
  static boolean possible() {
    try {
      Graphics2D graphics = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
      new TextLayout("0", FONT, graphics.getFontRenderContext());
      graphics.dispose();
      return true;
    } catch (AWTError | InternalError | LinkageError | RuntimeException e) {
      return false;
    }
  }

  /** An empty chart. */
  static Chart of(String name, String title, String xAxis, String yAxis) {
    XYChart drawing = new XYChart(WIDTH, HEIGHT);
    drawing.setXAxisTitle(xAxis);
    drawing.setYAxisTitle(yAxis);
    XYStyler style = drawing.getStyler();
    style.setLocale(Locale.ROOT);
    style.setBaseFont(FONT);
    style.setAxisTitleFont(FONT);
    style.setAxisTickLabelsFont(FONT);
    style.setLegendFont(FONT);
    style.setChartTitleVisible(false);
    style.setChartBackgroundColor(new Color(255, 255, 255, 0));
    style.setPlotBackgroundColor(new Color(255, 255, 255, 0));
    style.setLegendBackgroundColor(new Color(255, 255, 255, 0));
    style.setLegendBorderColor(new Color(255, 255, 255, 0));
    style.setLegendPadding(14);
    style.setLegendPosition(Styler.LegendPosition.OutsideS);
    style.setLegendLayout(Styler.LegendLayout.Horizontal);
    style.setChartFontColor(INK);
    style.setXAxisTitleColor(INK);
    style.setYAxisTitleColor(INK);
    style.setAxisTickLabelsColor(INK);
    style.setAxisTickMarksColor(GRID);
    style.setPlotBorderVisible(false);
    style.setPlotGridLinesColor(GRID);
    style.setPlotGridLinesStroke(new BasicStroke(0.6f));
    style.setPlotGridVerticalLinesVisible(false);
    style.setAnnotationLineColor(GRID);
    style.setAnnotationLineStroke(
        new BasicStroke(1.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_BEVEL, 0, new float[] {4}, 0));
    style.setSeriesColors(SERIES);
    style.setMarkerSize(5);
    return new Chart(name, title, drawing);
  }

  XYStyler style() {
    return drawing.getStyler();
  }

  /** A line through points, with marks where there are few of them. */
  XYSeries line(String label, double[] x, double[] y) {
    XYSeries series = drawing.addSeries(label + LEGEND_GAP, x, y);
    Marker marker = x.length <= 40 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE;
    series.setMarker(marker);
    series.setLineWidth(1.8f);
    return series;
  }

  /** A thin dashed line for comparison, without marks. */
  void reference(String label, double[] x, double[] y) {
    XYSeries series = drawing.addSeries(label + LEGEND_GAP, x, y);
    series.setMarker(SeriesMarkers.NONE);
    series.setLineStyle(SeriesLines.DASH_DASH);
    series.setLineWidth(1f);
    series.setLineColor(GRID);
  }

  /** Points without a line. */
  void points(String label, double[] x, double[] y) {
    XYSeries series = drawing.addSeries(label + LEGEND_GAP, x, y);
    series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
    series.setMarker(SeriesMarkers.CIRCLE);
  }

  /** A line from the bottom to the top at {@code x}. */
  void border(double x) {
    drawing.addAnnotation(new AnnotationLine(x, true, false));
  }

  /** The SVG element for a page: coloured by the page, ids its own, as wide as there is room. */
  String svgElement(String about) {
    String svg = svg();
    String body = svg.substring(svg.indexOf('>', svg.indexOf("<svg")) + 1);
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 "
        + WIDTH
        + " "
        + drawing.getHeight()
        + "\" role=\"img\" aria-label=\""
        + Html.escape(about)
        + "\">"
        + body.replace(rgb(INK), "var(--ink)").replace(rgb(GRID), "var(--line)");
  }

  private static String rgb(Color color) {
    return "rgb(" + color.getRed() + "," + color.getGreen() + "," + color.getBlue() + ")";
  }

  /** The whole SVG file, dark on nothing. */
  String svg() {
    if (svg == null) {
      String drawn =
          svg(
              graphics -> drawing.paint(graphics, WIDTH, drawing.getHeight()),
              WIDTH,
              drawing.getHeight());
      // The library numbers clip paths at random: the same run is to give the same page.
      svg = drawn.replaceAll("clip\\d+", name + "-clip");
    }
    return svg;
  }

  /** What {@code drawing} draws, as an SVG file. */
  static String svg(Consumer<Graphics2D> drawing, int width, int height) {
    VectorGraphics2D graphics = new VectorGraphics2D();
    drawing.accept(graphics);
    Document document =
        Processors.get("svg").getDocument(graphics.getCommands(), new PageSize(width, height));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      document.writeTo(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** The drawing in twice its size, on white. */
  Picture png() {
    BufferedImage image =
        new BufferedImage(2 * WIDTH, 2 * drawing.getHeight(), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.scale(2, 2);
    drawing.paint(graphics, WIDTH, drawing.getHeight());
    graphics.dispose();
    return Picture.of(image);
  }
}

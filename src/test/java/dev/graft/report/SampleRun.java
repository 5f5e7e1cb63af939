package dev.graft.report;

import dev.graft.layers.Spec;
import dev.graft.model.Summary;
import dev.graft.train.History;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Runs as the page may meet them, with names that try to break it. */
final class SampleRun {
  static final List<String> HOSTILE =
      List.of("<script>alert(1)</script>", "\"quotes' & <b>", "زهرة الربيع", "向日葵 ひまわり", "tulip");

  private SampleRun() {}

  /** Prints the page of the usual run, for a process of its own. */
  public static void main(String[] arguments) {
    new PrintStream(System.out, true, StandardCharsets.UTF_8).print(RunPage.html(flowers()));
  }

  static History history(int head, int tune) {
    History history = new History();
    for (int i = 0; i < head + tune; i++) {
      Map<String, Double> logs = new LinkedHashMap<>();
      logs.put("loss", 1.6 / (1 + 0.4 * i));
      logs.put("accuracy", 1 - 0.7 / (1 + 0.4 * i));
      logs.put("val_loss", 1.7 / (1 + 0.3 * i));
      logs.put("val_accuracy", 1 - 0.75 / (1 + 0.35 * i));
      logs.put("learning_rate", i < head ? 1e-3 : 1e-5);
      boolean first = i < head;
      history.add(new History.Epoch(first ? "head" : "fine-tune", first ? i : i - head, logs, 2.5));
    }
    return history;
  }

  static Summary model() {
    List<Summary.Row> rows = new ArrayList<>();
    for (int block = 1; block <= 5; block++) {
      long edge = 448L >> block;
      for (int c = 1; c <= 3; c++) {
        rows.add(row("block" + block + "_conv" + c, "Conv2D", 590_080, false, edge));
      }
      rows.add(row("block" + block + "_pool", "MaxPooling2D", 0, false, edge / 2));
    }
    rows.add(new Summary.Row("flatten", "Flatten", List.of(Spec.floats(-1, 25088)), 0, true));
    rows.add(new Summary.Row("dense", "Dense", List.of(Spec.floats(-1, 5)), 125_445, true));
    return new Summary("vgg16<&>", rows, 8_976_645, 125_445);
  }

  private static Summary.Row row(
      String name, String type, long params, boolean trained, long edge) {
    return new Summary.Row(name, type, List.of(Spec.floats(-1, edge, edge, 256)), params, trained);
  }

  static Predictions classes(List<String> names, int count) {
    Random random = new Random(7);
    int[] labels = new int[count];
    float[] values = new float[count * names.size()];
    for (int row = 0; row < count; row++) {
      labels[row] = random.nextInt(names.size());
      float sum = 0;
      for (int c = 0; c < names.size(); c++) {
        double logit = 2 * random.nextGaussian() + (c == labels[row] ? 4 : 0);
        values[row * names.size() + c] = (float) Math.exp(logit);
        sum += values[row * names.size() + c];
      }
      for (int c = 0; c < names.size(); c++) {
        values[row * names.size() + c] /= sum;
      }
    }
    return Predictions.classes(names, labels, values);
  }

  static final class Sights implements RunReport.Sights {
    @Override
    public String name(int row) {
      return "photos/<img src=x onerror=alert(1)>/a-very-long-file-name-without-a-break-" + row;
    }

    @Override
    public BufferedImage picture(int row) {
      BufferedImage image = new BufferedImage(96, 96, BufferedImage.TYPE_INT_RGB);
      Graphics2D drawing = image.createGraphics();
      drawing.setColor(Color.getHSBColor(row * 0.07f, 0.6f, 0.8f));
      drawing.fillRect(0, 0, 96, 96);
      drawing.setColor(Color.WHITE);
      drawing.fillOval(20, 20, 56, 56);
      return image;
    }
  }

  static RunReport.Outcome outcome(String output, Predictions said) {
    Evaluation figures = Evaluation.of(said, Map.of("loss", 0.61));
    return new RunReport.Outcome(output, "test", said, figures, new Sights());
  }

  static RunReport of(History history, RunReport.Ending ending, RunReport.Outcome... outcomes) {
    Map<String, String> commands = new LinkedHashMap<>();
    commands.put("How to reproduce", "graft train runs/flowers/recipe.json --out runs/again");
    commands.put("How to serve", "graft serve runs/flowers --port 8501\ncurl -d @photo.json …");
    Map<String, String> data = new LinkedHashMap<>();
    data.put("train", "photos/<train> 400 photos of 5 classes");
    data.put("sha256", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
    return new RunReport(
        "flowers </title><script>alert(2)</script>",
        "VGG16 up to block5_pool, frozen, with a new head for 5 classes, on 400 photos.",
        ending,
        history,
        model(),
        "<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
        List.of(outcomes),
        List.of(
            new RunReport.Time("decode", 3.1),
            new RunReport.Time("trunk", 62),
            new RunReport.Time("head", 5.5),
            new RunReport.Time("validation", 0.8)),
        List.of(
            new RunReport.Facts("Data", data),
            new RunReport.Facts("Versions", Map.of("graft", "0.1.0"))),
        commands);
  }

  /** The usual run: two stages, five classes. */
  static RunReport flowers() {
    return of(history(6, 6), RunReport.Ending.FINISHED, outcome("dense", classes(HOSTILE, 120)));
  }

  static List<String> names(int count) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add("class " + i);
    }
    return names;
  }

  static Predictions labels() {
    Random random = new Random(3);
    float[] targets = new float[300];
    float[] values = new float[300];
    for (int i = 0; i < 300; i++) {
      targets[i] = random.nextInt(3) == 0 ? 1 : 0;
      values[i] = (float) Math.min(1, Math.max(0, 0.5 * targets[i] + 0.6 * random.nextDouble()));
    }
    return new Predictions(
        Predictions.Kind.LABELS, List.of("red", "<i>round</i>", "大きい"), targets, values);
  }

  static Predictions numbers() {
    Random random = new Random(4);
    float[] targets = new float[200];
    float[] values = new float[200];
    for (int i = 0; i < 200; i++) {
      targets[i] = (float) (10 * random.nextDouble());
      values[i] = targets[i] + (float) random.nextGaussian();
    }
    return new Predictions(Predictions.Kind.NUMBERS, List.of("price <€>"), targets, values);
  }
}

package dev.graft.model;

import dev.graft.config.Nearest;
import dev.graft.error.SettingException;
import dev.graft.layers.Model;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Keras 3's applications as code, by name: all forty, with Keras's layer names and the order of its
 * weights. Held against Keras's own networks layer by layer.
 */
public final class Applications {
  private static final String KERNELS = "_weights_tf_dim_ordering_tf_kernels";

  /** By {@link #plain} name. */
  private static final Map<String, Drawn> ALL = new LinkedHashMap<>();

  static {
    vggAndResNet();
    inceptionAndXception();
    mobile();
    efficient();
    put("convnext_tiny", 224, next("tiny", new int[] {3, 3, 9, 3}, 96));
    put("convnext_small", 224, next("small", new int[] {3, 3, 27, 3}, 96));
    put("convnext_base", 224, next("base", new int[] {3, 3, 27, 3}, 128));
    put("convnext_large", 224, next("large", new int[] {3, 3, 27, 3}, 192));
    put("convnext_xlarge", 224, next("xlarge", new int[] {3, 3, 27, 3}, 256));
    put("nasnet_mobile", 224, NasNet.of(1056, 4, 32, false)).files(v -> dash("nasnet_mobile"));
    put("nasnet_large", 331, NasNet.of(4032, 6, 96, true)).files(v -> dash("nasnet_large"));
  }

  private Applications() {}

  private static void vggAndResNet() {
    kernels("vgg16", 224, Vgg.of(2, 2, 3, 3, 3));
    kernels("vgg19", 224, Vgg.of(2, 2, 4, 4, 4));
    kernels("resnet50", 224, ResNet.first(3, 4, 6, 3));
    kernels("resnet101", 224, ResNet.first(3, 4, 23, 3));
    kernels("resnet152", 224, ResNet.first(3, 8, 36, 3));
    kernels("resnet50v2", 224, ResNet.second(3, 4, 6, 3));
    kernels("resnet101v2", 224, ResNet.second(3, 4, 23, 3));
    kernels("resnet152v2", 224, ResNet.second(3, 8, 36, 3));
    kernels("densenet121", 224, DenseNet.of(6, 12, 24, 16));
    kernels("densenet169", 224, DenseNet.of(6, 12, 32, 32));
    kernels("densenet201", 224, DenseNet.of(6, 12, 48, 32));
  }

  private static void inceptionAndXception() {
    kernels("inception_v3", 299, InceptionV3::draw);
    kernels("inception_resnet_v2", 299, InceptionResNetV2::draw);
    kernels("xception", 299, Xception::draw);
  }

  private static void mobile() {
    put("mobilenet", 224, MobileNet::draw)
        .title(MobileNet::title)
        .files(MobileNet::files)
        .settings("alpha", "depth_multiplier", "dropout");
    put("mobilenet_v2", 224, MobileNetV2::draw)
        .title(MobileNetV2::title)
        .files(MobileNetV2::files)
        .settings("alpha");
    for (String size : new String[] {"Small", "Large"}) {
      put(
              "mobilenet_v3_" + size.toLowerCase(Locale.ROOT),
              224,
              size.equals("Small") ? MobileNetV3.SMALL : MobileNetV3.LARGE)
          .title(v -> "MobileNetV3" + size)
          .files(v -> MobileNetV3.files(size.toLowerCase(Locale.ROOT), v))
          .settings("alpha", "minimalistic", "dropout_rate", "include_preprocessing");
    }
  }

  private static void efficient() {
    double[][] first = {
      {1.0, 1.0, 224, 0.2}, {1.0, 1.1, 240, 0.2}, {1.1, 1.2, 260, 0.3}, {1.2, 1.4, 300, 0.3},
      {1.4, 1.8, 380, 0.4}, {1.6, 2.2, 456, 0.4}, {1.8, 2.6, 528, 0.5}, {2.0, 3.1, 600, 0.5}
    };
    for (int i = 0; i < first.length; i++) {
      double[] b = first[i];
      put("efficientnetb" + i, (int) b[2], EfficientNet.of(b[0], b[1], b[3]));
    }
    second("b0", 224, EfficientNetV2.of(EfficientNetV2.B, 1.0, 1.0));
    second("b1", 240, EfficientNetV2.of(EfficientNetV2.B, 1.0, 1.1));
    second("b2", 260, EfficientNetV2.of(EfficientNetV2.B, 1.1, 1.2));
    second("b3", 300, EfficientNetV2.of(EfficientNetV2.B, 1.2, 1.4));
    second("s", 384, EfficientNetV2.of(EfficientNetV2.S, 1.0, 1.0));
    second("m", 480, EfficientNetV2.of(EfficientNetV2.M, 1.0, 1.0));
    second("l", 480, EfficientNetV2.of(EfficientNetV2.L, 1.0, 1.0));
  }

  private static void second(String size, int pixels, Family family) {
    String title = "efficientnetv2-" + size;
    put("efficientnetv2" + size, pixels, family)
        .title(v -> title)
        .files(v -> List.of(title + "_notop.h5", title + ".h5"))
        .settings("include_preprocessing");
  }

  private static Family next(String size, int[] depths, int channels) {
    int[] wide = {channels, 2 * channels, 4 * channels, 8 * channels};
    return ConvNeXt.of("convnext_" + size, depths, wide);
  }

  private static void kernels(String name, int size, Family family) {
    put(name, size, family)
        .files(v -> List.of(name + KERNELS + "_notop.h5", name + KERNELS + ".h5"));
  }

  private static List<String> dash(String name) {
    return List.of(name + "_no_top.h5", name + ".h5");
  }

  private static Entry put(String name, int size, Family family) {
    return new Entry(name, size, family);
  }

  /** How a family of networks is drawn. */
  @FunctionalInterface
  interface Family {
    /** Goes on from the input to the end that {@code variant} asks for. */
    Flow draw(Flow start, Variant variant);
  }

  /** A line of the table, as it is filled in. */
  private static final class Entry {
    private Drawn drawn;

    Entry(String name, int size, Family family) {
      Set<String> none = name.startsWith("convnext") ? Set.of("include_preprocessing") : Set.of();
      drawn =
          new Drawn(
              name,
              size,
              family,
              v -> name,
              v -> List.of(name + "_notop.h5", name + ".h5"),
              none,
              Variant.of(size));
      keep();
    }

    private Entry keep() {
      ALL.put(plain(drawn.name()), drawn);
      return this;
    }

    Entry title(Function<Variant, String> title) {
      Drawn d = drawn;
      drawn = new Drawn(d.name, d.size, d.family, title, d.files, d.settings, d.variant);
      return keep();
    }

    Entry files(Function<Variant, List<String>> files) {
      Drawn d = drawn;
      drawn = new Drawn(d.name, d.size, d.family, d.title, files, d.settings, d.variant);
      return keep();
    }

    Entry settings(String... settings) {
      Drawn d = drawn;
      drawn = new Drawn(d.name, d.size, d.family, d.title, d.files, Set.of(settings), d.variant);
      return keep();
    }
  }

  /** A network architecture published with weights. */
  public interface Application {
    /** Keras's module name, such as {@code vgg16}; also names its {@code preprocess_input}. */
    String name();

    /** Height and width in pixels that the published weights were trained at. */
    int size();

    /** The whole network with its classifier, for pictures of the variant's size. */
    Model whole(int classes);

    /** The network without its classifier, Keras's {@code include_top=False}. */
    Model headless();

    /** The network the variant asks for. */
    Model model();

    /** File names under which Keras publishes its weights, without the classifier first. */
    List<String> weightFiles();

    /** Names of the settings it has beside size and classes: {@code alpha}, … */
    Set<String> settings();

    /** What is asked for now. */
    Variant variant();

    /** The same application, in another variant. */
    Application with(Variant other);
  }

  /** An application and how to draw it. */
  private record Drawn(
      String name,
      int size,
      Family family,
      Function<Variant, String> title,
      Function<Variant, List<String>> files,
      Set<String> settings,
      Variant variant)
      implements Application {
    @Override
    public Model whole(int classes) {
      return draw(variant.classes(classes));
    }

    @Override
    public Model headless() {
      return draw(variant.headless(variant.pooling()));
    }

    @Override
    public Model model() {
      return draw(variant);
    }

    private Model draw(Variant wanted) {
      Drawing drawing = new Drawing(title.apply(wanted));
      return drawing.model(family.draw(drawing.begin(wanted.input()), wanted));
    }

    @Override
    public List<String> weightFiles() {
      return files.apply(variant);
    }

    @Override
    public Application with(Variant other) {
      return new Drawn(name, size, family, title, files, settings, other);
    }
  }

  /** {@code MobileNetV2}, {@code mobilenet-v2} and {@code mobilenet_v2} are one. */
  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[_-]", "");
  }

  /** The names known. */
  public static Set<String> names() {
    Set<String> names = new java.util.LinkedHashSet<>();
    ALL.values().forEach(drawn -> names.add(drawn.name()));
    return names;
  }

  /** True when {@link #named} knows {@code name}, however it is written. */
  public static boolean knows(String name) {
    return ALL.containsKey(plain(name));
  }

  /** The application {@code name}. */
  public static Application named(String name, String where) {
    Application application = ALL.get(plain(name));
    if (application == null) {
      throw new SettingException(
          where
              + ": Graft has no application '"
              + name
              + "' as code."
              + Nearest.hint(name, names())
              + " Any other network is read from its Keras file.");
    }
    return application;
  }
}

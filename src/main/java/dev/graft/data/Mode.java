package dev.graft.data;

import dev.graft.config.Nearest;
import dev.graft.error.SettingException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Keras's {@code preprocess_input}: what it does to pixels of 0 to 255.
 *
 * <p>Source: {@code imagenet_utils.preprocess_input} and the applications of Keras 3.15.
 */
public enum Mode {
  /** Nothing: the application scales inside the network, or wants 0 to 255. */
  NONE,
  /** BGR, less the mean colour of ImageNet (103.939, 116.779, 123.68). */
  CAFFE,
  /** From -1 to 1. */
  TF,
  /** From 0 to 1, less the mean of each channel, over its standard deviation. */
  TORCH;

  private static final Map<String, Mode> NAMES = names();

  /**
   * The mode of an application ({@code vgg16}, {@code InceptionV3}, {@code mobilenet_v2}), or a
   * mode by its own name ({@code caffe}, {@code tf}, {@code torch}, {@code none}).
   *
   * @throws SettingException for a name that Keras has not
   */
  public static Mode of(String name) {
    Mode mode = NAMES.get(name.toLowerCase(Locale.ROOT).replace("_", ""));
    if (mode == null) {
      throw new SettingException(
          "image.preprocess: '" + name + "' is not known." + Nearest.hint(name, NAMES.keySet()));
    }
    return mode;
  }

  private static Map<String, Mode> names() {
    Map<String, Mode> names = new TreeMap<>();
    put(names, CAFFE, "caffe vgg16 vgg19 resnet resnet50 resnet101 resnet152");
    put(names, TF, "tf inceptionv3 inceptionresnetv2 xception mobilenet mobilenetv2");
    put(names, TF, "nasnet nasnetmobile nasnetlarge resnetv2 resnet50v2 resnet101v2 resnet152v2");
    put(names, TORCH, "torch densenet densenet121 densenet169 densenet201");
    put(names, NONE, "none efficientnet efficientnetv2 mobilenetv3 mobilenetv3small");
    put(names, NONE, "mobilenetv3large convnext regnet resnetrs");
    for (int i = 0; i < 8; i++) {
      put(names, NONE, "efficientnetb" + i);
    }
    put(names, NONE, "efficientnetv2b0 efficientnetv2b1 efficientnetv2b2 efficientnetv2b3");
    put(names, NONE, "efficientnetv2s efficientnetv2m efficientnetv2l");
    for (String size : "tiny small base large xlarge".split(" ", -1)) {
      put(names, NONE, "convnext" + size);
    }
    for (String family : new String[] {"x", "y"}) {
      for (String size : "002 004 006 008 016 032 040 064 080 120 160 320".split(" ", -1)) {
        put(names, NONE, "regnet" + family + size);
      }
    }
    for (String size : "50 101 152 200 270 350 420".split(" ", -1)) {
      put(names, NONE, "resnetrs" + size);
    }
    return Map.copyOf(names);
  }

  private static void put(Map<String, Mode> names, Mode mode, String list) {
    for (String name : list.split(" ", -1)) {
      names.put(name, mode);
    }
  }
}

package dev.graft.model;

import dev.graft.config.Config;
import dev.graft.layers.InputLayer;
import dev.graft.layers.Layer;
import dev.graft.layers.Layers;
import dev.graft.layers.Model;
import dev.graft.layers.Ref;
import dev.graft.layers.Spec;
import dev.graft.layers.Use;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * VGG16 and VGG19: blocks of 3 × 3 convolutions, each block ended by pooling.
 *
 * <p>Source: keras/src/applications/vgg16.py and vgg19.py, Keras 3.15; Simonyan and Zisserman, Very
 * Deep Convolutional Networks for Large-Scale Image Recognition, 2014.
 *
 * @param convolutions in each of the five blocks
 */
record Vgg(String name, int[] convolutions) implements Applications.Application {
  private static final int[] FILTERS = {64, 128, 256, 512, 512};

  @Override
  public int size() {
    return 224;
  }

  @Override
  public String end() {
    return "block5_pool";
  }

  @Override
  public List<String> weightFiles() {
    return List.of(
        name + "_weights_tf_dim_ordering_tf_kernels_notop.h5",
        name + "_weights_tf_dim_ordering_tf_kernels.h5");
  }

  @Override
  public Model whole(int classes) {
    Chain chain = new Chain(Spec.floats(-1, size(), size(), 3)).blocks();
    chain.add("flatten", "Flatten", Map.of());
    chain.add("fc1", "Dense", Map.of("units", 4096, "activation", "relu"));
    chain.add("fc2", "Dense", Map.of("units", 4096, "activation", "relu"));
    chain.add("predictions", "Dense", Map.of("units", classes, "activation", "softmax"));
    return chain.model();
  }

  /** Layers one after the other. */
  private final class Chain {
    private final List<Model.Entry> layers = new ArrayList<>();
    private final List<Use> uses = new ArrayList<>();
    private Ref end = Ref.of("input_layer");

    Chain(Spec input) {
      layers.add(new Model.Entry("input_layer", true, new InputLayer(input)));
      uses.add(Use.of("input_layer"));
    }

    Chain blocks() {
      for (int block = 1; block <= convolutions.length; block++) {
        for (int i = 1; i <= convolutions[block - 1]; i++) {
          add(
              "block" + block + "_conv" + i,
              "Conv2D",
              Map.of(
                  "filters",
                  FILTERS[block - 1],
                  "kernel_size",
                  3,
                  "activation",
                  "relu",
                  "padding",
                  "same"));
        }
        add("block" + block + "_pool", "MaxPooling2D", Map.of("pool_size", 2, "strides", 2));
      }
      return this;
    }

    void add(String layerName, String className, Map<String, Object> settings) {
      Layer layer = Layers.standard().read(className, Config.of(settings, name));
      layers.add(new Model.Entry(layerName, true, layer));
      uses.add(Use.of(layerName, end));
      end = Ref.of(layerName);
    }

    Model model() {
      return new Model(
          name, Model.Form.FUNCTIONAL, layers, uses, List.of(Ref.of("input_layer")), List.of(end));
    }
  }
}

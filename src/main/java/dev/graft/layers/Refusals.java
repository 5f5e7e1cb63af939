package dev.graft.layers;

import java.util.LinkedHashMap;
import java.util.Map;

/** Classes of Keras that Graft does not build: why, and what to do instead. */
final class Refusals {
  private static final String BEFORE =
      " Do that before the network, and save the network that comes after it.";
  private static final Map<String, String> WHY = table();

  private Refusals() {}

  private static Map<String, String> table() {
    Map<String, String> why = new LinkedHashMap<>();
    why.put("DenseFeatures", "takes feature columns, which are Python objects." + BEFORE);
    for (String name : new String[] {"MelSpectrogram", "STFTSpectrogram"}) {
      why.put(name, "turns sound into pictures, which Graft does not." + BEFORE);
    }
    why.put(
        "ContrastLimitedAdaptiveHistogramEqualization",
        "changes pictures in prediction too, in a way Graft has not." + BEFORE);
    why.put("MaxNumBoundingBoxes", "is about boxes, and leaves pictures as they are. Remove it.");
    for (String name : new String[] {"RandomHeight", "RandomWidth"}) {
      why.put(name, "makes pictures of a size that no shape tells. Remove it.");
    }
    for (String name : new String[] {"FlaxLayer", "JaxLayer", "TorchModuleWrapper", "TFSMLayer"}) {
      why.put(
          name,
          "holds a network of another library, whose code a file does not carry. Rebuild it of"
              + " Keras layers.");
    }
    for (String name : new String[] {"DynamicEmbedding", "DynamicLookup"}) {
      why.put(
          name,
          "changes its vocabulary while it is trained. Put Embedding and StringLookup there, with"
              + " the vocabulary that it has.");
    }
    why.put("RandomFourierFeatures", "draws a projection that stays as it is." + BEFORE);
    why.put(
        "Pipeline",
        "is a list of layers in one. Put its layers into the network one after the other.");
    for (String name :
        new String[] {
          "AbstractRNNCell",
          "BaseDenseAttention",
          "BaseRandomLayer",
          "Layer",
          "PreprocessingLayer",
          "Wrapper"
        }) {
      why.put(name, "is a base class and computes nothing itself.");
    }
    for (String name : new String[] {"GRUCell", "LSTMCell", "SimpleRNNCell", "StackedRNNCells"}) {
      why.put(name, "is one step of a recurrent layer. Put it into an RNN layer.");
    }
    return why;
  }

  /** The sentence about the class {@code name}; null when there is none. */
  static String of(String name) {
    String why = WHY.get(name);
    return why == null
        ? null
        : "Graft does not build the layer '"
            + name
            + "': it "
            + why
            + " A layer of your own takes its place with Layers.with(name, reader).";
  }
}

package org.tensorflow;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.tensorflow.internal.c_api.TF_Buffer;
import org.tensorflow.internal.c_api.TF_ImportGraphDefOptions;
import org.tensorflow.internal.c_api.TF_Output;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.global.tensorflow;
import org.tensorflow.proto.GraphDef;

/**
 * {@link Graph#importGraphDef} with an input map, which the C library has and TensorFlow-Java does
 * not offer.
 */
public final class GraphDefImport {
  private GraphDefImport() {}

  /**
   * Adds {@code definition} to {@code graph}.
   *
   * @param prefix stands before the name of every op; nothing in {@code graph} has it yet
   * @param input the tensor of {@code definition} that is replaced, {@code op:index}
   * @param by what stands for it
   * @throws IllegalArgumentException when TensorFlow refuses the definition
   */
  public static void into(
      Graph graph, GraphDef definition, String prefix, String input, Output<?> by) {
    try (Graph.Reference reference = graph.ref();
        PointerScope scope = new PointerScope()) {
      TF_ImportGraphDefOptions options = TF_ImportGraphDefOptions.newImportGraphDefOptions();
      tensorflow.TF_ImportGraphDefOptionsSetPrefix(options, prefix);
      TF_Output source =
          new TF_Output()
              .oper(((GraphOperation) by.op()).getUnsafeNativeHandle())
              .index(by.index());
      int colon = input.lastIndexOf(':');
      tensorflow.TF_ImportGraphDefOptionsAddInputMapping(
          options, input.substring(0, colon), Integer.parseInt(input.substring(colon + 1)), source);
      TF_Status status = TF_Status.newStatus();
      TF_Buffer bytes = written(definition);
      tensorflow.TF_GraphImportGraphDef(reference.nativeHandle(), bytes, options, status);
      status.throwExceptionIfNotOK();
    }
    graph.baseScope().refreshNames();
  }

  /** Written once, where TensorFlow reads it: a frozen graph may have hundreds of megabytes. */
  private static TF_Buffer written(GraphDef definition) {
    int size = definition.getSerializedSize();
    BytePointer memory = new BytePointer(Math.max(1, size));
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(memory.asByteBuffer().limit(size));
      definition.writeTo(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new TF_Buffer().data(memory).length(size);
  }
}

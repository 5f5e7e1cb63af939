package dev.graft.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.config.Config;
import dev.graft.data.Preprocessing;
import dev.graft.files.NpyArray;
import dev.graft.files.NpzFile;
import dev.graft.runtime.Settings;
import dev.graft.runtime.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TString;

/** What is served prepares pictures as training does. */
class PictureLoopTest {
  private static final Path GOLDENS = Path.of("src/test/resources/goldens/exif");

  @Test
  void turnsAsPillow() throws IOException {
    Preprocessing how =
        Preprocessing.read(Config.of(Map.of("exif", true), "image"), Preprocessing.none());
    try (NpzFile npz = NpzFile.open(GOLDENS.resolve("expected.npz"));
        Graph graph = new Graph();
        Session session = Fixtures.SETTINGS.open(graph, Settings.Kind.INFERENCE)) {
      Ops tf = Ops.create(graph);
      Operand<TString> files = tf.placeholder(TString.class, Placeholder.shape(Shape.of(-1)));
      Operand<?> prepared = PictureLoop.prepare(tf, files, how);
      for (String name : npz.names()) {
        NpyArray expected = npz.array(name);
        List<byte[]> twice =
            java.util.Collections.nCopies(2, Files.readAllBytes(GOLDENS.resolve(name)));
        try (Tensor fed = Tensors.strings(twice, 2);
            Result result = session.runner().feed(files, fed).fetch(prepared).run()) {
          float[] came = Tensors.read(result.get(0));
          float[] one = expected.floats();
          assertThat(came).as(name).hasSize(2 * one.length).startsWith(one).endsWith(one);
        }
      }
    }
  }
}

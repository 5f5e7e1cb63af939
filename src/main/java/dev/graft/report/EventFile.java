package dev.graft.report;

import com.google.protobuf.ByteString;
import dev.graft.error.DataException;
import dev.graft.layers.WeightStore;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.CRC32C;
import org.tensorflow.proto.DataClass;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.SessionLog;
import org.tensorflow.proto.SourceMetadata;
import org.tensorflow.proto.Summary;
import org.tensorflow.proto.SummaryMetadata;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * A file of events as TensorBoard reads it: TF's {@code Event} protos in TFRecord frames
 * (little-endian length, masked CRC32C of it, the proto, masked CRC32C of that; TF's {@code
 * core/lib/io/record_writer.cc}).
 *
 * <p>The file grows while a run lives, so that TensorBoard can follow it. Not thread-safe.
 */
public final class EventFile implements AutoCloseable {
  private static final int CRC_MASK = 0xa282ead8;
  private static final double NANOS = 1e9;

  private final Path file;
  private final OutputStream out;
  private final Clock clock;

  /** Tags described already: TensorBoard wants the description with a tag's first value only. */
  private final Set<String> described = new HashSet<>();

  private EventFile(Path file, OutputStream out, Clock clock) {
    this.file = file;
    this.out = out;
    this.clock = clock;
  }

  /** A new file of events in {@code folder}, which TensorBoard shows as one run. */
  public static EventFile in(Path folder) {
    return in(folder, Clock.systemUTC());
  }

  static EventFile in(Path folder, Clock clock) {
    try {
      Files.createDirectories(folder);
      Path file = free(folder, clock.instant().getEpochSecond());
      OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW);
      EventFile events = new EventFile(file, new BufferedOutputStream(out), clock);
      events.write(
          events
              .event(0)
              .setFileVersion("brain.Event:2")
              .setSourceMetadata(SourceMetadata.newBuilder().setWriter("dev.graft")));
      return events;
    } catch (IOException e) {
      throw refused(folder, e);
    }
  }

  /** TensorBoard reads a folder's files in the order of their names. */
  private static Path free(Path folder, long second) {
    for (int i = 0; ; i++) {
      String name =
          String.format(Locale.ROOT, "events.out.tfevents.%010d.graft.%04d.v2", second, i);
      if (!Files.exists(folder.resolve(name))) {
        return folder.resolve(name);
      }
    }
  }

  /** Says that what earlier files hold from {@code step} on is void: a run that was resumed. */
  public void restart(long step) {
    write(
        event(step)
            .setSessionLog(SessionLog.newBuilder().setStatus(SessionLog.SessionStatus.START)));
  }

  /** One value of a curve. */
  public void scalar(String tag, long step, double value) {
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putFloat((float) value).flip();
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setDtype(DataType.DT_FLOAT)
            .setTensorShape(TensorShapeProto.getDefaultInstance())
            .setTensorContent(ByteString.copyFrom(bytes));
    summary(tag, step, tensor, new Plugin("scalars", DataClass.DATA_CLASS_SCALAR));
  }

  /** How {@code values} are distributed; those that are not finite are left out. */
  public void histogram(String tag, long step, float[] values) {
    histogram(tag, step, sinks -> sinks.get(0).accept(values, values.length));
  }

  /** The same of values that are read twice. */
  public void histogram(String tag, long step, WeightStore.Values values) {
    double[][] buckets = Buckets.of(values);
    ByteBuffer bytes =
        ByteBuffer.allocate(buckets.length * 3 * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (double[] bucket : buckets) {
      bytes.putDouble(bucket[0]).putDouble(bucket[1]).putDouble(bucket[2]);
    }
    bytes.flip();
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setDtype(DataType.DT_DOUBLE)
            .setTensorShape(shape(buckets.length, 3))
            .setTensorContent(ByteString.copyFrom(bytes));
    summary(tag, step, tensor, new Plugin("histograms", DataClass.DATA_CLASS_TENSOR));
  }

  /** Pictures, as PNG files of one size in pixels. */
  public void images(String tag, long step, List<Picture> pictures) {
    if (pictures.isEmpty()) {
      return;
    }
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setDtype(DataType.DT_STRING)
            .setTensorShape(shape(2 + pictures.size()))
            .addStringVal(ByteString.copyFromUtf8(Integer.toString(pictures.get(0).width())))
            .addStringVal(ByteString.copyFromUtf8(Integer.toString(pictures.get(0).height())));
    pictures.forEach(picture -> tensor.addStringVal(ByteString.copyFrom(picture.png())));
    summary(tag, step, tensor, new Plugin("images", DataClass.DATA_CLASS_BLOB_SEQUENCE));
  }

  /** A text, as Markdown. */
  public void text(String tag, long step, String markdown) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setDtype(DataType.DT_STRING)
            .setTensorShape(shape(1))
            .addStringVal(ByteString.copyFrom(markdown, StandardCharsets.UTF_8));
    summary(tag, step, tensor, new Plugin("text", DataClass.DATA_CLASS_TENSOR));
  }

  /** The ops of a network. */
  public void graph(GraphDef graph) {
    write(event(0).setGraphDef(graph.toByteString()));
  }

  private record Plugin(String name, DataClass data) {}

  private static TensorShapeProto shape(int... sizes) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (int size : sizes) {
      shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    return shape.build();
  }

  private void summary(String tag, long step, TensorProto.Builder tensor, Plugin plugin) {
    Summary.Value.Builder value = Summary.Value.newBuilder().setTag(tag).setTensor(tensor);
    if (described.add(tag)) {
      value.setMetadata(
          SummaryMetadata.newBuilder()
              .setDataClass(plugin.data())
              .setPluginData(SummaryMetadata.PluginData.newBuilder().setPluginName(plugin.name())));
    }
    write(event(step).setSummary(Summary.newBuilder().addValue(value)));
  }

  private Event.Builder event(long step) {
    Instant now = clock.instant();
    return Event.newBuilder()
        .setWallTime(now.getEpochSecond() + now.getNano() / NANOS)
        .setStep(step);
  }

  private void write(Event.Builder event) {
    byte[] data = event.build().toByteArray();
    ByteBuffer frame =
        ByteBuffer.allocate(Long.BYTES + 2 * Integer.BYTES + data.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    frame.putLong(data.length);
    frame.putInt(masked(frame.array(), 0, Long.BYTES));
    frame.put(data).putInt(masked(data, 0, data.length));
    try {
      out.write(frame.array());
    } catch (IOException e) {
      throw refused(file, e);
    }
  }

  /** The checksum of a TFRecord: rotated and shifted, for data that holds checksums itself. */
  private static int masked(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + CRC_MASK;
  }

  /** Hands everything to the operating system, so that TensorBoard sees it. */
  public void flush() {
    try {
      out.flush();
    } catch (IOException e) {
      throw refused(file, e);
    }
  }

  private static DataException refused(Path file, IOException e) {
    return new DataException(
        file
            + ": events for TensorBoard cannot be written: "
            + e.getMessage()
            + ". Free some space or leave TensorBoard out.",
        e);
  }

  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw refused(file, e);
    }
  }
}

package dev.graft.data;

import dev.graft.config.Config;
import dev.graft.error.SettingException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Mean;
import org.tensorflow.types.TFloat32;

/**
 * The last step of preparing a picture: Keras's {@code ImageDataGenerator.standardize} after {@code
 * rescale}.
 *
 * @param samplewiseCenter less the picture's own mean
 * @param samplewiseStd over the picture's own standard deviation
 * @param mean of each channel over the training data, taken off; null for none
 * @param std of each channel over the training data, divided by; null for none
 * @param whitening ZCA's square matrix over all values of a picture, row-major; null for none
 */
public record Standardization(
    boolean samplewiseCenter, boolean samplewiseStd, float[] mean, float[] std, float[] whitening) {
  /** Changes nothing. */
  public static final Standardization NONE = new Standardization(false, false, null, null, null);

  /** What Keras adds to a standard deviation before it divides by it. */
  private static final float EPSILON = 1e-6f;

  static Standardization read(Config image, Standardization absent) {
    boolean std = image.flag("samplewise_std_normalization", absent.samplewiseStd);
    boolean center = image.flag("samplewise_center", absent.samplewiseCenter);
    return new Standardization(
        std || center,
        std,
        image.has("mean") ? floats(image.get("mean").numbers()) : absent.mean,
        image.has("std") ? floats(image.get("std").numbers()) : absent.std,
        image.has("zca") ? matrix(image.get("zca")) : absent.whitening);
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private static float[] matrix(Config text) {
    try {
      ByteBuffer bytes =
          ByteBuffer.wrap(Base64.getDecoder().decode(text.string())).order(ByteOrder.LITTLE_ENDIAN);
      float[] values = new float[bytes.remaining() / Float.BYTES];
      bytes.asFloatBuffer().get(values);
      return values;
    } catch (IllegalArgumentException e) {
      throw new SettingException(text.where() + ": expected floats in base64.", e);
    }
  }

  void config(Map<String, Object> map) {
    if (samplewiseCenter) {
      map.put("samplewise_center", true);
    }
    if (samplewiseStd) {
      map.put("samplewise_std_normalization", true);
    }
    if (mean != null) {
      map.put("mean", list(mean));
    }
    if (std != null) {
      map.put("std", list(std));
    }
    if (whitening != null) {
      ByteBuffer bytes =
          ByteBuffer.allocate(whitening.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(whitening);
      map.put("zca", Base64.getEncoder().encodeToString(bytes.array()));
    }
  }

  private static List<Double> list(float[] values) {
    List<Double> list = new ArrayList<>();
    for (float value : values) {
      // Through text, so that 0.1f is written 0.1.
      list.add(Double.valueOf(Float.toString(value)));
    }
    return list;
  }

  /** The ops; (height, width, channels), or the same in a batch. */
  Operand<TFloat32> apply(Ops tf, Operand<TFloat32> x) {
    Operand<TFloat32> y = x;
    if (samplewiseCenter) {
      y = tf.math.sub(y, average(tf, y));
    }
    if (samplewiseStd) {
      Operand<TFloat32> off = tf.math.sub(y, average(tf, y));
      Operand<TFloat32> deviation = tf.math.sqrt(average(tf, tf.math.square(off)));
      y = tf.math.div(y, tf.math.add(deviation, tf.constant(EPSILON)));
    }
    if (mean != null) {
      y = tf.math.sub(y, tf.constant(mean));
    }
    if (std != null) {
      y = tf.math.div(y, tf.math.add(tf.constant(std), tf.constant(EPSILON)));
    }
    if (whitening != null) {
      int width = (int) Math.round(Math.sqrt(whitening.length));
      Operand<TFloat32> square = tf.reshape(tf.constant(whitening), tf.array(width, width));
      Operand<TFloat32> flat = tf.reshape(y, tf.array(-1, width));
      y = tf.reshape(tf.linalg.matMul(flat, square), tf.shape(y));
    }
    return y;
  }

  private static Operand<TFloat32> average(Ops tf, Operand<TFloat32> x) {
    return tf.math.mean(x, tf.array(-3, -2, -1), Mean.keepDims(true));
  }
}

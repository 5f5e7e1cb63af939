package dev.graft.data;

/**
 * One random change of a picture: Keras's {@code transform_parameters}, with Keras's meaning.
 *
 * <p>Keras 2.18 and 3.15 fill {@code tx} from {@code height_shift_range} and yet shift along the
 * width by it, and turn pictures that are not square about a point that is not their middle. Both
 * is followed here, so that the same parameters give the same picture.
 *
 * @param theta rotation, degrees
 * @param tx shift along the width, pixels
 * @param ty shift along the height, pixels
 * @param shear angle, degrees
 * @param zx zoom along the width: below 1 enlarges
 * @param zy zoom along the height
 * @param flipHorizontal left becomes right
 * @param flipVertical top becomes bottom
 * @param channelShift added to all values, which stay within the picture's own range
 * @param brightness factor; NaN changes nothing
 */
public record Transform(
    double theta,
    double tx,
    double ty,
    double shear,
    double zx,
    double zy,
    boolean flipHorizontal,
    boolean flipVertical,
    double channelShift,
    double brightness)
    implements Change {
  /** Changes nothing. */
  public static final Transform NONE = new Transform(0, 0, 0, 0, 1, 1, false, false, 0, Double.NaN);

  /** How many numbers {@link #values} gives. */
  static final int VALUES = 12;

  /**
   * What the ops of {@link Warp} are fed: the matrix from a place in the new picture to one in the
   * old (row and column), its offset, the flips, channel shift and brightness.
   *
   * <p>Source: Keras {@code preprocessing/image.py}, {@code apply_affine_transform}, which builds
   * rotation, shift, shear and zoom in (x, y) about the middle and then swaps the axes.
   */
  @Override
  public double[] values(int height, int width) {
    double[][] m = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    double angle = Math.toRadians(theta);
    double slant = Math.toRadians(shear);
    if (theta != 0) {
      m = times(m, rows(Math.cos(angle), -Math.sin(angle), 0, Math.sin(angle), Math.cos(angle), 0));
    }
    if (tx != 0 || ty != 0) {
      m = times(m, rows(1, 0, tx, 0, 1, ty));
    }
    if (shear != 0) {
      m = times(m, rows(1, -Math.sin(slant), 0, 0, Math.cos(slant), 0));
    }
    if (zx != 1 || zy != 1) {
      m = times(m, rows(zx, 0, 0, 0, zy, 0));
    }
    double x = height / 2.0 - 0.5;
    double y = width / 2.0 - 0.5;
    m = times(times(rows(1, 0, x, 0, 1, y), m), rows(1, 0, -x, 0, 1, -y));
    return new double[] {
      m[1][1],
      m[1][0],
      m[1][2],
      m[0][1],
      m[0][0],
      m[0][2],
      flipVertical ? height - 1 : 0,
      flipVertical ? -1 : 1,
      flipHorizontal ? width - 1 : 0,
      flipHorizontal ? -1 : 1,
      channelShift,
      Double.isNaN(brightness) ? 1 : brightness
    };
  }

  private static double[][] rows(double... six) {
    return new double[][] {{six[0], six[1], six[2]}, {six[3], six[4], six[5]}, {0, 0, 1}};
  }

  private static double[][] times(double[][] a, double[][] b) {
    double[][] product = new double[3][3];
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        for (int k = 0; k < 3; k++) {
          product[i][j] += a[i][k] * b[k][j];
        }
      }
    }
    return product;
  }
}

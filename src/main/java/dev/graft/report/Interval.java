package dev.graft.report;

/**
 * Where a share lies with a confidence of 95 %, as counted on few examples: Wilson's score interval
 * (Wilson 1927).
 */
record Interval(double from, double to) {
  private static final double Z = 1.959963984540054;

  static Interval of(double share, int examples) {
    double n = examples;
    double z2 = Z * Z;
    double centre = (share + z2 / (2 * n)) / (1 + z2 / n);
    double half = Z / (1 + z2 / n) * Math.sqrt(share * (1 - share) / n + z2 / (4 * n * n));
    return new Interval(Math.max(0, centre - half), Math.min(1, centre + half));
  }

  /** As a card has it: {@code 0.7941 to 0.9160}. */
  String text() {
    return Figures.share(from) + " to " + Figures.share(to);
  }
}

package dev.graft.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each text is what Python 3.11 prints of {@code float(numpy.float32(value))}. */
class PythonFloatTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0.0",
    "-0.0, -0.0",
    "1, 1.0",
    "-2.5, -2.5",
    "0.001, 0.0010000000474974513",
    "1e-4, 9.999999747378752e-05",
    "1e-5, 9.999999747378752e-06",
    "0.1, 0.10000000149011612",
    "0.8333333333333334, 0.8333333134651184",
    "123456.789, 123456.7890625",
    "1e15, 999999986991104.0",
    "1e16, 1.0000000272564224e+16",
    "3e38, 3.0000000054977558e+38",
    "2e-44, 1.961817850054744e-44",
    "1048576, 1048576.0",
    "NaN, nan",
    "1e300, inf",
    "-1e300, -inf"
  })
  void asPythonWritesIt(double value, String text) {
    assertThat(PythonFloat.text(value)).isEqualTo(text);
  }
}

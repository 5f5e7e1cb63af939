package dev.graft.train;

/** A learning rate as a function of the step. */
public interface Schedule {
  /** The learning rate of update number {@code step}, counted from 0 since the stage began. */
  float rate(long step);

  /** What Keras's optimizer config holds under {@code learning_rate}. */
  Object config();

  /** The same rate at every step; a callback may change it. */
  record Constant(float rate) implements Schedule {
    @Override
    public float rate(long step) {
      return rate;
    }

    @Override
    public Object config() {
      return Double.parseDouble(Float.toString(rate));
    }
  }
}

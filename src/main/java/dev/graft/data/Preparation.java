package dev.graft.data;

/**
 * What happens to the examples of a data set before they reach the model.
 *
 * @param image how pictures are prepared; null leaves arrays as they are stored
 * @param labels what the targets become; null when there are none
 */
public record Preparation(Preprocessing image, Labels labels) {}

/**
 * Training that equals Keras, step by step.
 *
 * <p>A {@link dev.graft.train.Stage} says what to train towards and how long; {@link
 * dev.graft.train.Trainer} runs it over a {@link dev.graft.network.Network}. Losses, metrics,
 * optimizers and schedules are plain records that write their ops into the training graph; one
 * {@code Session.run} does a whole step.
 */
package dev.graft.train;

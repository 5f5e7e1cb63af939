/**
 * Which way of transfer fits the data at hand.
 *
 * <p>Way in: {@link dev.graft.advise.Advisor}, which runs a pretrained network over a sample and
 * asks at several depths how well a linear classifier tells the classes apart. Way out: {@link
 * dev.graft.advise.Advice}, the figures, the scenario that follows from them, and its recipe.
 */
package dev.graft.advise;

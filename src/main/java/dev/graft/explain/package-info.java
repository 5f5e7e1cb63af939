/**
 * Why a model says what it says of a photo.
 *
 * <p>Way in: a {@link dev.graft.layers.Model}, its weights, and one prepared input. Way out:
 * numbers a place ({@link dev.graft.explain.Heat}) or a value, and pictures of them over the photo.
 */
package dev.graft.explain;

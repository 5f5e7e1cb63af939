/**
 * Reads a recipe, checks it before anything costs time, and runs its stages.
 *
 * <p>Way in: {@link dev.graft.recipe.Recipe#read}. A recipe that could be read can run: its files
 * are there, its shapes fit, every key is known. {@link dev.graft.recipe.Experiment} runs it,
 * {@link dev.graft.recipe.RunFolder} writes what came out.
 */
package dev.graft.recipe;

/**
 * Keras files in and out, in the dialects of Keras 1, 2 and 3.
 *
 * <p>In: {@link dev.graft.keras.KerasFile} opens a whole model, {@link dev.graft.keras.WeightFile}
 * any file's weights, {@link dev.graft.keras.WeightMatch} finds the file's tensor for each weight
 * of a model and says in a {@link dev.graft.keras.LoadReport} what became of every one. Code that a
 * file holds is never run, and no native library is loaded.
 */
package dev.graft.keras;

/**
 * Photos, tables and arrays in; seeded batches of native tensors out.
 *
 * <p>A source is a {@link dev.graft.data.Examples}: a fixed, ordered list of examples that can make
 * a {@link dev.graft.data.Batch} of any of its rows.
 */
package dev.graft.data;

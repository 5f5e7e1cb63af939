/**
 * Files in and out: written whole or not at all, read with guards.
 *
 * <p>In: {@link dev.graft.files.Hdf5File} (through jhdf), {@link dev.graft.files.NpyFile} and
 * {@link dev.graft.files.NpzFile}, {@link dev.graft.files.ZipArchive}. Out: {@link
 * dev.graft.files.AtomicFiles}, {@link dev.graft.files.Hdf5Writer}, {@link
 * dev.graft.files.NpyWriter}, {@link dev.graft.files.ZipWriter}. Files come from strangers: every
 * declared size is held against the file's own length before memory is taken, and whatever goes
 * wrong inside becomes a {@link dev.graft.error.GraftException} that names the file and the place.
 */
package dev.graft.files;

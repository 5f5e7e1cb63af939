/**
 * Published weights and data sets: what there is, where it lies, how it is fetched.
 *
 * <p>Way in: {@link dev.graft.fetch.Registry} knows what is published, {@link
 * dev.graft.fetch.Places} which folders are looked through, {@link dev.graft.fetch.Fetcher} brings
 * files into the store. Way out: files whose checksums are right. Nothing is downloaded unless the
 * user says so.
 */
package dev.graft.fetch;

/**
 * Published weights and data sets: what there is, where it lies, how it is fetched.
 *
 * <p>Way in: {@link dev.graft.fetch.Places} says which folders are looked through. Nothing is
 * downloaded unless the user says so.
 */
package dev.graft.fetch;

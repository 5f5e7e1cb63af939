/**
 * What TensorFlow-Java keeps to its own package: a graph's native handle. Nothing else belongs
 * here.
 */
package org.tensorflow;

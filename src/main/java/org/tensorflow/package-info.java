/**
 * What TensorFlow-Java keeps to its own package: native handles of graphs and sessions. Nothing
 * else belongs here.
 */
package org.tensorflow;

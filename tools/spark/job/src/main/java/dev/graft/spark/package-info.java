/**
 * Bulk features and batch prediction in Spark.
 *
 * <p>Way in: {@link dev.graft.spark.SparkTransfer}, or {@link dev.graft.spark.Main} for {@code
 * spark-submit}. Way out: a {@code Dataset<Row>} with a row for every row that came, an image that
 * cannot be read included.
 */
package dev.graft.spark;

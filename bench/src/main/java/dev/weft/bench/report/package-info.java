/** Evaluation and presentation of the runs: ratios, tables, the matrix, the HTML page. */
@org.jspecify.annotations.NullMarked
package dev.weft.bench.report;

/** What the measured runs come to: tables, ratios, a matrix, a page. */
@org.jspecify.annotations.NullMarked
package dev.weft.bench.report;

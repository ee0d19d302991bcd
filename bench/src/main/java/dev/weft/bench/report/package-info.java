/** What the measured runs say: tables, ratios, a verdict in words, a page. */
@org.jspecify.annotations.NullMarked
package dev.weft.bench.report;

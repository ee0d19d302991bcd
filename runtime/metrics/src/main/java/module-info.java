/** Weft and Micrometer: the metrics of loops, and context propagation. */
@org.jspecify.annotations.NullMarked
module dev.weft.metrics {
    requires transitive dev.weft.runtime;
    requires static transitive org.jspecify;
    requires transitive micrometer.core;
    requires static transitive context.propagation;

    exports dev.weft.context;
    exports dev.weft.metrics;
}

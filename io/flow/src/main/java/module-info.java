/** Components with boxes, linked to graphs, on greenlets, threads or processes. */
@org.jspecify.annotations.NullMarked
module dev.weft.flow {
    requires transitive dev.weft.workers;
    requires static transitive org.jspecify;

    exports dev.weft.flow;
}

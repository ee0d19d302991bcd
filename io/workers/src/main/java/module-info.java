/** Pools of workers that are greenlets, threads or processes. */
@org.jspecify.annotations.NullMarked
module dev.weft.workers {
    requires transitive dev.weft.io;
    requires static transitive org.jspecify;
}

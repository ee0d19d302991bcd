/** Pools of workers that are greenlets, threads or processes, and the bytes and the memory that JVMs exchange. */
@org.jspecify.annotations.NullMarked
@SuppressWarnings("module") // that which shares the inside is not there when this is compiled
module dev.weft.workers {
    requires transitive dev.weft.actor;
    requires transitive dev.weft.io;
    requires static transitive org.jspecify;

    exports dev.weft.serial;
    exports dev.weft.shared;
    exports dev.weft.tasks;
    exports dev.weft.workers;
    exports dev.weft.workers.internal to
            dev.weft.flow;
}

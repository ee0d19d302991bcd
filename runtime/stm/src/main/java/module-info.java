/** Software transactional memory for greenlets and threads. */
@org.jspecify.annotations.NullMarked
module dev.weft.stm {
    requires transitive dev.weft.runtime;
    requires static transitive org.jspecify;

    exports dev.weft.stm;
}

/** Owners of state, mailboxes, links, monitors and supervisors. */
@org.jspecify.annotations.NullMarked
module dev.weft.actor {
    requires transitive dev.weft.runtime;
    requires static transitive org.jspecify;

    exports dev.weft.actor;
    exports dev.weft.supervisor;
}

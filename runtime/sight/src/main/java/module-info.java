/** Looks into a running program, from another process or from a browser. */
@org.jspecify.annotations.NullMarked
module dev.weft.sight {
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires transitive dev.weft.runtime;
    requires info.picocli;
    requires static transitive org.jspecify;
    requires java.management;
    requires jdk.httpserver;
    requires jdk.jfr; // for timelines
    requires static jdk.attach; // for the tool
    requires static jdk.management.jfr; // for the tool

    exports dev.weft.sight;
    exports dev.weft.sight.timeline;
}

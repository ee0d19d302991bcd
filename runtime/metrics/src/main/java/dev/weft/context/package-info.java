/** The context of Micrometer, OpenTelemetry, SLF4J and others in greenlets. */
@org.jspecify.annotations.NullMarked
package dev.weft.context;

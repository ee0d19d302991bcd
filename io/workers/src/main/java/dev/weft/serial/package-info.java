/**
 * Serialisation of tasks, results and failures for another JVM, by a stated allow-list.
 *
 * <p>{@link dev.weft.serial.Serializer} turns objects into bytes and back. It knows nothing of connections and processes.
 */
@org.jspecify.annotations.NullMarked
package dev.weft.serial;

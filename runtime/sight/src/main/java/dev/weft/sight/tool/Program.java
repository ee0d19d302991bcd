package dev.weft.sight.tool;

import java.nio.file.Path;
import java.util.List;
import javax.management.MBeanServerConnection;

/** A running program that uses Weft. */
interface Program extends AutoCloseable {
    /** Opens the program that {@code target}, a process ID or the path of a group's socket, stands for. */
    static Program open(String target) {
        return target.matches("\\d+") ? JmxProgram.open(Long.parseLong(target)) : SocketProgram.open(Path.of(target));
    }

    /** Returns its open groups; at least one. */
    List<Group> groups();

    /** Returns the connection to its MBean server; throws {@link ToolFailure} if it is not asked through that. */
    MBeanServerConnection connection();

    /** Closes the connection. */
    @Override
    void close();
}

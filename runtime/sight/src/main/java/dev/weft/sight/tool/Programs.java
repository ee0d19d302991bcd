package dev.weft.sight.tool;

import com.sun.tools.attach.VirtualMachine;
import com.sun.tools.attach.VirtualMachineDescriptor;
import java.util.List;
import java.util.Optional;

/** The JVMs on this machine, of this user, that use Weft. */
final class Programs {
    /** The system property that each program has whose groups can be asked; its value is the version of Weft. */
    private static final String VERSION = "weft.version";

    private Programs() {}

    /**
     * A program that uses Weft.
     *
     * @param main its main class or jar, and arguments
     */
    record Entry(long pid, String version, String main) {}

    /** Finds them by a system property. Attaches to each JVM for that, but opens no port. */
    static List<Entry> find() {
        long self = ProcessHandle.current().pid();
        return VirtualMachine.list().parallelStream()
                .filter(machine -> !machine.id().equals(Long.toString(self)))
                .flatMap(machine -> entry(machine).stream())
                .sorted((a, b) -> Long.compare(a.pid(), b.pid()))
                .toList();
    }

    private static Optional<Entry> entry(VirtualMachineDescriptor machine) {
        long pid = Long.parseLong(machine.id());
        try (JvmProcess process = JvmProcess.attach(pid)) {
            String version = process.systemProperties().getProperty(VERSION);
            return Optional.ofNullable(version).map(known -> new Entry(pid, known, machine.displayName()));
        } catch (ToolFailure e) {
            return Optional.empty(); // it has ended or does not answer, so it cannot be asked
        }
    }
}

package dev.weft.sight.tool;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * A JVM on this machine, attached to by its process ID. Attaching loads no agent. It makes the JVM start a thread that listens
 * for commands; {@link #localAgent} makes it open a port on the loopback interface, for the same user only.
 */
final class JvmProcess implements AutoCloseable {
    private static final String ADMINISTRATOR = "root";

    private final long pid;
    private final VirtualMachine machine;

    private JvmProcess(long pid, VirtualMachine machine) {
        this.pid = pid;
        this.machine = machine;
    }

    /** Attaches to process {@code pid}; throws {@link ToolFailure} if that is not possible. */
    static JvmProcess attach(long pid) {
        ProcessHandle process = ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .orElseThrow(() -> new ToolFailure("there is no process " + pid
                        + "; without a process ID, \"weft ps\" lists the programs that use Weft"));
        requireSameUser(process);
        requireJvm(process);
        try {
            return new JvmProcess(pid, VirtualMachine.attach(Long.toString(pid)));
        } catch (AttachNotSupportedException | IOException e) {
            throw new ToolFailure(
                    "cannot attach to process " + pid + ": " + e.getMessage()
                            + "; is it suspended, or does it run with -XX:+DisableAttachMechanism? A program with"
                            + " -Dweft.sight.sockets=DIRECTORY can be asked through a socket instead: give its path",
                    e);
        }
    }

    private static void requireSameUser(ProcessHandle process) {
        Optional<String> owner = process.info().user();
        Optional<String> caller = ProcessHandle.current().info().user();
        if (owner.isPresent() && caller.isPresent() && !caller.equals(owner) && !isAdministrator(caller.get())) {
            throw new ToolFailure("process " + process.pid() + " belongs to user " + owner.get() + ", and you are "
                    + caller.get() + "; run this as " + owner.get() + ", for example with sudo -u " + owner.get());
        }
    }

    private static boolean isAdministrator(String user) {
        return user.equals(ADMINISTRATOR);
    }

    /** Attaching sends SIGQUIT, which ends many programs that are not JVMs. */
    private static void requireJvm(ProcessHandle process) {
        Path maps = Path.of("/proc", Long.toString(process.pid()), "maps");
        try (Stream<String> mapped = Files.lines(maps)) {
            if (mapped.noneMatch(line -> line.contains("libjvm"))) {
                throw new ToolFailure("process " + process.pid() + " ("
                        + process.info().command().orElse("unknown") + ") is not a JVM");
            }
        } catch (IOException | java.io.UncheckedIOException e) {
            // Not Linux, or not readable: attaching will tell.
        }
    }

    /** Returns its system properties. */
    Properties systemProperties() {
        try {
            return machine.getSystemProperties();
        } catch (IOException e) {
            throw ended(e);
        }
    }

    /** Starts its management agent, unless it has been started, and returns the agent's address. */
    String localAgent() {
        try {
            return machine.startLocalManagementAgent();
        } catch (IOException e) {
            throw new ToolFailure(
                    "process " + pid + " cannot start its management agent: " + e.getMessage()
                            + "; it needs the module jdk.management.agent, or a socket: -Dweft.sight.sockets=DIRECTORY",
                    e);
        }
    }

    private ToolFailure ended(IOException e) {
        return new ToolFailure("process " + pid + " does not answer: " + e.getMessage() + "; has it ended?", e);
    }

    @Override
    public void close() {
        try {
            machine.detach();
        } catch (IOException e) {
            // It has ended, and so has the connection.
        }
    }
}

package dev.weft.io.automatic;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A server as a child of this JVM, which ends it at the latest when it ends itself. What the server says goes to a file. */
final class ServerProcess {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final Set<ServerProcess> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(ServerProcess::kill), "kill servers"));
    }

    private final List<String> command;
    private final Path log;
    private final Process process;

    private ServerProcess(List<String> command, Path log) throws IOException {
        this.command = command;
        this.log = log;
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        RUNNING.add(this);
    }

    /** Something that fails for as long as the server is not there. */
    @FunctionalInterface
    interface Probe {
        void run() throws Exception;
    }

    /** Starts {@code command} and blocks until {@code probe} succeeds. */
    static ServerProcess start(List<String> command, Path log, Probe probe) throws IOException {
        ServerProcess server = new ServerProcess(command, log);
        long begin = System.nanoTime();
        while (true) {
            try {
                probe.run();
                return server;
            } catch (Exception e) {
                if (!server.process.isAlive() || System.nanoTime() - begin > PATIENCE_NANOS) {
                    server.kill();
                    throw new AssertionError("did not start: " + command + "\n" + Files.readString(log), e);
                }
                LockSupport.parkNanos(10_000_000);
            }
        }
    }

    /** Runs {@code command} to its end, which must be a good one. */
    static void run(List<String> command, Path log) throws IOException {
        ServerProcess run = new ServerProcess(command, log);
        int status = run.process.onExit().join().exitValue();
        RUNNING.remove(run);
        if (status != 0) {
            throw new AssertionError("status " + status + " of " + command + "\n" + Files.readString(log));
        }
    }

    /** Kills it and all that it has started, as SIGKILL does, and blocks until they are gone. */
    void kill() {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        all.reversed().forEach(ProcessHandle::destroyForcibly); // the parent first, so that it starts no more
        all.forEach(each -> each.onExit().join());
        RUNNING.remove(this);
    }

    /** A port of loopback on which nobody listens. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Deletes {@code directory} and all in it. */
    static void delete(Path directory) throws IOException {
        try (Stream<Path> below = Files.walk(directory)) {
            for (Path path : below.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    /**
     * Where {@code program} is, looking at {@code directories} and then at the path.
     *
     * @throws AssertionError if it is nowhere; says how to install it
     */
    static Path installed(String program, Stream<Path> directories, String packageName) {
        Stream<Path> path = Arrays.stream(System.getenv("PATH").split(":")).map(Path::of);
        return Stream.concat(directories, path)
                .map(directory -> directory.resolve(program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError(program + " is not installed, and this test wants the real"
                        + " server: apt-get update && apt-get install -y --no-install-recommends " + packageName));
    }

    @Override
    public String toString() {
        return command + ", see " + log;
    }
}

package dev.weft.workers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The command that starts a worker process: this JVM, on this program's class path, and from a {@link StartupCache}. */
final class WorkerCommand {
    /** A worker has one thread that computes, and leaves no file of counters behind when it is killed. */
    private static final List<String> FLAGS = List.of(
            "--add-opens", "java.base/java.lang=ALL-UNNAMED", "-XX:+ExitOnOutOfMemoryError", "-XX:-UsePerfData");

    private final List<String> launch;
    private final String program;
    private final Optional<StartupCache> cache;

    private WorkerCommand(List<String> launch, String program, Optional<StartupCache> cache) {
        this.launch = launch;
        this.program = program;
        this.cache = cache;
    }

    /** Returns the command for workers of a pool. Blocks while it looks at the files of the class path. */
    static WorkerCommand of(WorkersBuilder settings) {
        List<String> launch = new ArrayList<>();
        launch.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        launch.addAll(FLAGS);
        if (settings.jvmArguments.stream().noneMatch(argument -> argument.matches("-XX:\\+Use\\w+GC"))) {
            launch.add("-XX:+UseSerialGC"); // starts sooner, and has no threads that compete with other workers
        }
        launch.addAll(settings.jvmArguments);
        addPath(launch, "--class-path", "java.class.path");
        addPath(launch, "--module-path", "jdk.module.path");
        boolean isModular = WorkerMain.class.getModule().isNamed();
        if (isModular) {
            launch.add("--add-modules");
            launch.add("ALL-MODULE-PATH");
        }
        return new WorkerCommand(launch, settings.program, isModular ? Optional.empty() : cache(settings, launch));
    }

    private static Optional<StartupCache> cache(WorkersBuilder settings, List<String> launch) {
        Path directory = settings.startupCache;
        return directory == null
                ? Optional.empty()
                : StartupCache.of(directory, launch, System.getProperty("java.class.path", ""));
    }

    private static void addPath(List<String> command, String option, String property) {
        String path = System.getProperty(property, "");
        if (!path.isEmpty()) {
            command.add(option);
            command.add(path);
        }
    }

    /** Returns the words of the command for a worker that connects to {@code socket}. Blocks for some microseconds. */
    List<String> words(Path socket) {
        List<String> command = new ArrayList<>(launch);
        cache.ifPresent(present -> command.addAll(1, present.options())); // before users' options, which may log
        command.add(program);
        command.add(socket.toString());
        return command;
    }

    /** Lets later workers start sooner. Never waits. */
    void prepareForMore() {
        cache.ifPresent(StartupCache::makeSoon);
    }
}

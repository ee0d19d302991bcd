package dev.weft.bench.rival;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** A server of this module, in a JVM of its own with this JVM's java and class path. */
final class JavaProgram implements Program {
    private static final List<String> COMMON_FLAGS = List.of("--add-opens", "java.base/java.lang=ALL-UNNAMED");

    private final String name;
    private final String library;
    private final List<String> ownFlags;
    private final Set<Service> services;
    private final Supplier<Optional<String>> missing;

    /**
     * @param name of the {@link Contender}
     * @param library what it is made with, a key of {@link Versions}
     * @param missing as {@link Program#missing}; may load native code, so it is only asked when that is
     */
    JavaProgram(
            String name,
            String library,
            List<String> ownFlags,
            Set<Service> services,
            Supplier<Optional<String>> missing) {
        this.name = name;
        this.library = library;
        this.ownFlags = List.copyOf(ownFlags);
        this.services = Set.copyOf(EnumSet.copyOf(services));
        this.missing = missing;
    }

    @Override
    public Set<Service> services() {
        return services;
    }

    @Override
    public Optional<String> missing() {
        return missing.get();
    }

    @Override
    public String version() {
        return Versions.of(library);
    }

    @Override
    public List<String> command(Terms terms, List<String> flags) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.addAll(COMMON_FLAGS);
        command.addAll(ownFlags);
        command.addAll(flags);
        command.addAll(RivalServer.arguments(name, terms));
        return command;
    }
}

package dev.weft.bench.rival;

import dev.weft.bench.machine.Child;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Supplier;

/** A server of this module, in a separate JVM with this JVM's java and class path. */
final class JavaProgram implements Program {
    private static final String VERSIONS = "versions.properties";

    private final String name;
    private final String library;
    private final List<String> ownFlags;
    private final Set<Service> services;
    private final Supplier<Optional<String>> missing;

    /**
     * @param name the name of the {@link Contender}
     * @param library the library it is built on: {@code jdk} or a key of {@value #VERSIONS}
     * @param missing computes {@link Program#missing}; called lazily, because it may load native code
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
        this.services = Set.copyOf(services);
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
        return library.equals("jdk") ? "JDK " + Runtime.version() : version(library);
    }

    /** Returns the name of a library and its version in the build. */
    static String version(String library) {
        try (InputStream in = JavaProgram.class.getResourceAsStream(VERSIONS)) {
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty(library);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + VERSIONS, e);
        }
    }

    @Override
    public List<String> command(Terms terms, List<String> flags) {
        List<String> command = new ArrayList<>(Child.java());
        command.addAll(Child.WEFT_FLAGS);
        command.addAll(ownFlags);
        command.addAll(flags);
        command.addAll(RivalServer.arguments(name, terms));
        return command;
    }
}

package dev.weft.bench.rival;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A server that is no Java: its source comes with this module and is compiled when it is first wanted, with tools that the
 * machine has or has not.
 */
final class NativeProgram implements Program {
    private static final String INSTALL = "apt-get install -y --no-install-recommends ";

    private final String name;
    private final String packages;
    private final Set<Service> services;
    private final List<String> versionCommand;
    private final NativeBuild build;
    private final List<String> runCommand;

    // Guarded by this.
    private boolean hasLooked;
    private Optional<String> version = Optional.empty();

    /**
     * @param packages Debian's, with all that it takes
     * @param versionCommand says the version on the first line of its output, and fails where something is missing
     * @param runCommand what to run; {@link NativeBuild#OUTPUT} and the like in it are replaced
     */
    NativeProgram(
            String name,
            String packages,
            Set<Service> services,
            List<String> versionCommand,
            NativeBuild build,
            List<String> runCommand) {
        this.name = name;
        this.packages = packages;
        this.services = Set.copyOf(services);
        this.versionCommand = List.copyOf(versionCommand);
        this.build = build;
        this.runCommand = List.copyOf(runCommand);
    }

    /** What the system allows. */
    static NativeProgram c() {
        return new NativeProgram(
                "C epoll",
                "gcc libc6-dev",
                EnumSet.of(Service.ECHO, Service.HTTP),
                List.of("cc", "--version"),
                new NativeBuild(
                        "epoll_server.c",
                        List.of("cc", "-O2", "-pthread", "-o", NativeBuild.OUTPUT + "/server", NativeBuild.SOURCE)),
                List.of(NativeBuild.OUTPUT + "/server"));
    }

    /** Its standard library alone. */
    static NativeProgram go() {
        return new NativeProgram(
                "Go",
                "golang-go",
                EnumSet.allOf(Service.class),
                List.of("go", "version"),
                new NativeBuild(
                        "server.go", List.of("go", "build", "-o", NativeBuild.OUTPUT + "/server", NativeBuild.SOURCE)),
                List.of(NativeBuild.OUTPUT + "/server"));
    }

    /** With the Python that Debian's packages are for. */
    static NativeProgram gevent() {
        String python = "/usr/bin/python3";
        String versions = "import gevent, platform; print(gevent.__version__, 'on Python', platform.python_version())";
        return new NativeProgram(
                "gevent",
                "python3-gevent",
                EnumSet.allOf(Service.class),
                List.of(python, "-c", versions),
                new NativeBuild("gevent_server.py", List.of()),
                List.of(python, NativeBuild.SOURCE));
    }

    /** A scheduler for each core. */
    static NativeProgram erlang() {
        String release = "io:format(\"OTP ~s~n\", [erlang:system_info(otp_release)]), halt().";
        return new NativeProgram(
                "Erlang",
                "erlang-base",
                EnumSet.of(Service.ECHO, Service.HTTP, Service.PROXY),
                List.of("erl", "-noshell", "-eval", release),
                new NativeBuild("server.erl", List.of("erlc", "-o", NativeBuild.OUTPUT, NativeBuild.SOURCE)),
                List.of("erl", "-noshell", "+S", "{cores}", "-pa", NativeBuild.OUTPUT, "-run", "server", "main"));
    }

    @Override
    public Set<Service> services() {
        return services;
    }

    @Override
    public Optional<String> missing() {
        return installed().isPresent()
                ? Optional.empty()
                : Optional.of(name + " is not installed: " + INSTALL + packages);
    }

    @Override
    public String version() {
        String installed = installed()
                .orElseThrow(() -> new IllegalStateException(missing().orElse(name + " is not installed")));
        return installed.contains(name) || name.startsWith("C ") ? installed : name + " " + installed;
    }

    /** The version, if all is there. */
    private synchronized Optional<String> installed() {
        if (!hasLooked) {
            hasLooked = true;
            version = Tool.firstLine(versionCommand);
        }
        return version;
    }

    @Override
    public List<String> command(Terms terms, List<String> flags) {
        Path output = build.output(version());
        List<String> command = new ArrayList<>();
        for (String word : runCommand) {
            command.add(build.filledIn(word, output).replace("{cores}", Integer.toString(terms.cores())));
        }
        command.add(terms.service().name());
        command.add(Integer.toString(terms.cores()));
        command.add(Integer.toString(
                terms.upstream() == null ? 0 : terms.requiredUpstream().getPort()));
        return command;
    }
}

package dev.weft.bench.rival;

import dev.weft.bench.machine.BenchFailure;
import dev.weft.bench.machine.Tool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The Go server. Its source is a resource of this module and is compiled on first use. */
final class GoProgram implements Program {
    private static final String SOURCE = "/dev/weft/bench/native/server.go";

    private final String compiler;
    private Optional<Path> server = Optional.empty(); // guarded by this

    /** @param compiler the Go command, which may not be installed */
    GoProgram(String compiler) {
        this.compiler = compiler;
    }

    @Override
    public Set<Service> services() {
        return Service.allButTls();
    }

    @Override
    public Optional<String> missing() {
        return Tool.firstLine(List.of(compiler, "version")).isPresent()
                ? Optional.empty()
                : Optional.of("Go is not installed: apt-get install -y --no-install-recommends golang-go");
    }

    @Override
    public String version() {
        return Tool.firstLine(List.of(compiler, "version"))
                .orElseThrow(() -> new BenchFailure(missing().orElse("the Go command fails")));
    }

    @Override
    public List<String> command(Terms terms, List<String> flags) {
        int upstream = terms.upstream() == null ? 0 : terms.requiredUpstream().getPort();
        return List.of(
                server().toString(),
                terms.service().name(),
                Integer.toString(terms.cores()),
                Integer.toString(upstream));
    }

    private synchronized Path server() {
        if (server.isEmpty()) {
            server = Optional.of(compiled());
        }
        return server.get();
    }

    private Path compiled() {
        try (InputStream in = GoProgram.class.getResourceAsStream(SOURCE)) {
            if (in == null) {
                throw new IOException("not in this jar: " + SOURCE);
            }
            Path directory = Files.createTempDirectory("weft-bench-");
            Path source = directory.resolve("server.go");
            Path program = directory.resolve("server");
            for (Path file : List.of(directory, source, program)) { // deleted in reverse order on exit
                file.toFile().deleteOnExit();
            }
            Files.copy(in, source);
            Tool.run(List.of(compiler, "build", "-o", program.toString(), source.toString()));
            return program;
        } catch (IOException e) {
            throw new BenchFailure("cannot build the Go server: " + e.getMessage(), e);
        }
    }
}

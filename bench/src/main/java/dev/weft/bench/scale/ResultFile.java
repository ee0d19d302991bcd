package dev.weft.bench.scale;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.weft.bench.machine.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * The file of a command's results.
 *
 * @param command which
 * @param flags what the JVMs were given beside the defaults
 * @param results one for each thing that was measured
 */
record ResultFile(String command, String started, Machine machine, List<String> flags, List<?> results) {
    /** What every JVM with greenlets needs. */
    static final List<String> WEFT_FLAGS = List.of("--add-opens", "java.base/java.lang=ALL-UNNAMED");

    /** Writes them. */
    static void write(Path file, String command, List<String> flags, List<?> results) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValue(file.toFile(), new ResultFile(command, now, Machine.current(), flags, results));
    }
}

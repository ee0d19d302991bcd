package dev.weft.bench.machine;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * The result file of a command.
 *
 * @param flags non-default flags of the JVMs
 * @param results one element per measurement
 */
public record ResultFile(String command, String started, Machine machine, List<String> flags, List<?> results) {
    public static void write(Path file, String command, List<String> flags, List<?> results) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValue(file.toFile(), new ResultFile(command, now, Machine.current(), flags, results));
    }
}

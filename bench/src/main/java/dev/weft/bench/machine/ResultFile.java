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
 * The file of a command's results.
 *
 * @param flags what the JVMs were given beside the defaults
 * @param results one for each thing that was measured
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

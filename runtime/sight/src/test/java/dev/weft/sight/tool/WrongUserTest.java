package dev.weft.sight.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The tool as another user than the program's. Needs root, who can become somebody else. */
@Timeout(120)
final class WrongUserTest {
    private static final Path SETPRIV = Path.of("/usr/bin/setpriv");

    @Test
    void anotherUserIsToldWhoMayLook(@TempDir Path directory) throws Exception {
        assumeTrue(
                "root".equals(System.getProperty("user.name")) && Files.isExecutable(SETPRIV),
                "needs root and setpriv");
        try (ChildJvm program = ChildJvm.start(TargetProgram.class, "many", "1").await("ready");
                ChildJvm tool = ChildJvm.command(List.of(
                        SETPRIV.toString(),
                        "--reuid=65534",
                        "--regid=65534",
                        "--clear-groups",
                        ChildJvm.java(),
                        "-cp",
                        readableClassPath(directory),
                        Sight.class.getName(),
                        "ps",
                        program.pid()))) {
            assertEquals(Sight.FAILED, tool.exitStatus(), tool.errors());
            assertTrue(tool.errors().contains("belongs to user root, and you are nobody"), tool.errors());
        }
    }

    /** Copies the class path to where anybody can read it. */
    private static String readableClassPath(Path directory) throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        List<String> copies = new ArrayList<>();
        for (String entry : ChildJvm.CLASS_PATH.split(File.pathSeparator, -1)) {
            Path copy = directory.resolve(Integer.toString(copies.size()));
            copy(Path.of(entry), copy);
            copies.add(copy.toString());
        }
        return String.join(File.pathSeparator, copies);
    }

    private static void copy(Path from, Path to) throws Exception {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }
}

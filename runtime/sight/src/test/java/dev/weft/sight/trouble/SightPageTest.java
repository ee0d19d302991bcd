package dev.weft.sight.trouble;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.fail;

import dev.weft.sight.tool.ChildJvm;
import dev.weft.sight.tool.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What {@code SIGHT.md} shows is what the tool prints. Below a comment with the name of a program of this package, each block of the
 * page is a command line and lines of its output, of which "..." stands for some; times, numbers and the widths of columns may differ.
 */
@Timeout(120)
final class SightPageTest {
    private static final Path PAGE = Path.of("../SIGHT.md");
    private static final Pattern BLOCK = Pattern.compile("```text\n\\$ weft (.*)\n((?:.*\n)*?)```");

    /** A command and the lines that it is to print. */
    private record Block(String command, List<String> lines) {}

    @Test
    void blockedLoop() throws Exception {
        check(BlockedLoop.class);
    }

    @Test
    void twoChannels() throws Exception {
        check(TwoChannels.class);
    }

    @Test
    void leakedHandlers() throws Exception {
        check(LeakedHandlers.class);
    }

    @Test
    void slowDatabase() throws Exception {
        check(SlowDatabase.class);
    }

    @Test
    void starvedOffload() throws Exception {
        check(StarvedOffload.class);
    }

    private static void check(Class<?> program) throws Exception {
        List<Block> blocks = blocks(program);
        assertFalse(blocks.isEmpty(), "the page does not show " + program);
        try (ChildJvm child = ChildJvm.start(program).await("ready")) {
            for (Block block : blocks) {
                awaitLines(block, child.pid());
            }
        }
    }

    private static List<Block> blocks(Class<?> program) throws Exception {
        String page = Files.readString(PAGE);
        String section = page.split("<!-- program: " + program.getSimpleName() + " -->", 2)[1]
                .split("<!-- program: ", 2)[0];
        List<Block> blocks = new ArrayList<>();
        Matcher block = BLOCK.matcher(section);
        while (block.find()) {
            blocks.add(new Block(
                    block.group(1),
                    block.group(2)
                            .lines()
                            .map(SightPageTest::plain)
                            .filter(line -> !line.isEmpty() && !line.equals("..."))
                            .toList()));
        }
        return blocks;
    }

    /** Runs the command until its output has all lines, as some troubles show after some seconds only. */
    private static void awaitLines(Block block, String pid) {
        String[] command = block.command().replace("PID", pid).split(" ", -1);
        Run run = Run.of(command);
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (!printed(run).containsAll(block.lines())) {
            if (System.nanoTime() > deadline) {
                fail(block + " is not in " + run);
            }
            run = Run.of(command);
        }
    }

    private static Set<String> printed(Run run) {
        return run.out().lines().map(SightPageTest::plain).collect(Collectors.toSet());
    }

    /** Leaves out what differs from run to run. */
    private static String plain(String line) {
        return line.replaceAll("\\d+ (min|h) \\d+ (s|min)|[\\d.]+ (us|ms|s)\\b", "TIME")
                .replaceAll("\\d[\\d,]*", "N")
                .replaceAll("\\s+", " ")
                .strip();
    }
}

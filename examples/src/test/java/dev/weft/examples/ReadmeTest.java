package dev.weft.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the README promises a newcomer: programs that run as they are printed, a version that exists, links that lead somewhere. */
class ReadmeTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern PROGRAM = Pattern.compile("```java\n(.*?public class (\\w+) .*?)```", Pattern.DOTALL);
    private static final Pattern CODE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern WEFT_VERSION = Pattern.compile("weft-bom(?:</artifactId>\\s*<version>|:)([^<\"]+)");
    private static final Pattern LINK = Pattern.compile("]\\(([^)#]*)(?:#([^)]*))?\\)");
    private static final Pattern HEADING = Pattern.compile("^#+ (.*)$", Pattern.MULTILINE);

    @TempDir
    private Path directory = Path.of("");

    @Test
    void theFirstProgramEchoes() throws Exception {
        try (FreshJvm server = program("EchoServer");
                Socket client = FreshJvm.client(server.port())) {
            EchoTest.assertEchoes(client, "hello");
        }
    }

    @Test
    void theHttpServerGreets() throws Exception {
        try (FreshJvm server = program("Greeter");
                Socket client = FreshJvm.client(server.port())) {
            client.getOutputStream().write("GET /?name=you HTTP/1.0\r\n\r\n".getBytes(US_ASCII));
            String response = new String(client.getInputStream().readAllBytes(), US_ASCII);
            assertTrue(response.endsWith("\r\n\r\nhello you\n"), response);
        }
    }

    @Test
    void theScopeEndsWithItsDeadline() throws Exception {
        try (FreshJvm pages = program("Pages")) {
            assertEquals(0, pages.exitStatus());
            assertEquals(
                    List.of("page 1", "page 2", "page 3", "timed out, and nothing is left running"),
                    pages.restOfOutput());
        }
    }

    @Test
    void theServiceAnswersAndEndsInOrder() throws Exception {
        try (FreshJvm service = program("TimeService");
                Socket client = FreshJvm.client(service.port())) {
            String answer = new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            Instant told = Instant.parse(answer.strip());
            assertTrue(Duration.between(told, Instant.now()).toMinutes() < 10, answer);
            service.destroy();
            assertEquals(0, service.exitStatus());
        }
    }

    /** The README's program of that name, run from its source, with the one flag; its port is a free one. */
    private FreshJvm program(String name) throws IOException {
        String source = find(PROGRAM, readme())
                .filter(program -> program.group(2).equals(name))
                .findAny()
                .orElseThrow()
                .group(1);
        Path file = Files.writeString(directory.resolve(name + ".java"), source.replace("7000", "0"));
        return FreshJvm.java(FreshJvm.FLAGS.subList(0, 2), file.toString());
    }

    @Test
    void theVersionIsTheOneThatIsBuilt() throws IOException {
        String parent = Files.readString(ROOT.resolve("pom.xml"));
        List<String> versions =
                find(WEFT_VERSION, readme()).map(found -> found.group(1)).toList();
        assertEquals(2, versions.size(), "for Maven and for Gradle");
        for (String version : versions) {
            assertTrue(parent.contains("<artifactId>weft-parent</artifactId>\n  <version>" + version + "<"), version);
        }
    }

    @Test
    void theGuideToCoresQuotesItsExample() throws IOException {
        String example =
                unindented(Files.readString(ROOT.resolve("examples/src/main/java/dev/weft/examples/ChatOnCores.java")));
        List<String> quotes = find(CODE, Files.readString(ROOT.resolve("runtime/CORES.md")))
                .map(quote -> unindented(quote.group(1)))
                .toList();
        assertEquals(3, quotes.size());
        for (String quote : quotes) {
            assertTrue(example.contains(quote), quote);
        }
    }

    private static String unindented(String code) {
        return code.replaceAll("(?m)^ +", "");
    }

    static Stream<Path> pages() throws IOException {
        try (Stream<Path> files =
                Files.find(ROOT, 2, (path, attributes) -> path.toString().endsWith(".md"))) {
            return files.toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyLinkLeadsSomewhere(Path page) throws IOException {
        for (MatchResult link : find(LINK, Files.readString(page)).toList()) {
            String file = link.group(1);
            if (file.startsWith("https:")) {
                continue;
            }
            Path target = file.isEmpty() ? page : page.resolveSibling(file);
            assertTrue(Files.exists(target), () -> page + " links to " + target);
            if (link.group(2) != null) {
                List<String> anchors = find(HEADING, Files.readString(target))
                        .map(heading -> anchor(heading.group(1)))
                        .toList();
                assertTrue(
                        anchors.contains(link.group(2)),
                        () -> page + " links to " + link.group() + ", not in " + anchors);
            }
        }
    }

    /** What GitHub makes of a heading. */
    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT).replaceAll("[^\\w -]", "").replace(' ', '-');
    }

    private static Stream<MatchResult> find(Pattern pattern, String text) {
        return pattern.matcher(text).results();
    }

    private static String readme() throws IOException {
        return Files.readString(ROOT.resolve("README.md"));
    }
}

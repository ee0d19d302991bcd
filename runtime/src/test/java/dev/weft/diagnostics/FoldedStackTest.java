package dev.weft.diagnostics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FoldedStackTest {
    private static final StackTraceElement SPAWN = frame("com.acme.Main", "main", 9);

    private final List<StackTraceElement> frames = new ArrayList<>();

    private static StackTraceElement frame(String type, String method, int line) {
        return new StackTraceElement(type, method, type.substring(type.lastIndexOf('.') + 1) + ".java", line);
    }

    private void add(int count, String type) {
        for (int i = 0; i < count; i++) {
            frames.add(frame(type, "m" + frames.size(), 1));
        }
    }

    private List<String> folded() {
        return FoldedStack.lines(frames.toArray(new StackTraceElement[0]), SPAWN)
                .lines()
                .skip(1)
                .map(String::strip)
                .toList();
    }

    @Test
    void aLongRunOfTheJdkIsFoldedAndTheApplicationIsNot() {
        add(40, "java.util.regex.Pattern$Loop");
        add(20, "com.acme.Rules");
        add(1, "dev.weft.kernel.GreenletTask");
        add(1, "java.lang.VirtualThread");
        List<String> lines = folded();
        assertEquals("at java.util.regex.Pattern$Loop.m0(Pattern$Loop.java:1)", lines.get(0));
        assertEquals("... 35 frames of java.util.regex", lines.get(4));
        assertEquals("at java.util.regex.Pattern$Loop.m39(Pattern$Loop.java:1)", lines.get(5));
        assertEquals(4 + 1 + 1 + 20 + 2, lines.size());
    }

    @Test
    void aLongRunOfALibraryKeepsItsEnds() {
        add(5, "com.acme.Rules");
        add(30, "org.library.deep.Walker");
        add(5, "com.acme.Rules");
        List<String> lines = folded();
        assertEquals("... 22 frames of org.library.deep", lines.get(9));
        assertEquals(5 + 4 + 1 + 4 + 5, lines.size());
    }

    @Test
    void theOneWhoCallsTheGreenletsBodyIsTheApplicationToo() {
        add(30, "org.other.Service");
        assertEquals(30, folded().size());
    }

    @Test
    void packagesAreNamedInTheirOrder() {
        add(6, "java.util.stream.Sink");
        add(6, "java.util.ArrayList");
        add(6, "java.util.concurrent.Flow");
        add(6, "jdk.internal.Deep");
        assertTrue(
                folded().contains("... 19 frames of java.util.stream, java.util, java.util.concurrent and others"),
                () -> folded().toString());
    }

    @Test
    void anEndlessRecursionOfTheApplicationIsCutInTheMiddle() {
        add(1000, "com.acme.Recursive");
        List<String> lines = folded();
        assertEquals(201, lines.size());
        assertEquals("... 800 more lines", lines.get(100));
        assertTrue(lines.get(200).contains("m999"), lines.get(200));
    }

    @Test
    void aShortStackIsShownAsItIs() {
        add(2, "java.util.ArrayList");
        add(2, "com.acme.Rules");
        assertEquals(4, folded().size());
    }
}

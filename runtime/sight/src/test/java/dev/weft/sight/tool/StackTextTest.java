package dev.weft.sight.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StackTextTest {
    @Test
    void shortStacksStayAsTheyAre() {
        assertEquals(
                List.of("at java.base/java.lang.Thread.run(Thread.java:1)", "at Main.main(Main.java:2)"),
                StackText.folded(List.of("java.base/java.lang.Thread.run(Thread.java:1)", "Main.main(Main.java:2)")));
    }

    @Test
    void recursionsAreFolded() {
        List<String> deep = Collections.nCopies(100, "java.base/java.util.regex.Pattern$Loop.match(Pattern.java:1)");
        List<String> folded = StackText.folded(deep);
        assertEquals(5, folded.size(), folded.toString());
        assertEquals("... 96 frames of java.util.regex", folded.get(3));
    }
}

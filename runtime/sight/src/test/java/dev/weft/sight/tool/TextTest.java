package dev.weft.sight.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class TextTest {
    @Test
    void durationsHaveTheirUnit() {
        assertEquals("250 us", Text.duration(250_000));
        assertEquals("3.2 ms", Text.duration(3_200_000));
        assertEquals("32 ms", Text.duration(32_000_000));
        assertEquals("59 s", Text.duration(Duration.ofSeconds(59).toNanos()));
        assertEquals("4 min 10 s", Text.duration(Duration.ofSeconds(250).toNanos()));
        assertEquals("26 h 5 min", Text.duration(Duration.ofMinutes(26 * 60 + 5).toNanos()));
    }

    @Test
    void numbersHaveSeparatorsAndNounsAPlural() {
        assertEquals("100,000 greenlets", Text.count(100_000, "greenlet"));
        assertEquals("1 loop", Text.count(1, "loop"));
    }

    @Test
    void placesLoseLoaderAndPackage() {
        assertEquals("Server.serve(Server.java:12)", Text.place("app//com.example.Server.serve(Server.java:12)"));
        assertEquals("Server.serve(Server.java:12)", Text.place("shop/com.example.Server.serve(Server.java:12)"));
        assertEquals("Main.main(Main.java:1)", Text.place("Main.main(Main.java:1)"));
        assertEquals("unknown", Text.place("unknown"));
    }
}

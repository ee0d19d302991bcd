package dev.weft.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.LoopGroup;
import dev.weft.observe.Observer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class RequestTest {
    private static String answer(String line) {
        try (LoopGroup group = LoopGroup.open()) {
            return Request.parse(line).answer(new GroupBean(Observer.of(group)));
        }
    }

    @Test
    void argumentsAreDecoded() {
        assertEquals(
                new Request("snapshot", java.util.Map.of("filter", "state:waiting a=b", "limit", "7")),
                Request.parse("snapshot?filter=state%3Awaiting+a%3Db&limit=7\r\n"));
    }

    @Test
    void argumentsHaveDefaults() {
        assertTrue(answer("snapshot").startsWith("{\"group\":\"weft\""));
        assertEquals("[]", answer("page"));
    }

    @Test
    void anUnknownOperationIsRefusedWithThoseThatExist() {
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> answer("greenlets"));
        assertTrue(String.valueOf(refusal.getMessage()).contains("\"greenlets\"; there are about, loops, snapshot"));
    }

    @Test
    void aWrongNumberIsNamed() {
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> answer("snapshot?limit=many"));
        assertEquals("limit must be a number: \"many\"", refusal.getMessage());
    }
}

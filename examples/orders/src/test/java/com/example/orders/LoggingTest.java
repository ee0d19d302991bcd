package com.example.orders;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.weft.LoopGroup;
import dev.weft.Weft;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class LoggingTest {
    @Test
    void whatIsStartedForARequestLogsWithItsId() {
        try (LoopGroup loops = Main.openLoops(1)) {
            List<String> seen = loops.spawn(() -> {
                        MDC.put("request", "r1");
                        return List.of(
                                Weft.callInScope(scope ->
                                        scope.spawn(() -> MDC.get("request")).join()),
                                Weft.offload(() -> MDC.get("request")));
                    })
                    .join();
            assertEquals(List.of("r1", "r1"), seen);
            assertNull(loops.spawn(() -> MDC.get("request")).join());
        }
    }
}

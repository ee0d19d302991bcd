package dev.weft.sight.trouble;

import dev.weft.LoopGroup;
import dev.weft.Weft;
import java.time.Duration;
import java.util.regex.Pattern;

/** A regular expression takes years for a line with many columns, and holds the loop meanwhile. */
final class BlockedLoop {
    private static final Pattern PAID = Pattern.compile("(.*?,){25}PAID.*");

    private BlockedLoop() {}

    public static void main(String[] args) {
        LoopGroup group = LoopGroup.open();
        for (int i = 0; i < 3; i++) {
            group.spawn("heartbeat-" + i, () -> {
                while (true) {
                    Weft.sleep(Duration.ofMillis(100));
                }
            });
        }
        group.spawn("import", () -> System.out.println(isPaid("1,".repeat(60))));
        System.out.println("ready");
    }

    private static boolean isPaid(String line) {
        return PAID.matcher(line).matches();
    }
}

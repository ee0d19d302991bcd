package dev.weft.bench.rival;

import dev.weft.io.SelectorPollerProvider;
import java.util.List;
import java.util.Optional;

/** Flags of the JVM that some contenders get. */
public final class Flags {
    /** Confines the scheduler of virtual threads to one carrier thread. */
    public static final List<String> ONE_CARRIER =
            List.of("-Djdk.virtualThreadScheduler.parallelism=1", "-Djdk.virtualThreadScheduler.maxPoolSize=1");

    /** Gives Weft's loops its own selector on epoll. */
    static final List<String> EPOLL_SELECTOR = List.of(
            "-D" + SelectorPollerProvider.SELECTOR + "=epoll",
            "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED");

    private Flags() {}

    /** Why that cannot be used on this machine; empty if it can. */
    static Optional<String> epollSelectorMissing() {
        String system = System.getProperty("os.name");
        return system.equals("Linux")
                ? Optional.empty()
                : Optional.of("Weft's epoll selector is for Linux alone, and this is " + system);
    }
}

package dev.weft.sight.trouble;

import dev.weft.LoopGroup;
import dev.weft.Weft;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;

/** Reports are written to a disk that hangs. They take all threads for off-loaded calls, and look-ups wait behind them. */
final class StarvedOffload {
    private static final int REPORTS = 4;
    private static final int LOOKUPS = 30;

    private StarvedOffload() {}

    public static void main(String[] args) {
        LoopGroup group = LoopGroup.builder().offloadThreads(REPORTS).open();
        for (int i = 0; i < REPORTS; i++) {
            group.spawn("report-" + i, () -> Weft.offload(StarvedOffload::writeReport));
        }
        for (int i = 0; i < LOOKUPS; i++) {
            group.spawn("lookup-" + i, () -> Weft.offload(() -> InetAddress.getLoopbackAddress()));
        }
        System.out.println("ready");
    }

    private static void writeReport() throws InterruptedException {
        TimeUnit.HOURS.sleep(1); // stands for a disk that hangs
    }
}

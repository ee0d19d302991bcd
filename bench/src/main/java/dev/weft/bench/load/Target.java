package dev.weft.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** The server: where it is, and its process. */
record Target(InetSocketAddress address, long pid) {
    /** From a line {@code PORT PID}. */
    static Target parse(String host, @Nullable String line) throws IOException {
        if (line == null) {
            throw new IOException("standard input has ended before the line \"PORT PID\" of the server");
        }
        String[] words = line.strip().split(" +", -1);
        if (words.length != 2 || !words[0].matches("[0-9]{1,5}") || !words[1].matches("[0-9]{1,18}")) {
            throw new IOException("expected the server's \"PORT PID\" on standard input, not: " + line);
        }
        return new Target(new InetSocketAddress(host, Integer.parseInt(words[0])), Long.parseLong(words[1]));
    }
}

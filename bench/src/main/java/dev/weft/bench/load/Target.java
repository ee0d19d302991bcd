package dev.weft.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;

/** The server: where it is, and its process. */
record Target(InetSocketAddress address, long pid) {
    /** From a line {@code PORT PID}. */
    static Target parse(String host, String line) throws IOException {
        String[] words = line.strip().split(" +", -1);
        if (words.length != 2 || !words[0].matches("[0-9]{1,5}") || !words[1].matches("[0-9]{1,18}")) {
            throw new IOException("expected the server's \"PORT PID\" on standard input, not: " + line);
        }
        return new Target(new InetSocketAddress(host, Integer.parseInt(words[0])), Long.parseLong(words[1]));
    }
}

package dev.weft.bench.rival;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** The main class of a {@link Contender}'s server process. Arguments: {@code CONTENDER SERVICE CORES UPSTREAM_PORT}. */
final class RivalServer {
    private RivalServer() {}

    /** Returns the main class and its arguments; port 0 stands for no upstream. */
    static List<String> arguments(String contender, Terms terms) {
        int upstream = terms.upstream() == null ? 0 : terms.requiredUpstream().getPort();
        return List.of(
                RivalServer.class.getName(),
                contender,
                terms.service().name(),
                Integer.toString(terms.cores()),
                Integer.toString(upstream));
    }

    public static void main(String[] args) throws Exception {
        Contender contender = Contender.valueOf(args[0]);
        int port = Integer.parseInt(args[3]);
        InetSocketAddress upstream = port == 0 ? null : new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        Terms terms = new Terms(Service.valueOf(args[1]), Integer.parseInt(args[2]), upstream);
        contender.rival().serve(terms, listening -> {
            System.out.println("listening on 127.0.0.1:" + listening + " (" + contender.label() + ")");
            System.out.flush();
        });
        new CountDownLatch(1).await(); // daemon threads may be serving; keep the JVM alive
    }
}

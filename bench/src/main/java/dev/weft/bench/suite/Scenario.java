package dev.weft.bench.suite;

import dev.weft.bench.load.Shape;
import dev.weft.bench.rival.Service;
import java.util.Locale;

/**
 * A workload that is measured for every contender.
 *
 * @param id the name in files and on the command line
 * @param title the name in tables and charts
 * @param shareOfMaximum in an open loop, the request rate as a share of the server's throughput in a window just before; 0 for
 *     a closed loop, in which the next request follows the response to the last
 * @param serverCores 1 if the server and the load generator have a core each, 2 if both share two cores
 */
public record Scenario(String id, String title, Service service, Shape shape, double shareOfMaximum, int serverCores) {
    /** Creates a closed-loop scenario: the next message is sent when the last one has been answered. */
    public static Scenario closed(Service service, Shape shape, int serverCores) {
        boolean both = serverCores > 1;
        return new Scenario(
                id(service, shape) + (both ? "-on-both-cores" : ""),
                title(service, shape) + (both ? ", on both cores" : ""),
                service,
                shape,
                0,
                serverCores);
    }

    /** Returns the open-loop scenario of the same server and connections, at {@code share} of the server's maximum. */
    public Scenario atShareOfMaximum(double share) {
        long percent = Math.round(share * 100);
        return new Scenario(
                id + "-at-" + percent,
                title + ", at " + percent + " % of its own maximum",
                service,
                shape,
                share,
                serverCores);
    }

    public boolean isOpenLoop() {
        return shareOfMaximum > 0;
    }

    public int sockets() {
        return shape.connections() * service.socketsPerConnection();
    }

    /** Returns this scenario with no more connections than a limit of {@code sockets} per process allows. */
    public Scenario within(int sockets) {
        Shape possible = shape.within(sockets / service.socketsPerConnection());
        return new Scenario(id, title, service, possible, shareOfMaximum, serverCores);
    }

    private static String id(Service service, Shape shape) {
        return service.name().toLowerCase(Locale.ROOT)
                + (isOfMessages(service) ? "-" + shape.messageBytes() : "")
                + (shape.depth() > 1 ? "-depth-" + shape.depth() : "")
                + "-" + shape.connections()
                + (shape.busy() < shape.connections() ? "-busy-" + shape.busy() : "");
    }

    private static String title(Service service, Shape shape) {
        String what = switch (service) {
            case ECHO -> "echo, " + size(shape);
            case TLS -> "echo over TLS, " + size(shape);
            case HTTP -> "HTTP";
            case BACKEND -> "HTTP with a backend call of 1 ms";
            case BACKENDS -> "HTTP with three backend calls, two of them side by side";
            case PROXY -> "TCP proxy, " + size(shape);
        };
        String depth = shape.depth() > 1 ? ", " + shape.depth() + " messages in flight" : "";
        String connections = String.format(
                Locale.ROOT, ", %,d connection%s", shape.connections(), shape.connections() == 1 ? "" : "s");
        String busy = shape.busy() < shape.connections()
                ? String.format(Locale.ROOT, " of which %,d are busy", shape.busy())
                : "";
        return what + depth + connections + busy;
    }

    private static String size(Shape shape) {
        return shape.messageBytes() % 1024 == 0 ? shape.messageBytes() / 1024 + " KiB" : shape.messageBytes() + " B";
    }

    private static boolean isOfMessages(Service service) {
        return !service.isHttp();
    }
}

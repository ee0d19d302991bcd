package dev.weft.bench.suite;

import dev.weft.bench.load.Shape;
import dev.weft.bench.rival.Service;
import java.util.Locale;

/**
 * One thing that is measured of every contender.
 *
 * @param id names it in files and on the command line
 * @param title names it in tables and charts
 * @param shareOfMaximum requests come at this share of the most that the server did in a window just before, whether earlier
 *     ones have been answered or not; 0: the next comes when the one before is answered
 * @param serverCores 1: the server has a core and the load generator another; 2: both share two
 */
public record Scenario(String id, String title, Service service, Shape shape, double shareOfMaximum, int serverCores) {
    /** A closed loop: the next message is sent when the one before is answered. */
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

    /** The same server and the same connections, with requests at {@code share} of what it could do. */
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

    /** The same with no more connections than a process can have that may open {@code sockets}. */
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
        return service == Service.ECHO || service == Service.PROXY;
    }
}

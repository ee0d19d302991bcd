package dev.weft.bench.suite;

import dev.weft.bench.rival.Service;
import java.util.Locale;

/**
 * One thing that is measured of every contender.
 *
 * @param id names it in files and on the command line
 * @param title names it in tables and pictures
 * @param serverCores 1: the server has a core and the load generator another; 2: both share two
 */
public record Scenario(String id, String title, Service service, Shape shape, int serverCores) {
    /** One in which the next message is sent when the one before is answered. */
    public static Scenario closed(Service service, Shape shape, int serverCores) {
        String id = id(service, shape, serverCores);
        String title = title(service, shape) + (serverCores > 1 ? ", on both cores" : "");
        return new Scenario(id, title, service, shape, serverCores);
    }

    /** The same server and the same connections, with requests at {@code share} of what it could do. */
    public Scenario atShareOfMaximum(double share) {
        String percent = Math.round(share * 100) + "";
        Shape open = new Shape(shape.connections(), shape.busy(), shape.depth(), shape.messageBytes(), share);
        return new Scenario(
                id + "-at-" + percent, title + ", at " + percent + " % of its own maximum", service, open, serverCores);
    }

    /** How many sockets a process needs for it. */
    public int sockets() {
        return shape.connections() * service.socketsPerConnection();
    }

    /** The same with no more connections than a process can have that may have so many sockets. */
    public Scenario within(int sockets) {
        return new Scenario(id, title, service, shape.within(sockets / service.socketsPerConnection()), serverCores);
    }

    private static String id(Service service, Shape shape, int serverCores) {
        StringBuilder id = new StringBuilder(service.name().toLowerCase(Locale.ROOT));
        if (isOfMessages(service)) {
            id.append('-').append(shape.messageBytes());
        }
        if (shape.depth() > 1) {
            id.append("-depth-").append(shape.depth());
        }
        id.append('-').append(shape.connections());
        if (shape.busy() < shape.connections()) {
            id.append("-busy-").append(shape.busy());
        }
        return serverCores > 1 ? id.append("-on-both-cores").toString() : id.toString();
    }

    private static String title(Service service, Shape shape) {
        StringBuilder title = new StringBuilder(
                switch (service) {
                    case ECHO -> "echo, " + size(shape);
                    case HTTP -> "HTTP";
                    case BACKEND -> "HTTP with a backend call of 1 ms";
                    case BACKENDS -> "HTTP with three backend calls, two of them side by side";
                    case PROXY -> "TCP proxy, " + size(shape);
                });
        if (shape.depth() > 1) {
            title.append(", ").append(shape.depth()).append(" messages in flight");
        }
        title.append(String.format(
                Locale.ROOT, ", %,d connection%s", shape.connections(), shape.connections() == 1 ? "" : "s"));
        if (shape.busy() < shape.connections()) {
            title.append(String.format(Locale.ROOT, " of which %,d are busy", shape.busy()));
        }
        return title.toString();
    }

    private static String size(Shape shape) {
        return shape.messageBytes() % 1024 == 0 ? shape.messageBytes() / 1024 + " KiB" : shape.messageBytes() + " B";
    }

    private static boolean isOfMessages(Service service) {
        return service == Service.ECHO || service == Service.PROXY;
    }
}

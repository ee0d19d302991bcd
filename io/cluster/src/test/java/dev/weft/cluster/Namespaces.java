package dev.weft.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Network namespaces of Linux that are joined by a bridge, which is in one of its own, so that nothing else of the machine is touched.
 * Each is a host with one address. Making them takes root and iproute2; closing this removes them.
 */
final class Namespaces implements AutoCloseable {
    private static final String PREFIX = "weft-" + ProcessHandle.current().pid() + "-";
    private static final String NOWHERE = "02:00:00:00:00:00"; // a link-layer address that nobody has

    private final List<String> hosts;
    private final List<String> made = new ArrayList<>();

    private Namespaces(List<String> hosts) {
        this.hosts = hosts;
    }

    /** Makes one for each of {@code hosts}. */
    static Namespaces of(String... hosts) throws IOException {
        Namespaces namespaces = new Namespaces(List.of(hosts));
        try {
            namespaces.make();
        } catch (Throwable t) {
            namespaces.close();
            throw t;
        }
        return namespaces;
    }

    /** Returns whether they can be made here. */
    static boolean work() {
        try {
            of("probe").close();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void make() throws IOException {
        String hub = add("hub");
        ip("-n", hub, "link", "add", "name", "bridge", "type", "bridge");
        ip("-n", hub, "link", "set", "bridge", "up");
        for (String host : hosts) {
            String namespace = add(host);
            String port = "to-" + host;
            ip("-n", hub, "link", "add", "name", port, "type", "veth", "peer", "name", "eth0", "netns", namespace);
            ip("-n", hub, "link", "set", port, "master", "bridge", "up");
            ip("-n", namespace, "address", "add", address(host) + "/24", "dev", "eth0");
            ip("-n", namespace, "link", "set", "eth0", "up");
            ip("-n", namespace, "link", "set", "lo", "up");
        }
    }

    private String add(String name) throws IOException {
        ip("netns", "add", PREFIX + name);
        made.add(PREFIX + name);
        return PREFIX + name;
    }

    String address(String host) {
        return "10.77.0." + (1 + hosts.indexOf(host));
    }

    /** Makes {@code command} run on {@code host}. */
    ProcessBuilder on(String host, ProcessBuilder command) {
        command.command().addAll(0, List.of("ip", "netns", "exec", PREFIX + host));
        return command;
    }

    /** Loses, from now on, whatever {@code from} sends to {@code to}. Neither is told. */
    void cutOneWay(String from, String to) throws IOException {
        ip("-n", PREFIX + from, "neigh", "replace", address(to), "lladdr", NOWHERE, "dev", "eth0", "nud", "permanent");
    }

    /** As {@link #cutOneWay}, in both directions. */
    void cut(String one, String other) throws IOException {
        cutOneWay(one, other);
        cutOneWay(other, one);
    }

    /** Undoes all cuts. */
    void heal() throws IOException {
        for (String host : hosts) {
            ip("-n", PREFIX + host, "neigh", "flush", "dev", "eth0", "nud", "permanent");
        }
    }

    @Override
    public void close() throws IOException {
        List<IOException> failures = new ArrayList<>();
        for (String namespace : made) {
            try {
                ip("netns", "delete", namespace);
            } catch (IOException e) {
                failures.add(e);
            }
        }
        made.clear();
        if (!failures.isEmpty()) {
            throw failures.getFirst();
        }
    }

    private static void ip(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
        if (process.onExit().join().exitValue() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output);
        }
    }
}

package dev.weft.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Three JVMs, each in a network namespace of Linux, of which some packets are lost without a sign. */
@EnabledIf(value = "namespacesWork", disabledReason = "network namespaces take Linux, root and iproute2")
@ExtendWith(NoGreenletLeaks.class)
@Tag("long")
@Timeout(600)
final class NamespacesTest {
    private static final int PORT = 7800;
    private static final int LEAVING_TIES = 8;
    private static final int LOST_VALUES = 200; // of each tie; less than the window of a channel

    private final List<Tie> ties = new ArrayList<>(); // that hold
    private final Map<Tie, Integer> ended = new LinkedHashMap<>(); // how many of their messages were heard
    private int lastNumber;

    static boolean namespacesWork() {
        return Namespaces.work();
    }

    private interface Body {
        void run(Namespaces network, Host a, Host b, Host c) throws Exception;
    }

    /** Runs {@code body} with three nodes that are secured by a {@link KeyFile}, or by a secret if that is empty. */
    private static void onThreeHosts(String keyFile, Body body) throws Exception {
        Weft.run(() -> {
            try (Namespaces network = Namespaces.of("a", "b", "c");
                    Host a = Host.start(network, "a", keyFile);
                    Host b = Host.start(network, "b", keyFile);
                    Host c = Host.start(network, "c", keyFile)) {
                for (Host host : List.of(a, b, c)) {
                    host.await("view a b c");
                }
                body.run(network, a, b, c);
            }
        });
    }

    /** A node, and what it has said since the last {@link #forget}. */
    private record Host(String name, ChildNode node, List<String> said) implements AutoCloseable {
        static Host start(Namespaces network, String name, String keyFile) throws IOException {
            List<String> arguments = Stream.of(name, "a", "b", "c")
                    .map(host -> network.address(host) + ":" + PORT)
                    .collect(Collectors.toCollection(ArrayList::new));
            arguments.addAll(0, List.of(name, keyFile));
            ProcessBuilder program = ChildNode.java(EntangledNode.class, arguments.toArray(String[]::new));
            Host host = new Host(name, ChildNode.start(network.on(name, program)), new ArrayList<>());
            host.ask("done ");
            return host;
        }

        void tell(String command) throws IOException {
            node.tell(command);
        }

        /** Waits until it has said {@code line}. */
        void await(String line) {
            while (!said.contains(line)) {
                listen("\"" + line + "\"");
            }
        }

        private String listen(String hope) {
            String line = node.next();
            if (line == null) {
                throw new AssertionError(name + " has not said " + hope + ", but " + said);
            }
            said.add(line);
            return line;
        }

        /** Returns the rest of the line, that begins like the command, with which it answers. */
        String ask(String command) throws IOException {
            tell(command);
            String start = command.split(" ", 2)[0] + " ";
            String line;
            do {
                line = listen(start);
            } while (!line.startsWith(start));
            said.remove(line);
            return line.substring(start.length());
        }

        void forget() throws IOException {
            ask("done ");
            said.clear();
        }

        /** Returns what it has said of ends, in the order of the alphabet. */
        List<String> ends() throws IOException {
            ask("done ");
            return said.stream()
                    .filter(line -> !line.matches("view .*|tied .*|guest .* began"))
                    .sorted()
                    .toList();
        }

        @Override
        public void close() {
            node.close();
        }
    }

    /** All in which one node depends on another one; see {@link EntangledNode}. */
    private record Tie(Host from, Host to, int number) {
        private String there() {
            return to.name() + "/" + number;
        }

        private String here() {
            return from.name() + "/" + number;
        }

        void begin() throws IOException {
            from.tell("tie " + to.name() + " " + number);
            from.await("tied " + there());
            to.await("guest " + here() + " began");
        }

        boolean touches(Host host) {
            return from == host || to == host;
        }

        /** Returns what {@code host} says when the nodes lose each other. */
        List<String> endsAt(Host host) {
            if (from == host) {
                return Stream.of("monitor", "ask", "task", "teller", "sender")
                        .map(what -> what + " " + there() + " lost")
                        .toList();
            }
            return to == host ? List.of("guest " + here() + " ended", "receiver " + here() + " lost") : List.of();
        }

        void awaitEnd() {
            endsAt(from).forEach(from::await);
            endsAt(to).forEach(to::await);
        }

        int told() throws IOException {
            return Integer.parseInt(from.ask("told " + there()));
        }

        int sent() throws IOException {
            return Integer.parseInt(from.ask("sent " + there()));
        }

        int heard() throws IOException {
            return Integer.parseInt(to.ask("heard " + here()));
        }

        void assertDead() throws IOException {
            assertEquals("dead", from.ask("retry " + there()), () -> here() + " to " + there());
        }
    }

    private void tie(Host from, Host to) throws IOException {
        Tie tie = new Tie(from, to, ++lastNumber);
        tie.begin();
        ties.add(tie);
    }

    private void tieBothWays(Host one, Host other) throws IOException {
        tie(one, other);
        tie(other, one);
    }

    /** Waits until those ties have ended. */
    private void awaitEnds(List<Tie> cut) throws IOException {
        for (Tie tie : cut) {
            tie.awaitEnd();
            ties.remove(tie);
            ended.put(tie, tie.heard());
        }
    }

    private void assertNothingOldIsAlive() throws IOException {
        for (Map.Entry<Tie, Integer> tie : ended.entrySet()) {
            tie.getKey().assertDead();
            assertEquals(tie.getValue(), tie.getKey().heard(), "messages heard of an old session");
        }
    }

    /** Returns what {@code host} says of the end of {@code cut}, and {@code more}, in order. */
    private static List<String> endsAt(Host host, List<Tie> cut, String... more) {
        return Stream.concat(cut.stream().flatMap(tie -> tie.endsAt(host).stream()), Stream.of(more))
                .sorted()
                .toList();
    }

    private static void awaitView(String view, Host... hosts) {
        for (Host host : hosts) {
            host.await("view " + view);
        }
    }

    private static void forgetAll(Host... hosts) throws IOException {
        for (Host host : hosts) {
            host.forget();
        }
    }

    private List<Tie> ties(Predicate<Tie> which) {
        return ties.stream().filter(which).toList();
    }

    private static String keyFile(boolean byTls, Path directory) throws Exception {
        return byTls ? KeyFile.create(directory.resolve("keys")).path().toString() : "";
    }

    private static String holder(Host... asked) throws IOException {
        String holder = asked[0].ask("holder");
        for (Host host : asked) {
            assertEquals(holder, host.ask("holder"), host.name());
        }
        return holder;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPartitionEndsWhatGoesAcross(boolean byTls, @TempDir Path directory) throws Exception {
        onThreeHosts(keyFile(byTls, directory), (network, a, b, c) -> {
            tieBothWays(a, b);
            tieBothWays(b, c);
            tieBothWays(c, a);
            a.tell("offer");
            a.await("singleton began");
            b.tell("offer");
            c.tell("offer");
            assertEquals("a", holder(a, b, c));
            for (Host alone : List.of(c, a)) {
                List<Host> others = alone == c ? List.of(a, b) : List.of(b, c);
                cutOffAndHeal(network, alone, others.get(0), others.get(1));
            }
        });
    }

    private void cutOffAndHeal(Namespaces network, Host alone, Host one, Host other) throws IOException {
        forgetAll(alone, one, other);
        String holderBefore = holder(alone, one, other);
        List<Tie> cut = ties(tie -> tie.touches(alone));
        network.cut(alone.name(), one.name());
        network.cut(alone.name(), other.name());
        long start = System.nanoTime();
        awaitView(alone.name(), alone);
        awaitView(one.name() + " " + other.name(), one, other);
        awaitEnds(cut);
        report("the partition was seen", start);
        for (Tie tie : cut) {
            assertTrue(tie.told() > tie.heard(), "nothing was sent into the partition");
        }
        tieBothWays(one, other);
        String holder = holder(one, other);
        network.heal();
        start = System.nanoTime();
        awaitView("a b c", alone, one, other);
        report("all were together again", start);
        tieBothWays(alone, one);
        tieBothWays(alone, other);
        assertNothingOldIsAlive();
        assertEquals(holder, holder(alone, one, other));
        boolean hasMoved = holderBefore.equals(alone.name());
        assertTrue(hasMoved || holder.equals(holderBefore), "the singleton has moved without need");
        for (Host host : List.of(one, other)) {
            boolean hasBegun = hasMoved && host.name().equals(holder);
            assertEquals(endsAt(host, cut, hasBegun ? new String[] {"singleton began"} : new String[0]), host.ends());
        }
        assertEquals(endsAt(alone, cut, hasMoved ? new String[] {"singleton ended"} : new String[0]), alone.ends());
    }

    private static void report(String what, long start) {
        System.out.println(what + " after " + (System.nanoTime() - start) / 1_000_000 + " ms");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCutInOneDirectionEndsWhatGoesInEither(boolean byTls, @TempDir Path directory) throws Exception {
        onThreeHosts(keyFile(byTls, directory), (network, a, b, c) -> {
            tieBothWays(b, c);
            tieBothWays(c, a);
            tieBothWays(a, b);
            cutOneWayAndHeal(network, b, a, c);
            cutOneWayAndHeal(network, a, b, c);
        });
    }

    /** The third host sees both, and JGroups puts it with one of them or the other in turn. */
    private void cutOneWayAndHeal(Namespaces network, Host from, Host to, Host third) throws IOException {
        forgetAll(from, to, third);
        List<Tie> cut = ties(tie -> tie.touches(from) && tie.touches(to));
        network.cutOneWay(from.name(), to.name());
        long start = System.nanoTime();
        awaitEnds(cut);
        report("the one-way cut was seen", start);
        for (Tie tie : cut) {
            assertTrue(tie.to() == from || tie.told() > tie.heard(), "nothing was sent into the cut");
        }
        network.heal();
        start = System.nanoTime();
        awaitView("a b c", to, from, third);
        report("all were together again", start);
        tieBothWays(from, to);
        assertNothingOldIsAlive();
        for (Host host : List.of(from, to, third)) {
            List<String> ends = host.ends();
            assertEquals(ends.stream().distinct().toList(), ends, "each end is told once");
            List<String> expected = endsAt(host, cut);
            assertEquals(expected, ends.stream().filter(expected::contains).toList());
            assertTrue(ends.stream().noneMatch(line -> line.startsWith("disorder")), ends::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aNodeLeavesAlthoughWhatItHasSentIsLost(boolean byTls, @TempDir Path directory) throws Exception {
        onThreeHosts(keyFile(byTls, directory), (network, a, b, c) -> {
            for (int i = 0; i < LEAVING_TIES; i++) {
                tieBothWays(b, c);
            }
            network.cut("a", "c");
            network.cut("b", "c");
            Tie fromC = ties.getLast();
            int enough = fromC.sent() + LOST_VALUES;
            while (fromC.sent() < enough) {
                // they and those of other ties fill the buffers of the sockets
            }
            c.tell("leave");
            c.await("left");
            awaitView("a b", a, b);
            endsAt(b, ties).forEach(b::await);
        });
    }
}

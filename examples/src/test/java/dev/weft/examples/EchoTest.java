package dev.weft.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command {@code echo}, in a JVM of its own. */
class EchoTest {

    @ParameterizedTest
    @EnumSource(Carrier.class)
    void sendsBackWhatItGets(Carrier carrier) throws Exception {
        try (FreshJvm server = echo("0", carrier.toString())) {
            String line = server.line();
            assertTrue(line.matches("listening on 127\\.0\\.0\\.1:[1-9][0-9]* \\(" + carrier + "\\)"), line);
            int port = Integer.parseInt(line.replaceAll(".*:([0-9]+) .*", "$1"));
            try (Socket client = FreshJvm.client(port)) {
                assertEchoes(client, "one");
                assertEchoes(client, "two".repeat(10_000)); // more than one buffer
                client.shutdownOutput();
                assertEquals(-1, client.getInputStream().read());
            }
            server.destroy();
            assertEquals(List.of(), server.restOfOutput());
            assertEquals(List.of(), server.errors());
        }
    }

    @ParameterizedTest
    @EnumSource(Carrier.class)
    void aResetPeerEndsItsConnectionAloneAndSilently(Carrier carrier) throws Exception {
        try (FreshJvm server = echo("0", carrier.toString())) {
            int port = server.port();
            try (Socket bystander = FreshJvm.client(port)) {
                try (Socket resetting = FreshJvm.client(port)) {
                    assertEchoes(resetting, "before the reset");
                    resetting.setSoLinger(true, 0);
                }
                assertEchoes(bystander, "still here");
                try (Socket later = FreshJvm.client(port)) {
                    assertEchoes(later, "and new ones, too");
                }
            }
            server.destroy();
            assertEquals(List.of(), server.errors());
        }
    }

    @ParameterizedTest
    @EnumSource(Carrier.class)
    void aPortInUseIsToldInALine(Carrier carrier) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                FreshJvm server = echo(Integer.toString(taken.getLocalPort()), carrier.toString())) {
            assertEquals(1, server.exitStatus());
            assertEquals(List.of(), server.restOfOutput());
            List<String> errors = server.errors();
            String last = errors.get(errors.size() - 1);
            assertTrue(last.startsWith("cannot listen on "), last);
            assertTrue(last.contains("127.0.0.1:" + taken.getLocalPort() + ": "), last);
            if (carrier != Carrier.GREENLETS) { // Weft.run may log, before, the failure that it throws
                assertEquals(1, errors.size(), errors::toString);
            }
        }
    }

    @Test
    void anUnknownHostIsToldInALine() throws Exception {
        try (FreshJvm server = echo("0", "threads", "--host", "nowhere.invalid")) {
            assertEquals(1, server.exitStatus());
            assertEquals(List.of("unknown host: nowhere.invalid"), server.errors());
        }
    }

    @Test
    void anUnknownCarrierIsToldInTwoLines() throws Exception {
        try (FreshJvm server = echo("0", "fibers")) {
            assertEquals(2, server.exitStatus());
            assertEquals(2, server.errors().size(), server.errors()::toString);
            assertTrue(server.errors().get(0).contains("\"fibers\" is not one of greenlets, virtual, threads"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "65536", "http"})
    void aPortThatIsNoneIsToldInTwoLines(String port) throws Exception {
        try (FreshJvm server = echo(port, "threads")) {
            assertEquals(2, server.exitStatus());
            assertEquals(2, server.errors().size(), server.errors()::toString);
            assertTrue(server.errors().get(0).contains(port), server.errors()::toString);
        }
    }

    private static FreshJvm echo(String port, String carrier, String... more) throws IOException {
        String[] args = new String[5 + more.length];
        System.arraycopy(new String[] {"echo", "--port", port, "--on", carrier}, 0, args, 0, 5);
        System.arraycopy(more, 0, args, 5, more.length);
        return FreshJvm.example(args);
    }

    /** Sends in pieces that fit into the sockets' buffers, so that nobody waits for the other to read. */
    static void assertEchoes(Socket client, String text) throws IOException {
        byte[] sent = text.getBytes(US_ASCII);
        client.getOutputStream().write(sent);
        assertArrayEquals(sent, client.getInputStream().readNBytes(sent.length));
    }
}

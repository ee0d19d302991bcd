package dev.weft.workers;

import dev.weft.serial.Serializer;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** A worker process that takes a task and then breaks the protocol in the way that the property {@code fault} says. */
final class FaultyWorker {
    private FaultyWorker() {}

    public static void main(String[] arguments) throws Exception {
        String fault = System.getProperty("fault");
        if (fault.equals("start")) {
            System.err.println("cannot start");
            System.exit(5);
        }
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(arguments[0]))) {
            FrameChannel pool = new FrameChannel(channel, Serializer.MAX_BYTES);
            pool.receive();
            Frame task = pool.receive();
            switch (fault) {
                case "half" -> {
                    channel.write(ByteBuffer.allocate(20)
                            .putInt(0, 1_000_000)
                            .put(4, Frame.Kind.RESULT.code)
                            .putLong(5, task.task()));
                    Runtime.getRuntime().halt(7);
                }
                case "noise" ->
                    channel.write(ByteBuffer.wrap("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
                case "other" -> pool.send(new Frame(Frame.Kind.RESULT, 99, new byte[0]));
                case "hangup" -> channel.shutdownOutput();
                default -> throw new IllegalArgumentException(fault);
            }
            System.in.read(); // until it is killed
        }
    }
}

package dev.weft.http;

import dev.weft.DeadlineExceeded;
import dev.weft.Weft;
import dev.weft.io.ByteStream;
import dev.weft.sync.Channel;
import dev.weft.sync.Event;
import dev.weft.sync.Select;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The greenlet that reads from a client: it assembles messages and hands them over one by one, answers control frames, and notices
 * that the client has vanished.
 */
final class WebSocketReader {
    private final ByteStream connection;
    private final WebSocketOutput output;
    private final WebSocket.Settings settings;
    private final WebSocketInput input;
    private final Channel<WebSocketMessage> inbox = Channel.rendezvous();
    private final Event discarding = new Event(); // nobody receives any more
    private final Event ended = new Event();
    private final ByteArrayOutputStream fragments = new ByteArrayOutputStream();
    private int fragmented; // the opcode of the message whose fragments these are; 0 for none
    private @Nullable WebSocketClosed closed;

    WebSocketReader(ByteStream connection, WebSocketOutput output, WebSocket.Settings settings) {
        this.connection = connection;
        this.output = output;
        this.settings = settings;
        input = new WebSocketInput(this::read);
    }

    /** Returns the messages. It ends with the client's close frame, and fails with the connection. */
    Channel<WebSocketMessage> inbox() {
        return inbox;
    }

    /** Returns the close frame of the client; null if there was none. */
    @Nullable WebSocketClosed closed() {
        return closed;
    }

    /** From now on, messages are discarded. */
    void discard() {
        discarding.set();
    }

    /** Waits until the client has closed the connection in one way or another, for no longer than {@code patience}. */
    void awaitEnd(Duration patience) {
        Weft.moveOnAfter(patience, ended::await);
    }

    /** Reads until the end. */
    void run() {
        try {
            while (closed == null) {
                accept(input.next(settings.maxMessageBytes() - fragments.size()));
            }
            inbox.close();
        } catch (WebSocketFailure e) {
            inbox.fail(e);
            refuse(e);
        } catch (IOException | DeadlineExceeded e) {
            inbox.fail(e);
            connection.close(); // which ends a send that waits for the client
        } finally {
            ended.set();
        }
    }

    /** Tells the client what it did wrong, and reads what it still sends, so that a reset does not overtake the answer. */
    private void refuse(WebSocketFailure failure) {
        try {
            output.close(failure.code(), failure.reason());
            connection.shutdownOutput();
            Weft.moveOnAfter(settings.closeGrace(), () -> {
                ByteBuffer rest = ByteBuffer.allocate(1024);
                while (connection.read(rest.clear()) >= 0) {}
            });
        } catch (IOException | DeadlineExceeded e) {
            // The client has gone.
        }
    }

    /** Reads for the {@link #input}. A client that is silent is asked; if it does not answer, it has vanished. */
    private int read(ByteBuffer target) throws IOException {
        boolean asked = false;
        long sent = Long.MIN_VALUE;
        while (true) {
            try {
                return connection.read(target, settings.keepAlive());
            } catch (DeadlineExceeded e) {
                if (asked || output.sent() == sent) {
                    throw new SocketTimeoutException("the client has not answered for " + settings.keepAlive());
                }
                sent = output.sent();
                asked = output.isClosed()
                        || output.tryPing(); // if not, a frame is being sent, which shows whether it reads
            }
        }
    }

    private void accept(WebSocketFrame frame) throws IOException {
        switch (frame.opcode()) {
            case WebSocketFrame.PING -> {
                if (!output.isClosed()) {
                    output.pong(frame.payload());
                }
            }
            case WebSocketFrame.PONG -> {}
            case WebSocketFrame.CLOSE -> closed = acceptClose(frame.payload());
            default -> acceptData(frame);
        }
    }

    private void acceptData(WebSocketFrame frame) throws WebSocketFailure {
        boolean isContinuation = frame.opcode() == WebSocketFrame.CONTINUATION;
        if (isContinuation != (fragmented != 0)) {
            throw wrong(isContinuation ? "there is no message to continue" : "the last message is not complete");
        }
        if (frame.isLast() && !isContinuation) {
            deliver(message(frame.opcode(), frame.payload()));
            return;
        }
        fragmented = isContinuation ? fragmented : frame.opcode();
        fragments.write(frame.payload().array(), 0, frame.payload().limit());
        if (frame.isLast()) {
            WebSocketMessage message = message(fragmented, ByteBuffer.wrap(fragments.toByteArray()));
            fragments.reset();
            fragmented = 0;
            deliver(message);
        }
    }

    private static WebSocketMessage message(int opcode, ByteBuffer payload) throws WebSocketFailure {
        return opcode == WebSocketFrame.TEXT
                ? new WebSocketMessage.Text(text(payload))
                : new WebSocketMessage.Binary(payload);
    }

    private static String text(ByteBuffer bytes) throws WebSocketFailure {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new WebSocketFailure(WebSocketFailure.INVALID_DATA, "text must be UTF-8");
        }
    }

    private void deliver(WebSocketMessage message) {
        if (!discarding.isSet()) {
            Weft.selectFirst(Select.run(inbox.sending(message), () -> {}), Select.run(discarding, () -> {}));
        }
    }

    private WebSocketClosed acceptClose(ByteBuffer payload) throws IOException {
        int code = WebSocketClosed.NO_CODE;
        String reason = "";
        if (payload.hasRemaining()) {
            code = payload.remaining() == 1 ? 0 : payload.getShort() & 0xffff;
            if (!isValid(code)) {
                throw wrong("the close frame has no valid code");
            }
            reason = text(payload);
        }
        output.close(code, "");
        return new WebSocketClosed(code, reason);
    }

    /** Returns whether {@code code} may be in a close frame (RFC 6455, section 7.4; IANA's registry). */
    static boolean isValid(int code) {
        return (code >= 1000 && code <= 1014 && code != 1004 && code != WebSocketClosed.NO_CODE && code != 1006)
                || (code >= 3000 && code <= 4999);
    }

    private static WebSocketFailure wrong(String message) {
        return new WebSocketFailure(WebSocketFailure.PROTOCOL_ERROR, message);
    }
}

package dev.weft.http;

import static dev.weft.http.Http2Client.PING;
import static dev.weft.http.Http2Client.PREFACE;
import static dev.weft.http.Http2Client.SETTINGS;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What waits in the channel while nothing is taken from it. */
final class Http2ChannelTest {
    private static final int MOST_ANSWERS = 10_000; // of the codec

    private final Ends ends = new Ends();
    private final Http2Channel channel = new Http2Channel(HttpLimits.defaults(), ends);

    private static final class Ends implements Http2Channel.Listener {
        private boolean ended;

        @Override
        public void onHeaders(Http2HeadersFrame frame) {}

        @Override
        public void onData(Http2DataFrame frame) {}

        @Override
        public void onReset(Http2FrameStream stream) {}

        @Override
        public void onOutput() {}

        @Override
        public void onClose() {
            ended = true;
        }
    }

    private void begin() {
        channel.received(ISO_8859_1.encode(PREFACE));
        receive(SETTINGS, 0);
        channel.take();
    }

    private void receive(int type, int length) {
        channel.received(ByteBuffer.wrap(Http2Client.frame(type, 0, 0, new byte[length])));
    }

    @ParameterizedTest
    @CsvSource({"6, 8", "4, 0"})
    void aClientThatDoesNotReadItsAnswersIsGivenUp(int type, int length) {
        begin();
        for (int i = 0; i <= MOST_ANSWERS && !ends.ended; i++) {
            receive(type, length);
        }
        assertTrue(ends.ended);
        assertFalse(channel.take().isEmpty()); // says why
        assertFalse(channel.isOpen());
    }

    @Test
    void aClientThatReadsItsAnswersMayGoOn() {
        begin();
        for (int i = 0; i <= 2 * MOST_ANSWERS; i++) {
            receive(PING, 8);
            assertFalse(channel.take().isEmpty());
        }
        assertFalse(ends.ended);
        channel.close();
    }
}

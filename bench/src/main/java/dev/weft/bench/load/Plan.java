package dev.weft.bench.load;

import java.util.Locale;

/**
 * What is to be measured.
 *
 * @param expectedBody of every HTTP answer
 * @param messageBytes how long an echo's message is
 * @param warmUpSeconds half of it for the rehearsal
 */
record Plan(Kind kind, String expectedBody, int messageBytes, Shape shape, double warmUpSeconds) {

    /** What is spoken. */
    enum Kind {
        ECHO,
        HTTP;

        /** What it is called in the result. */
        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final int LARGEST_MESSAGE = 16 * 1024;

    Plan {
        if (messageBytes < EchoProtocol.STAMP_BYTES || messageBytes > LARGEST_MESSAGE) {
            throw new IllegalArgumentException("--size must be between " + EchoProtocol.STAMP_BYTES + " and "
                    + LARGEST_MESSAGE + ": " + messageBytes);
        }
        if (shape.depth() > 1 && kind == Kind.HTTP) {
            throw new IllegalArgumentException("--depth is for echoes: leave out --protocol=http");
        }
    }

    Protocol protocol(Shape forShape) {
        return kind == Kind.HTTP
                ? new HttpProtocol(expectedBody, forShape.connections())
                : new EchoProtocol(messageBytes, forShape.connections());
    }

    Pace pace(Connections connections, double ratePerSecond) {
        return ratePerSecond > 0 ? new OpenLoop(connections, shape, ratePerSecond) : new ClosedLoop(connections, shape);
    }

    /** Length of what comes back: of a message, or of an answer's body. */
    int answerBytes() {
        return kind == Kind.HTTP ? expectedBody.length() : messageBytes;
    }
}

package dev.weft.workers;

import java.io.IOException;

/**
 * A message between a pool and a worker process. On the wire: the number of bytes that follow (4 bytes), the kind (1), the number
 * of the task (8), the body; big-endian.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Frame(Kind kind, long task, byte[] body) {
    /** The bytes before the body. */
    static final int HEADER_BYTES = Integer.BYTES + 1 + Long.BYTES;

    /** What a frame is. */
    enum Kind {
        /** To the worker, first: a {@link WorkerSetup}. */
        SETUP('S'),
        /** To the worker: a task. */
        TASK('T'),
        /** To the worker: the answer to its request. */
        ANSWER('A'),
        /** From the worker, before the result of the task: a request to an owner. */
        REQUEST('Q'),
        /** From the worker: the result of the task. */
        RESULT('R'),
        /** From the worker: the failure of the task. */
        FAILURE('F');

        final byte code;

        Kind(char code) {
            this.code = (byte) code;
        }

        /** Returns the kind that is written as {@code code}. */
        static Kind of(byte code) throws IOException {
            for (Kind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            throw new IOException("it sent garbage: a message of kind " + code);
        }
    }
}

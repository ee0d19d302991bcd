package dev.weft.bench.rival.netty;

import io.netty.buffer.ByteBuf;

/** Who made a call is told on its own event loop. */
interface BackendCall {
    /** The answer's body, which is the receiver's to release. */
    void answered(ByteBuf body);

    void failed();
}

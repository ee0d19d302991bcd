package dev.weft.cluster;

/**
 * A packet that begins or ends a session, or refuses it. It is told from other packets by its first eight bytes, which are 0.
 *
 * @param kind what it is
 * @param number the sender's number of the session
 * @param echo the receiver's number of the session, as far as the sender knows it, or 0
 * @param versions what the sender runs
 * @param text why it refuses or ends it; empty otherwise
 */
record Handshake(Kind kind, long number, long echo, Versions versions, String text) {
    /** What a handshake does. */
    enum Kind {
        HELLO(1),
        REFUSAL(2),
        GOODBYE(3);

        final byte code;

        Kind(int code) {
            this.code = (byte) code;
        }

        static Kind of(byte code) {
            for (Kind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            throw new FrameReader.Garbled("no handshake has kind " + code);
        }
    }

    static Handshake hello(long number, long echo, Versions versions) {
        return new Handshake(Kind.HELLO, number, echo, versions, "");
    }

    byte[] toPacket() {
        return new FrameWriter(96)
                .putLong(0)
                .putByte(kind.code)
                .putInt(versions.protocol())
                .putLong(number)
                .putLong(echo)
                .putString(versions.weft())
                .putString(versions.application())
                .putString(text)
                .toBytes();
    }

    /** Reads it, after the first eight bytes. What other versions of the protocol write after their version is left out. */
    static Handshake read(FrameReader packet) {
        Kind kind = Kind.of(packet.getByte());
        int protocol = packet.getInt();
        if (protocol != Versions.PROTOCOL) {
            return new Handshake(kind, 0, 0, new Versions(protocol, "?", "?"), "");
        }
        long number = packet.getLong();
        long echo = packet.getLong();
        Versions versions = new Versions(protocol, packet.getString(), packet.getString());
        return new Handshake(kind, number, echo, versions, packet.getString());
    }
}

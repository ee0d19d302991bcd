package dev.weft.io;

import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The two forms that each operation has. */
public enum Form {
    AUTOMATIC {
        @Override
        public int read(ByteStream stream, ByteBuffer target, @Nullable Duration timeout) throws IOException {
            return timeout == null ? stream.read(target) : stream.read(target, timeout);
        }

        @Override
        public int write(ByteStream stream, ByteBuffer source, @Nullable Duration timeout) throws IOException {
            return timeout == null ? stream.write(source) : stream.write(source, timeout);
        }

        @Override
        public SocketStream accept(SocketListener<?> listener, @Nullable Duration timeout) throws IOException {
            return timeout == null ? listener.accept() : listener.accept(timeout);
        }

        @Override
        public SocketAddress receive(UdpSocket socket, ByteBuffer target, @Nullable Duration timeout)
                throws IOException {
            return timeout == null ? socket.receive(target) : socket.receive(target, timeout);
        }

        @Override
        public void send(UdpSocket socket, ByteBuffer source, SocketAddress receiver) throws IOException {
            socket.send(source, receiver);
        }
    },

    EXPLICIT {
        @Override
        public int read(ByteStream stream, ByteBuffer target, @Nullable Duration timeout) throws IOException {
            return Suspension.await(stream.reading(target), timeout);
        }

        @Override
        public int write(ByteStream stream, ByteBuffer source, @Nullable Duration timeout) throws IOException {
            return Suspension.await(stream.writing(source), timeout);
        }

        @Override
        public SocketStream accept(SocketListener<?> listener, @Nullable Duration timeout) throws IOException {
            return Suspension.await(listener.accepting(), timeout);
        }

        @Override
        public SocketAddress receive(UdpSocket socket, ByteBuffer target, @Nullable Duration timeout)
                throws IOException {
            return Suspension.await(socket.receiving(target), timeout);
        }

        @Override
        public void send(UdpSocket socket, ByteBuffer source, SocketAddress receiver) throws IOException {
            int size = source.remaining();
            int sent = Weft.await(socket.sending(source, receiver));
            if (sent != size) {
                throw new AssertionError("sent " + sent + " of " + size);
            }
        }
    };

    public abstract int read(ByteStream stream, ByteBuffer target, @Nullable Duration timeout) throws IOException;

    public final int read(ByteStream stream, ByteBuffer target) throws IOException {
        return read(stream, target, null);
    }

    public abstract int write(ByteStream stream, ByteBuffer source, @Nullable Duration timeout) throws IOException;

    public final int write(ByteStream stream, ByteBuffer source) throws IOException {
        return write(stream, source, null);
    }

    public abstract SocketStream accept(SocketListener<?> listener, @Nullable Duration timeout) throws IOException;

    public abstract SocketAddress receive(UdpSocket socket, ByteBuffer target, @Nullable Duration timeout)
            throws IOException;

    public abstract void send(UdpSocket socket, ByteBuffer source, SocketAddress receiver) throws IOException;
}

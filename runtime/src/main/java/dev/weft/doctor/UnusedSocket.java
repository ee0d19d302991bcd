package dev.weft.doctor;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;

/** A socket implementation without function. */
abstract class UnusedSocket extends SocketImpl {
    @Override
    protected void accept(SocketImpl socket) throws SocketException {
        throw unused();
    }

    @Override
    protected void create(boolean stream) {}

    @Override
    protected void close() {}

    @Override
    protected void connect(String host, int port) throws SocketException {
        throw unused();
    }

    @Override
    protected void connect(InetAddress address, int port) throws SocketException {
        throw unused();
    }

    @Override
    protected void connect(SocketAddress address, int timeout) throws SocketException {
        throw unused();
    }

    @Override
    protected void bind(InetAddress host, int port) throws SocketException {
        throw unused();
    }

    @Override
    protected void listen(int backlog) throws SocketException {
        throw unused();
    }

    @Override
    protected InputStream getInputStream() throws SocketException {
        throw unused();
    }

    @Override
    protected OutputStream getOutputStream() throws SocketException {
        throw unused();
    }

    @Override
    protected int available() throws SocketException {
        throw unused();
    }

    @Override
    protected void sendUrgentData(int data) throws SocketException {
        throw unused();
    }

    @Override
    public void setOption(int option, Object value) throws SocketException {
        throw unused();
    }

    @Override
    public Object getOption(int option) throws SocketException {
        throw unused();
    }

    private static SocketException unused() {
        return new SocketException("this socket cannot be used");
    }
}

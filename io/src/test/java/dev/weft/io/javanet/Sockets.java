package dev.weft.io.javanet;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;

/** Whose sockets are tested. The JDK's are the oracle: they show that a test asks for the right thing. */
enum Sockets {
    JDK {
        @Override
        Socket stream() {
            return new Socket();
        }

        @Override
        ServerSocket server() throws IOException {
            return new ServerSocket();
        }
    },

    WEFT {
        @Override
        Socket stream() throws IOException {
            return WeftSockets.socketFactory().createSocket();
        }

        @Override
        ServerSocket server() throws IOException {
            return WeftSockets.serverSocketFactory().createServerSocket();
        }
    };

    abstract Socket stream() throws IOException;

    abstract ServerSocket server() throws IOException;
}

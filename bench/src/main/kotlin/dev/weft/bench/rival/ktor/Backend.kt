package dev.weft.bench.rival.ktor

import dev.weft.bench.rival.Terms
import dev.weft.bench.rival.http.ResponseParser
import dev.weft.bench.rival.http.Wire
import io.ktor.network.sockets.Socket
import io.ktor.network.sockets.openReadChannel
import io.ktor.network.sockets.openWriteChannel
import io.ktor.utils.io.read
import io.ktor.utils.io.writeFully
import java.io.IOException
import java.nio.ByteBuffer
import java.util.concurrent.ConcurrentLinkedDeque

/** The connections to the backend: those that are free, the most recently used first. */
internal class Backend(private val connect: suspend (Terms) -> Socket, private val terms: Terms) {
    private val free = ConcurrentLinkedDeque<Connection>()

    /** The body of the answer to one call. */
    suspend fun call(): ByteArray {
        val connection = free.poll() ?: Connection(connect(terms))
        try {
            return connection.call().also { free.push(connection) }
        } catch (e: IOException) {
            connection.socket.close()
            throw e
        }
    }

    private class Connection(val socket: Socket) {
        private val input = socket.openReadChannel()
        private val output = socket.openWriteChannel()
        private val responses = ResponseParser()

        suspend fun call(): ByteArray {
            output.writeFully(REQUEST.duplicate())
            output.flush()
            var whole = false
            while (!whole) {
                if (!input.awaitContent()) throw IOException("the backend ended the connection before its answer")
                input.read { whole = responses.parse(it) }
            }
            return responses.takeBody()
        }
    }

    private companion object {
        val REQUEST: ByteBuffer = Wire.request()
    }
}

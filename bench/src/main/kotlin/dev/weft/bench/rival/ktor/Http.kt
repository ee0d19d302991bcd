package dev.weft.bench.rival.ktor

import dev.weft.bench.rival.Service
import dev.weft.bench.rival.http.RequestParser
import dev.weft.bench.rival.http.Wire
import io.ktor.network.sockets.Socket
import io.ktor.network.sockets.openReadChannel
import io.ktor.network.sockets.openWriteChannel
import io.ktor.utils.io.read
import io.ktor.utils.io.writeFully
import java.nio.ByteBuffer
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope

/** A client's connection: a request, its answer, and again. */
internal class HttpExchange(socket: Socket) {
    private val input = socket.openReadChannel()
    private val output = socket.openWriteChannel()
    private val requests = RequestParser()

    /** Answers each request with the constant. */
    suspend fun serve() = serve { ANSWER.duplicate() }

    suspend fun serve(answer: suspend () -> ByteBuffer) {
        while (request()) {
            output.writeFully(answer())
            output.flush()
        }
    }

    /** True once a request is whole, false at the end. */
    private suspend fun request(): Boolean {
        var whole = false
        while (!whole) {
            if (!input.awaitContent()) return false
            input.read { whole = requests.parse(it) }
        }
        return true
    }

    private companion object {
        val ANSWER: ByteBuffer = Wire.answer(Service.BODY)
    }
}

/** As [HttpExchange], with what the backend says. */
internal class GatewayExchange(socket: Socket, private val backend: Backend) {
    private val exchange = HttpExchange(socket)
    private val output = ByteBuffer.allocate(256)

    suspend fun serveOneCall() = exchange.serve { answer(backend.call()) }

    /** One call; then two side by side. */
    suspend fun serveThreeCalls() = exchange.serve {
        val first = backend.call()
        coroutineScope {
            val second = async { backend.call() }
            val third = async { backend.call() }
            answer(first, second.await(), third.await())
        }
    }

    private fun answer(vararg bodies: ByteArray): ByteBuffer {
        Wire.writeAnswer(output.clear(), *bodies)
        return output.flip()
    }
}

package dev.weft.bench.rival.ktor

import dev.weft.bench.rival.Rival
import dev.weft.bench.rival.Service
import dev.weft.bench.rival.Terms
import io.ktor.network.selector.SelectorManager
import io.ktor.network.sockets.InetSocketAddress
import io.ktor.network.sockets.Socket
import io.ktor.network.sockets.aSocket
import io.ktor.network.sockets.openReadChannel
import io.ktor.network.sockets.openWriteChannel
import io.ktor.network.sockets.port
import io.ktor.utils.io.copyAndClose
import io.ktor.utils.io.copyTo
import java.io.IOException
import java.util.function.IntConsumer
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.EmptyCoroutineContext
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.supervisorScope

/**
 * Kotlin's coroutines on the sockets of ktor-network: one coroutine for each connection. With one core in `runBlocking`, as
 * the documentation has it and as is faster there; with more on the default dispatcher, as many threads as cores.
 */
class KtorServer : Rival {
    private val sockets = aSocket(SelectorManager(Dispatchers.IO)).tcp()

    override fun serve(terms: Terms, listening: IntConsumer) = runBlocking(dispatcher(terms)) {
        val listener = sockets.bind("127.0.0.1", 0) { backlogSize = Rival.BACKLOG }
        listening.accept(listener.port)
        val serve = handler(terms)
        supervisorScope {
            while (true) {
                val socket = listener.accept()
                launch { served(socket, serve) }
            }
        }
    }

    private fun dispatcher(terms: Terms): CoroutineContext =
        if (terms.cores() == 1) EmptyCoroutineContext else Dispatchers.Default

    private suspend fun served(socket: Socket, serve: suspend (Socket) -> Unit) {
        try {
            socket.use { serve(it) }
        } catch (e: IOException) {
            // It ends this connection alone.
        }
    }

    private fun handler(terms: Terms): suspend (Socket) -> Unit = when (terms.service()) {
        Service.ECHO -> { socket -> socket.openReadChannel().copyTo(socket.openWriteChannel()) }
        Service.HTTP -> { socket -> HttpExchange(socket).serve() }
        Service.BACKEND -> Backend(this::connect, terms).let { backend ->
            { socket -> GatewayExchange(socket, backend).serveOneCall() }
        }
        Service.BACKENDS -> Backend(this::connect, terms).let { backend ->
            { socket -> GatewayExchange(socket, backend).serveThreeCalls() }
        }
        Service.PROXY -> { socket -> connect(terms).use { proxy(socket, it) } }
    }

    private suspend fun connect(terms: Terms): Socket =
        sockets.connect(InetSocketAddress("127.0.0.1", terms.requiredUpstream().port))

    private suspend fun proxy(front: Socket, back: Socket) = coroutineScope {
        launch { front.openReadChannel().copyAndClose(back.openWriteChannel()) }
        back.openReadChannel().copyAndClose(front.openWriteChannel())
    }
}

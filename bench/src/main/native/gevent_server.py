"""The services with gevent: a greenlet for each connection.

Arguments: the service, the number of cores (one process uses one), and the port of the upstream (0: none).
"""
from gevent import monkey

monkey.patch_all()

import collections
import http.client
import sys

import gevent
from gevent import socket
from gevent.pywsgi import WSGIServer
from gevent.server import StreamServer

BACKLOG = 4096
BODY = b"Hello, World!"
LOOPBACK = "127.0.0.1"

upstream = int(sys.argv[3])


def without_delay(connection):
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def echo(connection, address):
    without_delay(connection)
    try:
        while True:
            data = connection.recv(4096)
            if not data:
                return
            connection.sendall(data)
    except OSError:
        pass  # it ends this connection alone


def proxy(connection, address):
    without_delay(connection)
    target = without_delay(socket.create_connection((LOOPBACK, upstream)))
    answers = gevent.spawn(pass_on, target, connection)
    try:
        pass_on(connection, target)
        answers.join()
    finally:
        target.close()


def pass_on(source, sink):
    try:
        while True:
            data = source.recv(16 * 1024)
            if not data:
                sink.shutdown(socket.SHUT_WR)
                return
            sink.sendall(data)
    except OSError:
        for broken in (source, sink):  # ends the other direction too
            try:
                broken.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


idle = collections.deque()  # the last that was used is taken first


def call():
    connection = idle.pop() if idle else http.client.HTTPConnection(LOOPBACK, upstream)
    connection.request("GET", "/")
    body = connection.getresponse().read()
    idle.append(connection)
    return body


def three_calls():
    first = call()
    beside = [gevent.spawn(call), gevent.spawn(call)]
    gevent.joinall(beside, raise_error=True)
    return first + beside[0].value + beside[1].value


def application(answer):
    def respond(environ, start_response):
        body = answer()
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
        return [body]

    return respond


def web(answer):
    return WSGIServer((LOOPBACK, 0), application(answer), log=None, backlog=BACKLOG)


def stream(handle):
    return StreamServer((LOOPBACK, 0), handle, backlog=BACKLOG)


SERVERS = {
    "ECHO": lambda: stream(echo),
    "PROXY": lambda: stream(proxy),
    "HTTP": lambda: web(lambda: BODY),
    "BACKEND": lambda: web(call),
    "BACKENDS": lambda: web(three_calls),
}

server = SERVERS[sys.argv[1]]()
server.start()
print(f"listening on {LOOPBACK}:{server.server_port} (gevent)", flush=True)
server.serve_forever()

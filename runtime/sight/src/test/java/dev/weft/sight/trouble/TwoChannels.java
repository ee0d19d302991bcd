package dev.weft.sight.trouble;

import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.sync.Channel;

/** A client that asks twice before it takes a reply, and a server that takes no request before its reply is taken. */
final class TwoChannels {
    private TwoChannels() {}

    public static void main(String[] args) {
        LoopGroup.open().spawn("session", TwoChannels::session);
        System.out.println("ready");
    }

    private static void session() {
        Channel<String> requests = Channel.rendezvous();
        Channel<String> replies = Channel.rendezvous();
        Weft.scope(scope -> {
            scope.spawn("server", () -> serve(requests, replies));
            scope.spawn("client", () -> ask(requests, replies));
        });
    }

    private static void serve(Channel<String> requests, Channel<String> replies) {
        for (String request : requests) {
            replies.send("reply to " + request);
        }
    }

    private static void ask(Channel<String> requests, Channel<String> replies) {
        requests.send("hello");
        replies.receive();
        requests.send("first");
        requests.send("second"); // the server waits for somebody to take its first reply
        replies.receive();
        replies.receive();
    }
}

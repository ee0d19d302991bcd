package dev.weft.sight.trouble;

import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.io.TcpServer;
import dev.weft.io.TcpStream;
import dev.weft.sync.ResourcePool;
import java.net.InetSocketAddress;
import java.time.Duration;

/** Fifty requests share four connections to a database that needs an hour for each statement. */
final class SlowDatabase {
    private static final int REQUESTS = 50;
    private static final int CONNECTIONS = 4;

    private SlowDatabase() {}

    public static void main(String[] args) throws Exception {
        LoopGroup group = LoopGroup.open();
        InetSocketAddress database = group.next().call(SlowDatabase::startDatabase);
        ResourcePool<TcpStream> pool = group.next()
                .call(() -> ResourcePool.builder(() -> TcpStream.connect(database))
                        .size(CONNECTIONS)
                        .open());
        for (int i = 0; i < REQUESTS; i++) {
            int number = i;
            group.spawn("request-" + i, () -> pool.use(connection -> query(connection, number)));
        }
        System.out.println("ready");
    }

    private static InetSocketAddress startDatabase() throws Exception {
        return TcpServer.start("127.0.0.1", 0, stream -> {
                    stream.input().read();
                    Weft.sleep(Duration.ofHours(1));
                })
                .localAddress();
    }

    private static int query(TcpStream connection, int number) throws Exception {
        connection.output().write(number);
        return connection.input().read();
    }
}

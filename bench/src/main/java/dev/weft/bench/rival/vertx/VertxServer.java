package dev.weft.bench.rival.vertx;

import dev.weft.bench.rival.Rival;
import dev.weft.bench.rival.Terms;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;

/** Vert.x with its default transport: a verticle for each core, which share one port. */
public final class VertxServer implements Rival {
    @Override
    public void serve(Terms terms, IntConsumer listening) throws Exception {
        FileSystemOptions noFiles =
                new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false);
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(terms.cores())
                .setFileSystemOptions(noFiles)); // else it leaves a directory behind when it is killed
        AtomicBoolean told = new AtomicBoolean();
        IntConsumer first = port -> {
            if (told.compareAndSet(false, true)) {
                listening.accept(port);
            }
        };
        vertx.deployVerticle(
                        () -> terms.service().isHttp() ? new HttpVerticle(terms, first) : new TcpVerticle(terms, first),
                        new DeploymentOptions().setInstances(terms.cores()))
                .await();
    }
}

package com.example.orders;

import dev.weft.LoopGroup;
import dev.weft.context.PropagatedContext;
import dev.weft.service.Service;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;

/** Starts the order service; {@link Config} lists the environment variables that it reads. */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws Exception {
        Config config = Config.from(System.getenv());
        LoopGroup loops = openLoops(config.loops());
        System.exit(Service.builder().grace(config.grace()).run(loops, service -> Application.start(service, config)));
    }

    /** Opens loops that carry the MDC to everything that is started on them. */
    static LoopGroup openLoops(int count) {
        ContextRegistry.getInstance().registerThreadLocalAccessor(new Slf4jThreadLocalAccessor());
        return LoopGroup.builder()
                .loops(count)
                .name("orders")
                .contextCarrier(PropagatedContext.carrier())
                .open();
    }
}

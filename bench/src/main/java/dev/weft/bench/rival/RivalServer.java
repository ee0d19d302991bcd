package dev.weft.bench.rival;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** One server of a {@link Contender}, until the process is killed. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = "Run one contender's server on a free port (the suite starts this by itself).")
public final class RivalServer implements Callable<Integer> {
    @Option(names = "--on", required = true, description = "Whose: ${COMPLETION-CANDIDATES}.")
    private Contender contender = Contender.GREENLETS;

    @Option(names = "--service", defaultValue = "ECHO", description = "What it does: ${COMPLETION-CANDIDATES}.")
    private Service service = Service.ECHO;

    @Option(names = "--cores", defaultValue = "1", description = "For how many cores (${DEFAULT-VALUE}).")
    private int cores;

    @Option(names = "--upstream", description = "Where on 127.0.0.1 the upstream listens.")
    private @Nullable Integer upstream;

    /** For a JVM that is nothing but the server. */
    public static void main(String[] args) {
        int status = new CommandLine(new RivalServer())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args);
        if (status != 0) {
            System.exit(status);
        }
    }

    /** What {@link #main} is started with. */
    static List<String> arguments(String name, Terms terms) {
        List<String> arguments = new ArrayList<>(List.of(
                RivalServer.class.getName(),
                "--on=" + name,
                "--service=" + terms.service(),
                "--cores=" + terms.cores()));
        InetSocketAddress upstream = terms.upstream();
        if (upstream != null) {
            arguments.add("--upstream=" + upstream.getPort());
        }
        return arguments;
    }

    @Override
    public Integer call() throws Exception {
        InetSocketAddress behind =
                upstream == null ? null : new InetSocketAddress(InetAddress.getLoopbackAddress(), upstream);
        contender.rival().serve(new Terms(service, cores, behind), port -> {
            System.out.println("listening on 127.0.0.1:" + port + " (" + contender.label() + ")");
            System.out.flush();
        });
        new CountDownLatch(1).await(); // other threads serve, and whoever called this would end the process
        return 0;
    }
}

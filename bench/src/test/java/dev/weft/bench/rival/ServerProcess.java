package dev.weft.bench.rival;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A contender's server in a process of its own, which is killed when this is closed. */
final class ServerProcess implements AutoCloseable {
    private static final Pattern LISTENING = Pattern.compile("listening on 127\\.0\\.0\\.1:(\\d+) \\((.+)\\)");

    private final Process process;
    private final int port;

    private ServerProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static ServerProcess start(Contender contender, Terms terms, List<String> flags) throws IOException {
        List<String> command = contender.program().command(terms, flags);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            BufferedReader output =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            String line = output.readLine();
            Matcher listening = LISTENING.matcher(String.valueOf(line));
            if (!listening.matches() || !listening.group(2).equals(contender.label())) {
                List<String> arguments = command.subList(Math.max(0, command.size() - 5), command.size());
                throw new AssertionError("first line of ... " + String.join(" ", arguments) + " is: " + line);
            }
            return new ServerProcess(process, Integer.parseInt(listening.group(1)));
        } catch (IOException | AssertionError e) {
            process.destroyForcibly();
            throw e;
        }
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}

package dev.weft.sight.tool;

import dev.weft.sight.timeline.Timeline;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a program does, over some time. */
@Command(
        name = "record",
        mixinStandardHelpOptions = true,
        description = "Records what a program does: FILE.jfr, for JDK Mission Control, and FILE.json, a timeline for"
                + " ui.perfetto.dev and speedscope.app.")
final class RecordCommand implements Callable<Integer> {
    @Mixin
    private final Target target = new Target();

    @Parameters(
            index = "1",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "For how long, such as 30s.")
    private Duration time = Duration.ZERO;

    @Option(names = "--out", paramLabel = "FILE", description = "The files' name without ending; weft-PID by default.")
    private String out = "";

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() throws InterruptedException {
        try (Program program = Program.open(target.target())) {
            program.groups(); // refuses a program without Weft
            String name = out.isEmpty() ? "weft-" + target.target() : out;
            Path recording = Path.of(name + ".jfr");
            Path timeline = Path.of(name + ".json");
            record(program, recording);
            Timeline.read(recording).writeTrace(timeline);
            tell(recording, timeline);
            return 0;
        } catch (IOException e) {
            throw new ToolFailure("the recording failed: " + e + "; has the program ended, or is the disk full?", e);
        }
    }

    private void record(Program program, Path file) throws IOException, InterruptedException {
        try (Recording recording = Recording.start(program.connection(), time)) {
            Thread.sleep(time);
            recording.copyTo(file);
        }
    }

    private void tell(Path recording, Path timeline) {
        Terminal terminal = output.terminal();
        if (output.isJson()) {
            terminal.print(Form.write(Map.of("recording", recording.toString(), "timeline", timeline.toString())));
        } else {
            terminal.print("wrote " + recording + ", for JDK Mission Control and jfr print");
            terminal.print("wrote " + timeline + ", for ui.perfetto.dev and speedscope.app");
        }
    }
}

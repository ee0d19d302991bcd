package dev.weft.sight.tool;

import java.io.PrintWriter;
import java.io.StringWriter;

/** One run of the tool, in this JVM. */
public record Run(int status, String out, String err) {
    public static Run of(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = Sight.run(Terminal.file(new PrintWriter(out)), new PrintWriter(err), args);
        return new Run(status, out.toString(), err.toString());
    }

    /** The output of a run that must succeed. */
    public static String output(String... args) {
        Run run = of(args);
        if (run.status() != 0) {
            throw new AssertionError(run.toString());
        }
        return run.out();
    }
}

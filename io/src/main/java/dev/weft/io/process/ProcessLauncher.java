package dev.weft.io.process;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Starts processes, with selectable pipes where possible. Blocks, so it must not be called on a loop. */
final class ProcessLauncher {
    private final ProcessBuilder builder;
    private final List<ChildPipe> opened = new ArrayList<>();

    /** A started process, the selectable pipes that replace its own, and its redirections. */
    record LaunchedProcess(
            Process process,
            Optional<ChildPipe> input,
            Optional<ChildPipe> output,
            Optional<ChildPipe> errors,
            ProcessBuilder redirections) {

        PipeOutput stdin(String description) throws IOException {
            return input.isPresent()
                    ? new SelectedPipeOutput(input.get().sink(), description)
                    : new OffloadedPipeOutput(process.getOutputStream(), description);
        }

        PipeInput stdout(String description) throws IOException {
            return from(output, redirections.redirectOutput(), process.getInputStream(), description);
        }

        PipeInput stderr(String description) throws IOException {
            Redirect to = redirections.redirectErrorStream() ? Redirect.DISCARD : redirections.redirectError();
            return from(errors, to, process.getErrorStream(), description);
        }

        /** Kills the process and closes its pipes, because it will not be used. */
        void abort() throws IOException {
            process.toHandle().destroyForcibly();
            for (Optional<ChildPipe> pipe : List.of(input, output, errors)) {
                if (pipe.isPresent()) {
                    pipe.get().close();
                }
            }
        }

        private static PipeInput from(
                Optional<ChildPipe> pipe, Redirect redirection, InputStream stream, String description)
                throws IOException {
            if (pipe.isPresent()) {
                return new SelectedPipeInput(pipe.get().source(), description);
            }
            return redirection == Redirect.PIPE
                    ? new PumpedPipeInput(stream, description)
                    : new EmptyPipeInput(description);
        }
    }

    /** How pipes are read and written: by a selector or by threads. */
    enum Piping {
        SELECTED,
        PUMPED
    }

    private ProcessLauncher(ProcessBuilder template) {
        builder = copy(template);
    }

    static LaunchedProcess start(ProcessBuilder template, Piping piping) throws IOException {
        return new ProcessLauncher(template).start(piping);
    }

    /** Returns a copy, because the caller may modify its builder concurrently. */
    private static ProcessBuilder copy(ProcessBuilder template) {
        ProcessBuilder copy = new ProcessBuilder(List.copyOf(template.command()))
                .directory(template.directory())
                .redirectInput(template.redirectInput())
                .redirectOutput(template.redirectOutput())
                .redirectError(template.redirectError())
                .redirectErrorStream(template.redirectErrorStream());
        copy.environment().clear();
        copy.environment().putAll(template.environment());
        return copy;
    }

    private LaunchedProcess start(Piping piping) throws IOException {
        try {
            Optional<ChildPipe> input = pipeIf(piping == Piping.SELECTED && builder.redirectInput() == Redirect.PIPE);
            Optional<ChildPipe> output = pipeIf(piping == Piping.SELECTED && builder.redirectOutput() == Redirect.PIPE);
            Optional<ChildPipe> errors = pipeIf(piping == Piping.SELECTED
                    && builder.redirectError() == Redirect.PIPE
                    && !builder.redirectErrorStream());
            input.ifPresent(pipe -> builder.redirectInput(Redirect.from(pipe.name())));
            output.ifPresent(pipe -> builder.redirectOutput(Redirect.to(pipe.name())));
            errors.ifPresent(pipe -> builder.redirectError(Redirect.to(pipe.name())));
            return new LaunchedProcess(startProcess(), input, output, errors, builder);
        } catch (Throwable t) {
            for (ChildPipe pipe : opened) {
                pipe.close();
            }
            throw t;
        }
    }

    private Optional<ChildPipe> pipeIf(boolean wanted) throws IOException {
        Optional<ChildPipe> pipe = wanted ? ChildPipe.open() : Optional.empty();
        pipe.ifPresent(opened::add);
        return pipe;
    }

    private Process startProcess() throws IOException {
        try {
            return builder.start();
        } catch (IOException e) {
            throw explained(e);
        }
    }

    private IOException explained(IOException failure) {
        String program = builder.command().get(0);
        File directory = builder.directory();
        IOException explained = failure;
        if (directory != null && !directory.isDirectory()) {
            explained = new NotDirectoryException(directory + " does not exist, so " + program
                    + " cannot be started in it; create it or set another directory");
        } else if (program.contains(File.separator)) {
            if (!inDirectory(program).exists()) {
                explained = new NoSuchFileException(program, null, "no such program; check the path");
            }
        } else if (!isInPath(program)) {
            explained = new NoSuchFileException(
                    program,
                    null,
                    "no such program in the PATH of this JVM (" + System.getenv("PATH")
                            + "); install it or use its full path");
        }
        if (explained != failure) {
            explained.initCause(failure);
        }
        return explained;
    }

    private File inDirectory(String program) {
        File file = new File(program);
        return file.isAbsolute() ? file : new File(builder.directory(), program);
    }

    private static boolean isInPath(String program) {
        String path = System.getenv("PATH");
        return path == null
                || File.separatorChar != '/' // on Windows the name may lack its extension
                || Pattern.compile(Pattern.quote(File.pathSeparator))
                        .splitAsStream(path)
                        .anyMatch(directory -> Files.exists(Path.of(directory, program)));
    }
}

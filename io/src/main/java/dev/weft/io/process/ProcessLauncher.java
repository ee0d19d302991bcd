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

/** The start of a process, with pipes for a selector where they can be had. Blocks, so it is not for loops. */
final class ProcessLauncher {
    private final ProcessBuilder builder;
    private final List<ChildPipe> opened = new ArrayList<>();

    /** The process, its pipes so far as they are not its own, and its redirections. */
    record Launched(
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

        /** Nobody will use it. */
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

    /** How pipes are made. */
    enum Piping {
        SELECTED,
        PUMPED
    }

    private ProcessLauncher(ProcessBuilder template) {
        builder = copy(template);
    }

    static Launched start(ProcessBuilder template, Piping piping) throws IOException {
        return new ProcessLauncher(template).start(piping);
    }

    /** The caller's own may be used by others, or changed, meanwhile. */
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

    private Launched start(Piping piping) throws IOException {
        try {
            Optional<ChildPipe> input = pipeIf(piping == Piping.SELECTED && builder.redirectInput() == Redirect.PIPE);
            Optional<ChildPipe> output = pipeIf(piping == Piping.SELECTED && builder.redirectOutput() == Redirect.PIPE);
            Optional<ChildPipe> errors = pipeIf(piping == Piping.SELECTED
                    && builder.redirectError() == Redirect.PIPE
                    && !builder.redirectErrorStream());
            input.ifPresent(pipe -> builder.redirectInput(Redirect.from(pipe.name())));
            output.ifPresent(pipe -> builder.redirectOutput(Redirect.to(pipe.name())));
            errors.ifPresent(pipe -> builder.redirectError(Redirect.to(pipe.name())));
            return new Launched(startProcess(), input, output, errors, builder);
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

    // ---- what may have gone wrong
    // ------------------------------------------------------------------------------------

    private IOException explained(IOException failure) {
        String program = builder.command().get(0);
        File directory = builder.directory();
        IOException explained = failure;
        if (directory != null && !directory.isDirectory()) {
            explained = new NotDirectoryException(
                    directory + ", in which " + program + " was to be started; create it, or give another");
        } else if (program.contains(File.separator)) {
            if (!inDirectory(program).exists()) {
                explained = new NoSuchFileException(program, null, "no such program to start; check the path");
            }
        } else if (!isInPath(program)) {
            explained = new NoSuchFileException(
                    program,
                    null,
                    "no such program in the PATH of this JVM (" + System.getenv("PATH")
                            + "); install it, or give its full path");
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
                || File.separatorChar != '/' // elsewhere a program may have an ending that is not named
                || Pattern.compile(Pattern.quote(File.pathSeparator))
                        .splitAsStream(path)
                        .anyMatch(directory -> Files.exists(Path.of(directory, program)));
    }
}

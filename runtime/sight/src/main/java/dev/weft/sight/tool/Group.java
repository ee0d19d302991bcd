package dev.weft.sight.tool;

import dev.weft.management.GroupOperations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.function.Function;
import javax.management.InstanceNotFoundException;
import org.jspecify.annotations.Nullable;

/** A group of loops in another process. Its failures are explained to the user. */
final class Group {
    private final String program;
    private final String name;
    private final GroupOperations operations;

    Group(String program, String name, GroupOperations operations) {
        this.program = program;
        this.name = name;
        this.operations = operations;
    }

    String name() {
        return name;
    }

    @Override
    public String toString() {
        return "group " + name + " of " + program;
    }

    /** Checks that the program's Weft speaks this tool's form; throws {@link ToolFailure} otherwise. */
    Group ofThisFormat() {
        int format = ask(GroupOperations::getFormat);
        if (format != GroupOperations.FORMAT) {
            throw new ToolFailure(program + " uses Weft " + ask(GroupOperations::getVersion) + ", whose format "
                    + format + " this tool does not read (it reads " + GroupOperations.FORMAT
                    + "); use the weft-sight.jar of that version");
        }
        return this;
    }

    /** Returns what the group answers to {@code question}. */
    <T> T ask(Function<GroupOperations, T> question) {
        try {
            return question.apply(operations);
        } catch (UndeclaredThrowableException e) {
            throw explained(e.getCause());
        } catch (UncheckedIOException e) {
            throw explained(e.getCause());
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            throw new ToolFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private ToolFailure explained(@Nullable Throwable failure) {
        if (failure instanceof InstanceNotFoundException) {
            return new ToolFailure(this + " has been closed meanwhile", failure);
        }
        if (failure instanceof IOException) {
            return new ToolFailure(
                    program + " does not answer any more (" + failure + "); it has ended or is suspended", failure);
        }
        return new ToolFailure(
                this + " cannot answer: " + failure + "; is it of another version than this tool?", failure);
    }
}

package dev.weft.sight.tool;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.management.MBeanServerConnection;

/** A program that is asked through the socket of one group. */
final class SocketProgram implements Program {
    private final Group group;

    private SocketProgram(Group group) {
        this.group = group;
    }

    static SocketProgram open(Path socket) {
        if (Files.notExists(socket)) {
            throw new ToolFailure(
                    "there is no socket " + socket + "; a program started with -Dweft.sight.sockets=DIRECTORY has"
                            + " one for each group, a second after the group was opened");
        }
        String name = socket.getFileName().toString().replaceFirst("-\\d+\\.sock$", "");
        return new SocketProgram(new Group("socket " + socket, name, new SocketOperations(socket)).ofThisFormat());
    }

    @Override
    public List<Group> groups() {
        return List.of(group);
    }

    @Override
    public MBeanServerConnection connection() {
        throw new ToolFailure(group + " cannot be recorded through its socket; give the process ID");
    }

    /** Does nothing: each question has a connection of its own. */
    @Override
    public void close() {}
}

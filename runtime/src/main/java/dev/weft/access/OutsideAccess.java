package dev.weft.access;

import dev.weft.log.RuntimeLog;
import dev.weft.observe.Observer;
import dev.weft.observe.Version;
import dev.weft.observe.WatchTask;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Lets tools reach a group from outside, from the moment when the group's watch calls it, a second after the group's start. */
public final class OutsideAccess implements WatchTask {
    private @Nullable GroupBean bean;
    private @Nullable GroupRegistration registration;
    private @Nullable GroupSocket socket;

    /** For the group's watch, which loads it as a service. */
    public OutsideAccess() {}

    @Override
    public void opened(Observer observer) {
        System.setProperty("weft.version", Version.NAME); // by which tools find the programs that use Weft
        GroupBean made = new GroupBean(observer);
        bean = made;
        if (ModuleLayer.boot().findModule("java.management").isPresent()) {
            registration = GroupRegistration.begin(observer.name(), made);
        }
        String directory = System.getProperty(GroupSocket.DIRECTORY);
        if (directory != null) {
            openSocket(Path.of(directory), observer.name(), made);
        }
    }

    private void openSocket(Path directory, String name, GroupBean made) {
        try {
            socket = GroupSocket.open(directory, name, made);
        } catch (IOException | UnsupportedOperationException e) {
            RuntimeLog.error(
                    "group " + name + " cannot open a socket in " + directory + ", the directory in -D"
                            + GroupSocket.DIRECTORY,
                    e);
        }
    }

    @Override
    public void look(Observer observer, long nowNanos) {
        if (bean != null) {
            bean.sample();
        }
    }

    @Override
    public void closed(Observer observer) {
        if (registration != null) {
            registration.close();
        }
        if (socket != null) {
            socket.close();
        }
    }
}

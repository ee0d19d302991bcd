package dev.weft.service;

/** A signal of the operating system that asks a process to do something. See {@link Signals}. */
public enum Signal {
    /** SIGTERM: end in an orderly way, from {@code kill} or a container's runtime. */
    TERM(15),

    /** SIGINT: Ctrl-C in the terminal. */
    INT(2),

    /** SIGHUP: the terminal has gone; by convention, daemons read their configuration again. */
    HUP(1);

    private final int number;

    Signal(int number) {
        this.number = number;
    }

    /** Returns the exit status by which shells report that this signal has ended a process: 128 and its number. */
    public int exitStatus() {
        return 128 + number;
    }

    @Override
    public String toString() {
        return "SIG" + name();
    }
}

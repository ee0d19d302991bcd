package dev.weft.cluster;

/** Thrown to those who use a {@link Ref} whose target had ended before; how is not known any more (Erlang's {@code noproc}). */
public final class TargetEnded extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TargetEnded(String target) {
        super(target + " has ended before; look its successor up by a name");
    }
}

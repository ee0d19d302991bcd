package dev.weft.supervisor;

import java.util.List;

/** Which children are restarted with one that has ended. */
enum Strategy {
    ONE_FOR_ONE("one-for-one"),
    ONE_FOR_ALL("one-for-all") {
        @Override
        List<Supervised> restartedWith(Supervised ended, Children children) {
            return children.inOrder();
        }
    },
    REST_FOR_ONE("rest-for-one") {
        @Override
        List<Supervised> restartedWith(Supervised ended, Children children) {
            return children.from(ended);
        }
    },
    SIMPLE_ONE_FOR_ONE("simple one-for-one");

    private final String text;

    Strategy(String text) {
        this.text = text;
    }

    /** Returns the child that has ended and those that are restarted with it, in the order in which they are started. */
    List<Supervised> restartedWith(Supervised ended, Children children) {
        return List.of(ended);
    }

    @Override
    public String toString() {
        return text;
    }
}

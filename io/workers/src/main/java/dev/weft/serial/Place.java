package dev.weft.serial;

/** A place in an object graph: the class of the object there, and the fields that lead to it from the root. */
record Place(String type, String path) {
    Place ofType(String other) {
        return new Place(other, path);
    }

    @Override
    public String toString() {
        return type.endsWith(path) ? type : type + " at " + path;
    }
}

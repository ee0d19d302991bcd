package dev.weft.serial;

/** Thrown when the allow-list does not contain the class of an object that is written or read. */
public final class NotAllowed extends SerializationFailed {
    private static final long serialVersionUID = 1L;

    NotAllowed(String verb, Place place) {
        super(
                "cannot " + verb + " " + place + ": the class is not on the allow-list; " + cure(place.type()),
                place,
                null);
    }

    private static String cure(String type) {
        int end = type.lastIndexOf('.');
        String allowClass = "allow(" + type.replace('$', '.') + ".class)";
        return "add it with " + allowClass + (end < 0 ? "" : " or allowPackage(\"" + type.substring(0, end) + "\")");
    }
}

package dev.weft.serial;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.ObjectStreamClass;
import java.io.ObjectStreamConstants;
import java.io.ObjectStreamField;
import java.io.StreamCorruptedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the place in an object graph that its bytes have reached where they end. Thus writer and reader know the place of a
 * failure without keeping track of it, and no object need exist and no field be accessible.
 *
 * <p>Follows the grammar of the Java Object Serialization Specification, section 6.4, with descriptions as {@link ObjectWriter}
 * writes them. A class whose {@code writeObject} does not
 * begin with its default fields does not; the place is then unknown.
 */
final class FieldPath {
    private static final int MAX_NESTING = 1_000;
    private static final int MAX_STEPS = 10_000_000;
    private static final int SHOWN_AT_EACH_END = 5;

    /** What the bytes say about a class. */
    private static final class Description {
        private final String name;
        private int flags;
        private final List<String> primitives = new ArrayList<>(); // type codes
        private final List<String> references = new ArrayList<>(); // names
        private @Nullable Description parent;

        Description(String name) {
            this.name = name;
        }

        boolean has(int flag) {
            return (flags & flag) != 0;
        }
    }

    private final ByteArrayInputStream bytes;
    private final DataInputStream in;
    private final List<@Nullable Description> handles = new ArrayList<>(); // null for what is not a class
    private final List<String> segments = new ArrayList<>();
    private final Deque<String> types = new ArrayDeque<>();
    private String root;
    private int nesting;
    private int steps;

    private FieldPath(byte[] bytes, String root) {
        this.bytes = new ByteArrayInputStream(bytes);
        in = new DataInputStream(this.bytes);
        this.root = root;
        types.push(root);
    }

    /**
     * Returns the place that the end of {@code bytes} has reached.
     *
     * @param root the name of the root, for when the bytes do not tell its class
     */
    static Place at(byte[] bytes, String root) {
        FieldPath path = new FieldPath(bytes, root);
        try {
            path.in.skipNBytes(2 * Short.BYTES); // magic and version
            path.content(path.in.readByte());
        } catch (EOFException e) {
            return new Place(path.types.element(), path.text());
        } catch (IOException | StackOverflowError e) { // the caller may have little left of the stack
            return new Place(path.root, "an unknown place in " + simpleName(path.root));
        }
        return new Place(path.root, simpleName(path.root));
    }

    private void content(String segment) throws IOException {
        segments.add(segment);
        content(in.readByte());
        segments.removeLast();
    }

    private void content(byte tag) throws IOException {
        enter();
        switch (tag) {
            case ObjectStreamConstants.TC_NULL -> {}
            case ObjectStreamConstants.TC_REFERENCE -> in.readInt();
            case ObjectStreamConstants.TC_STRING -> string(in.readUnsignedShort());
            case ObjectStreamConstants.TC_LONGSTRING -> string(in.readLong());
            case ObjectStreamConstants.TC_OBJECT -> object();
            case ObjectStreamConstants.TC_ARRAY -> array();
            case ObjectStreamConstants.TC_ENUM -> {
                description();
                handles.add(null);
                content(in.readByte()); // the constant's name
            }
            case ObjectStreamConstants.TC_CLASS -> {
                description();
                handles.add(null);
            }
            default -> throw new StreamCorruptedException("tag " + tag);
        }
        nesting--;
    }

    private void enter() throws StreamCorruptedException {
        if (++nesting > MAX_NESTING || ++steps > MAX_STEPS) {
            throw new StreamCorruptedException("too deep or too large to follow");
        }
    }

    private void string(long length) throws IOException {
        handles.add(null);
        in.skipNBytes(length);
    }

    private void object() throws IOException {
        Description type = requireDescription();
        handles.add(null);
        types.push(type.name);
        for (Description part : lineage(type)) {
            if (!part.has(ObjectStreamConstants.SC_EXTERNALIZABLE)) {
                fields(part);
            }
            if (part.has(ObjectStreamConstants.SC_EXTERNALIZABLE | ObjectStreamConstants.SC_WRITE_METHOD)) {
                ownData(part);
            }
        }
        types.pop();
    }

    /** Returns a class and its superclasses, the topmost first. */
    private Iterable<Description> lineage(Description type) throws StreamCorruptedException {
        Deque<Description> lineage = new ArrayDeque<>();
        for (Description part = type; part != null; part = part.parent) {
            lineage.push(part);
            if (lineage.size() > MAX_NESTING || ++steps > MAX_STEPS) {
                throw new StreamCorruptedException("a class that is its own superclass");
            }
        }
        return lineage;
    }

    private void fields(Description part) throws IOException {
        for (String code : part.primitives) {
            in.skipNBytes(size(code.charAt(0)));
        }
        for (String name : part.references) {
            content("." + name);
        }
    }

    /** What a class writes by itself: the elements of a collection, as a rule. */
    private void ownData(Description part) throws IOException {
        boolean pairs = part.name.startsWith("java.util.") && part.name.endsWith("Map");
        for (int i = 0; ; ) {
            segments.add(pairs ? (i % 2 == 0 ? ".key[" : ".value[") + i / 2 + "]" : "[" + i + "]");
            byte tag = in.readByte();
            switch (tag) {
                case ObjectStreamConstants.TC_ENDBLOCKDATA -> {
                    segments.removeLast();
                    return;
                }
                case ObjectStreamConstants.TC_BLOCKDATA -> in.skipNBytes(in.readUnsignedByte());
                case ObjectStreamConstants.TC_BLOCKDATALONG -> in.skipNBytes(in.readInt());
                case ObjectStreamConstants.TC_EXCEPTION -> { // by which a writer tells that it has failed
                    segments.removeLast();
                    throw new EOFException();
                }
                default -> {
                    content(tag);
                    i++;
                }
            }
            segments.removeLast();
        }
    }

    private void array() throws IOException {
        String name = requireDescription().name;
        handles.add(null);
        types.push(name);
        int length = in.readInt();
        char code = name.length() > 1 ? name.charAt(1) : '?';
        if (code == 'L' || code == '[') {
            for (int i = 0; i < length; i++) {
                content("[" + i + "]");
            }
        } else {
            in.skipNBytes((long) length * size(code));
        }
        types.pop();
    }

    private static int size(char code) throws StreamCorruptedException {
        return switch (code) {
            case 'B', 'Z' -> Byte.BYTES;
            case 'C', 'S' -> Short.BYTES;
            case 'I', 'F' -> Integer.BYTES;
            case 'J', 'D' -> Long.BYTES;
            default -> throw new StreamCorruptedException("type code " + code);
        };
    }

    private Description requireDescription() throws IOException {
        Description description = description();
        if (description == null) {
            throw new StreamCorruptedException("an object without a class");
        }
        return description;
    }

    private @Nullable Description description() throws IOException {
        enter();
        byte tag = in.readByte();
        Description description = switch (tag) {
            case ObjectStreamConstants.TC_NULL -> null;
            case ObjectStreamConstants.TC_REFERENCE -> reference(in.readInt());
            case ObjectStreamConstants.TC_CLASSDESC -> newClass();
            case ObjectStreamConstants.TC_PROXYCLASSDESC -> newProxyClass();
            default -> throw new StreamCorruptedException("tag " + tag);
        };
        nesting--;
        return description;
    }

    private @Nullable Description reference(int handle) throws StreamCorruptedException {
        int index = handle - ObjectStreamConstants.baseWireHandle;
        if (index < 0 || index >= handles.size()) {
            throw new StreamCorruptedException("handle " + handle);
        }
        return handles.get(index);
    }

    private Description newClass() throws IOException {
        int number = in.readUnsignedByte();
        Description description = number == KnownClasses.OTHER ? newOtherClass() : newKnownClass(number);
        endOf(description);
        return description;
    }

    private Description newKnownClass(int number) throws IOException {
        ObjectStreamClass known = KnownClasses.description(number);
        Description description = begin(known.getName());
        description.flags = ObjectStreamConstants.SC_SERIALIZABLE;
        for (ObjectStreamField field : known.getFields()) {
            if (field.isPrimitive()) {
                description.primitives.add(String.valueOf(field.getTypeCode()));
            } else {
                description.references.add(field.getName());
            }
        }
        return description;
    }

    private Description newOtherClass() throws IOException {
        Description description = begin(in.readUTF());
        in.skipNBytes(Long.BYTES); // serialVersionUID
        description.flags = in.readUnsignedByte();
        for (int left = in.readUnsignedShort(); left > 0; left--) {
            String code = String.valueOf((char) in.readUnsignedByte());
            String name = in.readUTF();
            if (code.equals("L") || code.equals("[")) {
                description.references.add(name);
                content(in.readByte()); // the name of the type
            } else {
                description.primitives.add(code);
            }
        }
        return description;
    }

    private Description begin(String name) {
        if (handles.isEmpty()) {
            root = name;
        }
        Description description = new Description(name);
        handles.add(description);
        return description;
    }

    private Description newProxyClass() throws IOException {
        Description description = new Description("a proxy");
        handles.add(description);
        description.flags = ObjectStreamConstants.SC_SERIALIZABLE;
        for (int left = in.readInt(); left > 0; left--) {
            in.readUTF();
        }
        endOf(description);
        return description;
    }

    private void endOf(Description description) throws IOException {
        byte tag = in.readByte();
        if (tag != ObjectStreamConstants.TC_ENDBLOCKDATA) {
            throw new StreamCorruptedException("an annotation of a class"); // which our writer does not make
        }
        description.parent = description();
    }

    private String text() {
        List<String> shown = segments;
        if (shown.size() > 2 * SHOWN_AT_EACH_END + 1) {
            shown = new ArrayList<>(segments.subList(0, SHOWN_AT_EACH_END));
            shown.add("...(" + (segments.size() - 2 * SHOWN_AT_EACH_END) + " more)...");
            shown.addAll(segments.subList(segments.size() - SHOWN_AT_EACH_END, segments.size()));
        }
        return simpleName(root) + String.join("", shown);
    }

    private static String simpleName(String type) {
        if (type.equals("java.lang.invoke.SerializedLambda")) {
            return "lambda";
        }
        if (type.startsWith("[")) {
            String element = type.substring(1);
            return (element.startsWith("L")
                            ? simpleName(element.substring(1, element.length() - 1))
                            : simpleName(element))
                    + "[]";
        }
        return type.substring(Math.max(type.lastIndexOf('.'), type.lastIndexOf('$')) + 1);
    }
}

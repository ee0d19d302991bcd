package dev.weft.workers;

import dev.weft.serial.Serializer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a worker process is told before its first task.
 *
 * @param greenlets whether tasks run on greenlets
 * @param classes the names of the classes that may travel
 * @param packages the packages whose classes may travel
 * @param initializer the initializer, serialised; empty if there is none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record WorkerSetup(boolean greenlets, List<String> classes, List<String> packages, byte[] initializer) {

    Serializer serializer() {
        Serializer.Builder builder = Serializer.builder();
        packages.forEach(builder::allowPackage);
        for (String name : classes) {
            try {
                builder.allow(Class.forName(name, false, ClassLoader.getSystemClassLoader()));
            } catch (ClassNotFoundException e) {
                throw new IllegalArgumentException(
                        "the class path of a worker, which is that of this program, has no " + name, e);
            }
        }
        return builder.build();
    }

    /** Returns a copy with an initializer, serialised. */
    WorkerSetup with(byte[] initializer) {
        return new WorkerSetup(greenlets, classes, packages, initializer);
    }

    byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream output = new DataOutputStream(bytes)) {
            output.writeBoolean(greenlets);
            write(output, classes);
            write(output, packages);
            output.write(initializer);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory has no failures
        }
        return bytes.toByteArray();
    }

    private static void write(DataOutputStream output, List<String> names) throws IOException {
        output.writeInt(names.size());
        for (String name : names) {
            output.writeUTF(name);
        }
    }

    static WorkerSetup decode(byte[] bytes) throws IOException {
        DataInputStream input = new DataInputStream(new ByteArrayInputStream(bytes));
        return new WorkerSetup(input.readBoolean(), names(input), names(input), input.readAllBytes());
    }

    private static List<String> names(DataInputStream input) throws IOException {
        List<String> names = new ArrayList<>();
        for (int i = input.readInt(); i > 0; i--) {
            names.add(input.readUTF());
        }
        return names;
    }
}

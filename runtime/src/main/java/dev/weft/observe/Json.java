package dev.weft.observe;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes records as JSON: a record is an object whose keys are the names of its components, in their order; a {@link Duration}
 * called {@code x} is the number {@code xNanos}; an enum is its name in lower case; an empty {@link Optional} and null are left
 * out. The text is safe inside HTML, too.
 */
public final class Json {
    private static final ClassValue<RecordComponent[]> COMPONENTS = new ClassValue<>() {
        @Override
        protected RecordComponent[] computeValue(Class<?> type) {
            return type.getRecordComponents();
        }
    };

    private final StringBuilder text = new StringBuilder(1024);

    private Json() {}

    /** Writes {@code value}: a record, a collection, a map with string keys, a string, a number or a boolean. */
    public static String of(Object value) {
        Json json = new Json();
        json.write(value);
        return json.text.toString();
    }

    private void write(@Nullable Object value) {
        if (value == null) {
            text.append("null");
        } else if (value instanceof Number || value instanceof Boolean) {
            text.append(value);
        } else if (value instanceof Enum<?> constant) {
            string(constant.name().toLowerCase(Locale.ROOT));
        } else if (value instanceof Duration duration) {
            text.append(duration.toNanos());
        } else if (value instanceof Record object) {
            object(object);
        } else if (value instanceof Collection<?> list) {
            list(list);
        } else if (value instanceof long[] numbers) {
            list(Arrays.stream(numbers).boxed().toList());
        } else if (value instanceof Map<?, ?> map) {
            map(map);
        } else {
            string(value.toString());
        }
    }

    private void object(Record object) {
        text.append('{');
        for (RecordComponent component : COMPONENTS.get(object.getClass())) {
            member(component.getName(), valueOf(component, object));
        }
        text.append('}');
    }

    private static @Nullable Object valueOf(RecordComponent component, Record object) {
        try {
            return component.getAccessor().invoke(object);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalArgumentException(
                    "cannot read " + component + " of a " + object.getClass().getName(), e);
        }
    }

    private void map(Map<?, ?> map) {
        text.append('{');
        map.forEach((key, value) -> member(key.toString(), value));
        text.append('}');
    }

    private void member(String name, @Nullable Object value) {
        Object present = value instanceof Optional<?> optional ? optional.orElse(null) : value;
        if (present == null) {
            return;
        }
        if (text.charAt(text.length() - 1) != '{') {
            text.append(',');
        }
        string(present instanceof Duration ? name + "Nanos" : name);
        text.append(':');
        write(present);
    }

    private void list(Collection<?> list) {
        text.append('[');
        boolean first = true;
        for (Object each : list) {
            if (!first) {
                text.append(',');
            }
            first = false;
            write(each);
        }
        text.append(']');
    }

    private void string(String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char next = value.charAt(i);
            switch (next) {
                case '"', '\\' -> text.append('\\').append(next);
                case '\n' -> text.append("\\n");
                default -> {
                    if (isPlain(next)) {
                        text.append(next);
                    } else {
                        text.append(String.format("\\u%04x", (int) next));
                    }
                }
            }
        }
        text.append('"');
    }

    private static boolean isPlain(char next) {
        return next >= ' '
                && next != '<'
                && next != '>'
                && next != '&'
                && next != '\u2028'
                && next != '\u2029'
                && !Character.isSurrogate(next)
                && next != '\u007f';
    }
}

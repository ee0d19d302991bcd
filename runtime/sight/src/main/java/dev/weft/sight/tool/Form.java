package dev.weft.sight.tool;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategy;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.introspect.AnnotatedParameter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** JSON: the form of the records in {@code dev.weft.observe}. */
final class Form {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(new SimpleModule().addDeserializer(Duration.class, new NanosDeserializer()))
            .propertyNamingStrategy(new DurationsInNanos())
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private Form() {}

    static JsonNode tree(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw unreadable(e);
        }
    }

    static <T> T read(Class<T> type, String json) {
        try {
            return MAPPER.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw unreadable(e);
        }
    }

    static <T> List<T> readList(Class<T> type, String json) {
        try {
            return MAPPER.readerForListOf(type).readValue(json);
        } catch (JsonProcessingException e) {
            throw unreadable(e);
        }
    }

    static String write(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot be written: " + value, e);
        }
    }

    private static ToolFailure unreadable(JsonProcessingException e) {
        return new ToolFailure(
                "the program's answer cannot be read: " + e.getOriginalMessage()
                        + "; does it use another version of Weft?",
                e);
    }

    /** A component {@code x} of type {@code Duration} is called {@code xNanos}. */
    private static final class DurationsInNanos extends PropertyNamingStrategy {
        private static final long serialVersionUID = 1L;

        @Override
        public String nameForConstructorParameter(
                MapperConfig<?> config, AnnotatedParameter parameter, String defaultName) {
            return parameter.getRawType() == Duration.class ? defaultName + "Nanos" : defaultName;
        }
    }

    private static final class NanosDeserializer extends StdScalarDeserializer<Duration> {
        private static final long serialVersionUID = 1L;

        NanosDeserializer() {
            super(Duration.class);
        }

        @Override
        public Duration deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return Duration.ofNanos(parser.getLongValue());
        }
    }
}

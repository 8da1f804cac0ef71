package org.dsm4j.node.control;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dsm4j.node.control.Messages.MalformedException;

/**
 * A record as a JSON object, one field for each component: numbers, flags, strings, enum constants
 * by name, bytes in Base64, lists of strings, bytes or Longs, maps of strings. It reads what it
 * writes and nothing else: each field once, none that is unknown, of its type, null for no number.
 * What the record's constructor refuses is malformed, too. Immutable.
 *
 * <p>A binding library would do the same and costs, at each start of a node, the loading of 500
 * classes.
 */
final class RecordCodec<R> {
  private final Class<? extends R> type;
  private final RecordComponent[] components;
  private final Constructor<? extends R> constructor;

  RecordCodec(Class<? extends R> type) {
    this.type = type;
    this.components = type.getRecordComponents();
    Class<?>[] parameters = new Class<?>[components.length];
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] = components[i].getType();
    }
    try {
      this.constructor = type.getConstructor(parameters);
    } catch (NoSuchMethodException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  String name() {
    return type.getSimpleName();
  }

  void write(JsonGenerator out, R record) throws IOException {
    out.writeStartObject();
    for (RecordComponent component : components) {
      out.writeFieldName(component.getName());
      try {
        writeValue(out, component.getAccessor().invoke(record));
      } catch (IllegalAccessException | InvocationTargetException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
    out.writeEndObject();
  }

  private static void writeValue(JsonGenerator out, Object value) throws IOException {
    if (value == null) {
      out.writeNull();
    } else if (value instanceof Number number) {
      out.writeNumber(number.longValue());
    } else if (value instanceof Boolean flag) {
      out.writeBoolean(flag);
    } else if (value instanceof byte[] bytes) {
      out.writeBinary(bytes);
    } else if (value instanceof List<?> list) {
      out.writeStartArray();
      for (Object each : list) {
        writeValue(out, each);
      }
      out.writeEndArray();
    } else if (value instanceof Map<?, ?> map) {
      out.writeStartObject();
      for (Map.Entry<?, ?> each : map.entrySet()) {
        out.writeStringField((String) each.getKey(), (String) each.getValue());
      }
      out.writeEndObject();
    } else {
      out.writeString(value instanceof Enum<?> constant ? constant.name() : (String) value);
    }
  }

  /**
   * Reads all that there is.
   *
   * @throws IOException if it is no JSON
   * @throws MalformedException if it is not this record
   */
  R read(JsonParser in) throws IOException, MalformedException {
    expect(in, in.nextToken(), JsonToken.START_OBJECT, "the record");
    Object[] values = new Object[components.length];
    boolean[] seen = new boolean[components.length];
    for (String field = in.nextFieldName(); field != null; field = in.nextFieldName()) {
      int at = find(field);
      if (seen[at]) {
        throw new MalformedException(field + " twice");
      }
      seen[at] = true;
      in.nextToken();
      values[at] = readValue(in, components[at].getGenericType(), field);
    }
    expect(in, in.currentToken(), JsonToken.END_OBJECT, "the record's end");
    if (in.nextToken() != null) {
      throw new MalformedException("something follows the record");
    }
    for (int i = 0; i < seen.length; i++) {
      if (!seen[i]) {
        throw new MalformedException(components[i].getName() + " is missing");
      }
    }
    return make(values);
  }

  private R make(Object[] values) throws MalformedException {
    try {
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      throw new MalformedException(String.valueOf(e.getCause().getMessage()));
    } catch (ReflectiveOperationException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private int find(String field) throws MalformedException {
    for (int i = 0; i < components.length; i++) {
      if (components[i].getName().equals(field)) {
        return i;
      }
    }
    throw new MalformedException("it has no field of the name it gives");
  }

  private static Object readValue(JsonParser in, Type type, String field)
      throws IOException, MalformedException {
    JsonToken token = in.currentToken();
    if (type == boolean.class) {
      if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
        expect(in, token, JsonToken.VALUE_TRUE, field);
      }
      return token == JsonToken.VALUE_TRUE;
    }
    if (type == int.class || type == long.class || type == Long.class) {
      expect(in, token, JsonToken.VALUE_NUMBER_INT, field);
      return type == int.class ? (Object) in.getIntValue() : (Object) in.getLongValue();
    }
    if (token == JsonToken.VALUE_NULL) {
      return null;
    }
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      return arguments.length == 1
          ? readList(in, arguments[0], field)
          : readMap(in, arguments[1], field);
    }
    expect(in, token, JsonToken.VALUE_STRING, field);
    if (type == String.class) {
      return in.getText();
    }
    return type == byte[].class ? in.getBinaryValue() : constant(in, (Class<?>) type, field);
  }

  private static Object constant(JsonParser in, Class<?> type, String field)
      throws IOException, MalformedException {
    String name = in.getText();
    for (Object each : type.getEnumConstants()) {
      if (((Enum<?>) each).name().equals(name)) {
        return each;
      }
    }
    throw new MalformedException(field + " is none of " + List.of(type.getEnumConstants()));
  }

  private static List<Object> readList(JsonParser in, Type type, String field)
      throws IOException, MalformedException {
    expect(in, in.currentToken(), JsonToken.START_ARRAY, field);
    List<Object> list = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      JsonToken wanted = type == Long.class ? JsonToken.VALUE_NUMBER_INT : JsonToken.VALUE_STRING;
      expect(in, in.currentToken(), wanted, field);
      list.add(readValue(in, type, field));
    }
    return list;
  }

  private static Map<String, Object> readMap(JsonParser in, Type type, String field)
      throws IOException, MalformedException {
    expect(in, in.currentToken(), JsonToken.START_OBJECT, field);
    Map<String, Object> map = new LinkedHashMap<>();
    for (String key = in.nextFieldName(); key != null; key = in.nextFieldName()) {
      expect(in, in.nextToken(), JsonToken.VALUE_STRING, field);
      map.put(key, readValue(in, type, field));
    }
    expect(in, in.currentToken(), JsonToken.END_OBJECT, field);
    return map;
  }

  private static void expect(JsonParser in, JsonToken found, JsonToken wanted, String what)
      throws MalformedException {
    if (found != wanted) {
      throw new MalformedException(
          what + ": " + found + " at byte " + offset(in) + ", not " + wanted);
    }
  }

  private static long offset(JsonParser in) {
    return in.currentLocation().getByteOffset();
  }
}

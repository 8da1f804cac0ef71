package org.dsm4j.samples.bench;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** One measurement: a name and numbers or words, in the order they were added. */
final class Result {
  private final Map<String, Object> fields = new LinkedHashMap<>();

  Result(String name) {
    fields.put("bench", name);
  }

  Result with(String field, Object value) {
    fields.put(field, value);
    return this;
  }

  /** Adds 50th and 99th percentile in microseconds. */
  Result with(Samples samples) {
    return with("p50_us", samples.micros(50)).with("p99_us", samples.micros(99));
  }

  /** The fields, in their order; numbers are Integer, Long or Double, others words. */
  Map<String, Object> fields() {
    return fields;
  }

  /** A field as it is printed: fractions with as many digits as say something. */
  static String text(Object value) {
    if (value instanceof Double number) {
      String format = number < 10 ? "%.2f" : number < 10_000 ? "%.1f" : "%.0f";
      return String.format(Locale.ROOT, format, number);
    }
    return String.valueOf(value);
  }

  /**
   * One JSON object, without line breaks. Words are of this program's own making and need no
   * escapes.
   */
  String json() {
    StringBuilder text = new StringBuilder("{");
    fields.forEach(
        (name, value) -> {
          text.append(text.length() == 1 ? "" : ",").append('"').append(name).append("\":");
          text.append(value instanceof Number ? text(value) : "\"" + value + "\"");
        });
    return text.append('}').toString();
  }
}

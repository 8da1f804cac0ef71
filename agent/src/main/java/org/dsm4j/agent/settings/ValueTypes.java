package org.dsm4j.agent.settings;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The types of settings. All are stateless. */
public final class ValueTypes {
  private static final Pattern NUMBER_AND_UNIT =
      Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([a-zA-Z]*)");
  private static final Map<String, Long> NANOS =
      Map.of("ns", 1L, "us", 1_000L, "ms", 1_000_000L, "s", 1_000_000_000L, "min", 60_000_000_000L);
  private static final Map<String, Long> BYTES =
      Map.of("", 1L, "K", 1L << 10, "M", 1L << 20, "G", 1L << 30, "T", 1L << 40);

  private ValueTypes() {}

  /** A whole number, both bounds included. */
  public static ValueType<Integer> integer(int min, int max) {
    return of(
        "a whole number, " + min + " to " + max,
        text -> {
          int value = Integer.parseInt(text);
          require(value >= min && value <= max);
          return value;
        });
  }

  /** A time with its unit, both bounds included. */
  public static ValueType<Duration> duration(Duration min, Duration max) {
    return of(
        "a time of " + show(min) + " to " + show(max) + ", with its unit (ns, us, ms, s, min)",
        text -> {
          Duration value = Duration.ofNanos(scaled(text, NANOS));
          require(value.compareTo(min) >= 0 && value.compareTo(max) <= 0);
          return value;
        });
  }

  /** A number of bytes, optionally in K, M, G or T (powers of 1024), both bounds included. */
  public static ValueType<Long> bytes(String min, String max) {
    long least = scaled(min, BYTES);
    long most = scaled(max, BYTES);
    return of(
        "a number of bytes, " + min + " to " + max + " (K, M, G, T for powers of 1024)",
        text -> {
          long value = scaled(text.toUpperCase(Locale.ROOT), BYTES);
          require(value >= least && value <= most);
          return value;
        });
  }

  /** An address that is a multiple of 64 KiB (every page size), decimal or 0x... */
  public static ValueType<Long> address() {
    return of(
        "an address that is a multiple of 0x10000, 0x10000 to 0x7f0000000000",
        text -> {
          long value = Long.decode(text);
          require(value >= 0x10000 && value <= 0x7f0000000000L && value % 0x10000 == 0);
          return value;
        });
  }

  /** Text of 1 to {@code max} characters. */
  public static ValueType<String> text(int max) {
    return of(
        "1 to " + max + " characters",
        text -> {
          require(!text.isEmpty() && text.length() <= max);
          return text;
        });
  }

  /** A file or folder. */
  public static ValueType<Path> path() {
    return of(
        "a path",
        text -> {
          require(!text.isEmpty());
          return Path.of(text);
        });
  }

  /** host:port. */
  public static ValueType<Endpoint> endpoint() {
    return of("host:port, with a port of 1 to 65535", Endpoint::parse);
  }

  /** Prefixes of class names, separated by colons. */
  public static ValueType<List<String>> prefixes() {
    return of(
        "prefixes of class names, separated by colons (com.acme.:org.x.)",
        text -> {
          List<String> all = text.isEmpty() ? List.of() : Arrays.asList(text.split(":"));
          require(all.stream().allMatch(each -> each.matches("[\\w$.]+")));
          return all;
        });
  }

  /** true or false. */
  public static ValueType<Boolean> flag() {
    return of(
        "true or false",
        text -> {
          require(text.equals("true") || text.equals("false"));
          return text.equals("true");
        });
  }

  /** One of several words, in any case; the value is in upper case. */
  public static ValueType<String> word(String... words) {
    List<String> all = List.of(words);
    return of(
        "one of " + String.join(", ", all).toLowerCase(Locale.ROOT),
        text -> {
          String value = text.toUpperCase(Locale.ROOT);
          require(all.contains(value));
          return value;
        });
  }

  /** Another type, and words that stand for certain values. */
  public static <T> ValueType<T> orWord(Map<String, T> words, ValueType<T> type) {
    String names = words.keySet().stream().sorted().collect(Collectors.joining(" or "));
    return of(
        names + ", or " + type.allowed(),
        text -> {
          T value = words.get(text);
          return value != null ? value : type.parse(text);
        });
  }

  private static <T> ValueType<T> of(String allowed, Function<String, T> parser) {
    return new ValueType<>() {
      @Override
      public T parse(String text) {
        return parser.apply(text);
      }

      @Override
      public String allowed() {
        return allowed;
      }
    };
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw new IllegalArgumentException();
    }
  }

  private static long scaled(String text, Map<String, Long> units) {
    Matcher matcher = NUMBER_AND_UNIT.matcher(text);
    require(matcher.matches());
    Long unit = units.get(matcher.group(2));
    require(unit != null);
    try {
      return new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit)).longValueExact();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static String show(Duration duration) {
    long nanos = duration.toNanos();
    for (String unit : List.of("min", "s", "ms", "us")) {
      long size = NANOS.get(unit);
      if (nanos >= size && nanos % size == 0) {
        return nanos / size + unit;
      }
    }
    return nanos + "ns";
  }
}

package org.dsm4j.node.control;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dsm4j.core.message.ToManager;
import org.dsm4j.core.message.ToNode;

/**
 * The codec of the control plane. Everything is checked before it is used: lengths by the frame,
 * the type against the table, the fields against the record, which refuses what is missing, too
 * long or not its own.
 *
 * <pre>
 *   0        4         12     13
 *   +--------+---------+------+---------------------------+
 *   | length | cluster | type | the record's fields, JSON |
 *   +--------+---------+------+---------------------------+
 * </pre>
 *
 * <p>length (u32, big-endian) counts what follows it. cluster (u64, big-endian): the hash of the
 * cluster's name. type: place in the table of the direction, which only grows.
 */
final class Messages<T> {
  /** From nodes to the manager. */
  static final Messages<ToManager> TO_MANAGER =
      new Messages<>(
          2 << 20,
          List.of(
              ToManager.Join.class,
              ToManager.Connected.class,
              ToManager.Alive.class,
              ToManager.Allocate.class,
              ToManager.Free.class,
              ToManager.FreeMarked.class,
              ToManager.Initialize.class,
              ToManager.Initialized.class,
              ToManager.Publish.class,
              ToManager.Await.class,
              ToManager.Gather.class,
              ToManager.Gathered.class,
              ToManager.Failed.class,
              ToManager.Lost.class,
              ToManager.Ended.class,
              ToManager.Leaving.class,
              ToManager.GiveBack.class));

  /** From the manager to nodes. */
  static final Messages<ToNode> TO_NODE =
      new Messages<>(
          64 << 20,
          List.of(
              ToNode.Refused.class,
              ToNode.Addresses.class,
              ToNode.Ready.class,
              ToNode.Alive.class,
              ToNode.Allocated.class,
              ToNode.Done.class,
              ToNode.Failure.class,
              ToNode.Initialization.class,
              ToNode.Value.class,
              ToNode.MarkFreed.class,
              ToNode.Discard.class,
              ToNode.Ask.class,
              ToNode.Collected.class,
              ToNode.NodeLost.class,
              ToNode.End.class,
              ToNode.AllEnded.class,
              ToNode.Leave.class,
              ToNode.MarkSpans.class,
              ToNode.DiscardSpans.class));

  private static final int MAX_DEPTH = 4;
  private static final int MAX_NUMBER_LENGTH = 20;

  private final int maxFrameBytes;
  private final List<Class<? extends T>> types;
  private final Map<Class<?>, Integer> numbers = new HashMap<>();
  private final RecordCodec<T>[] codecs;
  private final JsonFactory json;

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
  private Messages(int maxFrameBytes, List<Class<? extends T>> types) {
    this.maxFrameBytes = maxFrameBytes;
    this.types = types;
    for (int i = 0; i < types.size(); i++) {
      numbers.put(types.get(i), i);
    }
    this.codecs = new RecordCodec[types.size()];
    this.json =
        JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(MAX_NUMBER_LENGTH)
                    .maxStringLength(maxFrameBytes)
                    .build())
            .build();
  }

  /** Made when it is first used; two threads may make the same. */
  private RecordCodec<T> codec(int type) {
    RecordCodec<T> codec = codecs[type];
    if (codec == null) {
      codec = new RecordCodec<>(types.get(type));
      codecs[type] = codec;
    }
    return codec;
  }

  /** The longest frame of this direction, its length and cluster fields not counted. */
  int maxFrameBytes() {
    return maxFrameBytes;
  }

  /** Type and fields of a message; the frame's length and cluster come before it. */
  byte[] encode(T message) {
    int type = numbers.get(message.getClass());
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(type);
    try (JsonGenerator fields = json.createGenerator(frame)) {
      codec(type).write(fields, message);
    } catch (IOException e) {
      throw new IllegalStateException("a record of ours cannot be written: " + message, e);
    }
    return frame.toByteArray();
  }

  /**
   * The message of a frame.
   *
   * @throws MalformedException if it is none
   */
  T decode(byte[] frame) throws MalformedException {
    if (frame.length == 0) {
      throw new MalformedException("an empty frame");
    }
    int type = frame[0] & 0xff;
    if (type >= types.size()) {
      throw new MalformedException("a frame of type " + type + ", which is none");
    }
    RecordCodec<T> codec = codec(type);
    try (JsonParser fields = json.createParser(frame, 1, frame.length - 1)) {
      return codec.read(fields);
    } catch (IOException | MalformedException e) {
      throw new MalformedException("a malformed " + codec.name() + ": " + firstLine(e));
    }
  }

  private static String firstLine(Throwable e) {
    String text = String.valueOf(e.getMessage());
    int end = text.indexOf('\n');
    String line = end < 0 ? text : text.substring(0, end);
    return line.length() > 200 ? line.substring(0, 200) : line;
  }

  /** Bytes that are no message. */
  static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedException(String message) {
      super(message);
    }
  }
}

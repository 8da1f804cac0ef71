package org.dsm4j.core.message;

import java.util.List;
import java.util.Map;
import org.dsm4j.Consistency;
import org.dsm4j.core.allocation.Region;

/**
 * What a node says to the manager. {@code request} numbers are the node's own; the answer carries
 * the same one. Immutable (the bytes of {@link Gathered} are handed over).
 */
public sealed interface ToManager {
  /** The most settings, and the most fingerprints, that a join may carry. */
  int MAX_FINGERPRINTS = 10_000;

  /**
   * First message of a connection.
   *
   * @param protocol version of this protocol, {@link Protocol#VERSION}
   * @param cluster the cluster's name
   * @param node the node that joins
   * @param nodes how many nodes it believes the cluster to have
   * @param spaceBytes size of the space
   * @param arenaFirstByte where its arenas begin
   * @param pageBytes size of a page of its machine
   * @param settings those that must be the same everywhere
   * @param application fingerprints of its program
   * @param address host:port of its data plane
   */
  record Join(
      int protocol,
      String cluster,
      int node,
      int nodes,
      long spaceBytes,
      long arenaFirstByte,
      long pageBytes,
      Map<String, String> settings,
      Map<String, String> application,
      String address)
      implements ToManager {
    /** Refuses what is missing or too long. */
    public Join {
      Protocol.name("cluster", cluster);
      Protocol.name("address", address);
      settings = bounded("settings", settings);
      application = bounded("application", application);
    }

    private static Map<String, String> bounded(String what, Map<String, String> map) {
      if (map == null || map.size() > MAX_FINGERPRINTS) {
        throw new IllegalArgumentException(what + ": 0 to " + MAX_FINGERPRINTS + " are allowed");
      }
      map.forEach(
          (key, value) -> {
            Protocol.name(what, key);
            Protocol.name(what, value);
          });
      return Map.copyOf(map);
    }
  }

  /** Its engine is connected to all others. */
  record Connected() implements ToManager {}

  /** Wants the region of a name. Answered by {@link ToNode.Allocated} or {@link ToNode.Failure}. */
  record Allocate(
      long request, Region.Kind kind, String name, long bytes, Consistency mode, String traits)
      implements ToManager {
    /** Refuses what is missing or too long. */
    public Allocate {
      if (kind == null || mode == null) {
        throw new IllegalArgumentException((kind == null ? "kind" : "mode") + " is missing");
      }
      Protocol.name("name", name);
      Protocol.text("traits", traits);
    }
  }

  /** Frees a block on all nodes. Answered by {@link ToNode.Done} or {@link ToNode.Failure}. */
  record Free(long request, long offset, long bytes) implements ToManager {}

  /**
   * Answers {@link ToNode.MarkFreed} and {@link ToNode.MarkSpans}: every later use here is refused.
   *
   * @param spans of a region: what this node has set aside for it, offset and bytes in turn
   */
  record FreeMarked(long operation, List<Long> spans) implements ToManager {
    /** Refuses what is missing or too long. */
    public FreeMarked {
      spans = Protocol.spans(spans);
    }
  }

  /**
   * Everything in these pages of its arena was freed, piece by piece: all nodes shall give them
   * back. Answered by {@link ToNode.Done}, unless the request is 0.
   *
   * @param spans offset and bytes in turn
   */
  record GiveBack(long request, List<Long> spans) implements ToManager {
    /** Refuses what is missing or too long. */
    public GiveBack {
      spans = Protocol.spans(spans);
    }
  }

  /** Is about to initialize a class. Answered by {@link ToNode.Initialization}. */
  record Initialize(long request, String owner, long thread, String threadName)
      implements ToManager {
    /** Refuses what is missing or too long. */
    public Initialize {
      Protocol.name("class", owner);
      Protocol.name("thread", threadName);
    }
  }

  /** Has initialized it. Answered by {@link ToNode.Done}. */
  record Initialized(long request, String owner, long thread, String failure) implements ToManager {
    /** Refuses what is missing or too long. */
    public Initialized {
      Protocol.name("class", owner);
      Protocol.textOrNull("failure", failure);
    }
  }

  /** Tells the cluster a value. Answered by {@link ToNode.Done}. */
  record Publish(long request, String key, String value) implements ToManager {
    /** Refuses what is missing or too long. */
    public Publish {
      Protocol.name("key", key);
      Protocol.text("value", value);
    }
  }

  /** Wants to know a value, now or when it is published. Answered by {@link ToNode.Value}. */
  record Await(long request, String key) implements ToManager {
    /** Refuses what is missing or too long. */
    public Await {
      Protocol.name("key", key);
    }
  }

  /** Asks all nodes. Answered by {@link ToNode.Collected}. */
  record Gather(long request, Subject subject, long offset, long pages) implements ToManager {
    /** Refuses what is missing. */
    public Gather {
      if (subject == null) {
        throw new IllegalArgumentException("subject is missing");
      }
    }
  }

  /** Answers {@link ToNode.Ask}. */
  record Gathered(long operation, byte[] bytes) implements ToManager {
    /** Refuses what is missing. */
    public Gathered {
      if (bytes == null) {
        throw new IllegalArgumentException("bytes are missing");
      }
    }
  }

  /** This node ends with a status that is not 0; so shall the cluster. */
  record Failed(int status, String reason) implements ToManager {
    /** Refuses what is missing or too long. */
    public Failed {
      Protocol.text("reason", reason);
    }
  }

  /** Its engine has lost a peer. */
  record Lost(int peer, String reason) implements ToManager {
    /** Refuses what is missing or too long. */
    public Lost {
      Protocol.text("reason", reason);
    }
  }

  /** Says that it is there, when it has said nothing else for a while. */
  record Alive() implements ToManager {}

  /** Its program and its shutdown hooks have ended; it goes on serving pages. */
  record Ended() implements ToManager {}

  /** Answers {@link ToNode.AllEnded}: from now on the end of a peer is no failure to its engine. */
  record Leaving() implements ToManager {}
}

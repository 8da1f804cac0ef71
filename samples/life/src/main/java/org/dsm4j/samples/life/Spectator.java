package org.dsm4j.samples.life;

import org.dsm4j.Shared;

/**
 * Who looks on: in a terminal a picture, otherwise a progress line; on other nodes than 0 nobody.
 */
final class Spectator implements AutoCloseable {
  private final Painter painter;
  private final Progress progress;

  private Spectator(Painter painter, Progress progress) {
    this.painter = painter;
    this.progress = progress;
  }

  static Spectator of(Cluster cluster, Options options) {
    if (cluster.node() != 0) {
      return new Spectator(null, null);
    }
    Terminal terminal = options.drawing() == Options.Drawing.NEVER ? null : Terminal.find();
    return terminal == null
        ? new Spectator(null, new Progress(options.iterations(), System.nanoTime()))
        : new Spectator(new Painter(terminal, cluster, options), null);
  }

  /** A generation is there. */
  void show(int generation, @Shared byte[] cells) {
    if (painter != null) {
      painter.show(generation, cells, System.nanoTime());
    } else if (progress != null) {
      progress.show(generation, System.nanoTime());
    }
  }

  /** The last generation is there; a picture of it is left in the terminal. */
  void end(int generation, @Shared byte[] cells) {
    if (painter != null) {
      painter.draw(generation, cells);
    }
  }

  @Override
  public void close() {
    if (painter != null) {
      painter.close();
    }
  }
}

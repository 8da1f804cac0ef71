package org.dsm4j.node.control;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.dsm4j.DsmException;
import org.dsm4j.core.manager.ClusterManager;
import org.dsm4j.core.manager.Outbound;
import org.dsm4j.core.message.ToManager;
import org.dsm4j.core.message.ToNode;
import org.dsm4j.node.logging.Logs;
import org.slf4j.Logger;

/**
 * The manager of a cluster: who is in it, its names and allocations, and its end. One per cluster,
 * inside node 0 or in a process of its own. Its decisions are {@link ClusterManager}'s; here they
 * meet sockets and the clock, on one thread, {@code dsm-manager}. Thread-safe.
 */
public final class ManagerServer implements AutoCloseable {
  private static final Logger LOG = Logs.of(ManagerServer.class);
  private static final long TICK_MILLIS = 50;
  private static final int MAX_STRANGERS = 64;

  private final EventLoopGroup loop;
  private final int nodes;
  private final ClusterManager manager;
  private final CompletableFuture<Integer> end = new CompletableFuture<>();
  private final CompletableFuture<Void> allGone = new CompletableFuture<>();
  // The following are the loop thread's.
  private final Map<Long, Channel> channels = new HashMap<>();
  private long nextConnection = 1;
  private boolean over;
  private Channel listener;
  private int port;

  private ManagerServer(ManagerConfig config, EventLoopGroup loop) {
    this.loop = loop;
    this.nodes = config.nodes();
    this.manager =
        new ClusterManager(
            config.cluster(),
            config.nodes(),
            config.node(),
            config.joinTimeout().toNanos(),
            config.initTimeout().toNanos(),
            System.nanoTime(),
            new ToChannels());
  }

  /**
   * Starts to listen.
   *
   * @throws DsmException if the address is not loopback, or the port cannot be listened on
   */
  public static ManagerServer start(ManagerConfig config) {
    InetAddress address = loopback(config.host());
    EventLoopGroup loop = EventLoops.create("dsm-manager");
    ManagerServer server = new ManagerServer(config, loop);
    try {
      server.listen(new InetSocketAddress(address, config.port()));
      if (config.portFile() != null) {
        PortFile.write(config.portFile(), server.port);
      }
      return server;
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private static InetAddress loopback(String host) {
    try {
      InetAddress address = InetAddress.getByName(host);
      if (!address.isLoopbackAddress()) {
        throw new DsmException(
            "the manager cannot listen on "
                + host
                + ": this version runs on one machine only; use 127.0.0.1");
      }
      return address;
    } catch (UnknownHostException e) {
      throw new DsmException("the manager's host " + host + " is not known; use 127.0.0.1", e);
    }
  }

  private void listen(InetSocketAddress address) {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.ALLOCATOR, EventLoops.ALLOCATOR)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    accept(channel);
                  }
                });
    var bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new DsmException(
          "the manager cannot listen on "
              + address.getHostString()
              + ":"
              + address.getPort()
              + ": "
              + bound.cause().getMessage()
              + "; choose another port, or end what uses it");
    }
    listener = bound.channel();
    port = ((InetSocketAddress) listener.localAddress()).getPort();
    loop.next().scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void tick() {
    manager.tick(System.nanoTime());
  }

  private void accept(SocketChannel channel) {
    if (channels.size() >= MAX_STRANGERS + nodes) {
      LOG.warn("refused a connection from {}: too many stand", channel.remoteAddress());
      channel.close();
      return;
    }
    long connection = nextConnection++;
    channels.put(connection, channel);
    FrameCodec.addTo(channel.pipeline(), Messages.TO_MANAGER, Messages.TO_NODE, ToNode.class);
    Liveness.addTo(channel.pipeline(), new ToNode.Alive());
    channel.pipeline().addLast(new ManagerConnection(this, connection));
  }

  /** On the loop thread: a message came. @return null or what is wrong with it */
  String received(long connection, ToManager message) {
    return manager.receive(connection, message, System.nanoTime());
  }

  /** On the loop thread: a connection has ended. */
  void disconnected(long connection, String reason) {
    channels.remove(connection);
    manager.disconnected(connection, reason);
    if (channels.isEmpty() && over) {
      allGone.complete(null);
    }
  }

  private final class ToChannels implements Outbound {
    @Override
    public void send(long connection, ToNode message) {
      Channel channel = channels.get(connection);
      if (channel != null) {
        channel.writeAndFlush(message);
      }
    }

    @Override
    public void close(long connection) {
      Channel channel = channels.get(connection);
      if (channel != null) {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
      }
    }

    @Override
    public void over(int status) {
      over = true;
      end.complete(status);
    }
  }

  /** The port it listens on. */
  public int port() {
    return port;
  }

  /**
   * Waits until every node has left, or the cluster could not form.
   *
   * @return the cluster's status: the first that was not 0 in time, or 0
   */
  public int awaitEnd() throws InterruptedException {
    try {
      return end.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Waits until every connection is gone, as a node does that carries the manager, so that nobody
   * misses its last messages.
   *
   * @return whether they are
   */
  public boolean awaitAllGone(long nanos) {
    try {
      allGone.get(nanos, TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException | ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Stops to listen and ends all connections. */
  @Override
  public void close() {
    loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
    end.complete(1);
  }
}

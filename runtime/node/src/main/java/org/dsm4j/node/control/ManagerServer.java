package org.dsm4j.node.control;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
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
import org.dsm4j.node.auth.ClusterSecret;
import org.dsm4j.node.auth.Proofs;

/**
 * The manager of a cluster: who is in it, its names and allocations, and its end. One per cluster,
 * inside node 0 or in a process of its own. Its decisions are {@link ClusterManager}'s; here they
 * meet sockets and the clock, on one thread, {@code dsm-manager}. Thread-safe.
 */
public final class ManagerServer implements AutoCloseable {
  private static final long TICK_MILLIS = 50;
  private static final int MAX_STRANGERS = 64;

  private final EventLoopGroup loop;
  private final int nodes;
  private final NodeIdentity self;
  private final Proofs proofs;
  private final SslContext tls;
  private final ClusterManager manager;
  private final CompletableFuture<Integer> end = new CompletableFuture<>();
  private final CompletableFuture<Void> allGone = new CompletableFuture<>();
  // The following are the loop thread's.
  private final Map<Long, Channel> channels = new HashMap<>();
  private final Map<Channel, AcceptorHandshake> strangers = new LinkedHashMap<>();
  private final Refusals refusals = new Refusals();
  private long nextConnection = 1;
  private boolean complete;
  private boolean over;
  private Channel listener;
  private volatile String because = "";
  private int port;

  private ManagerServer(ManagerConfig config, SslContext tls, EventLoopGroup loop) {
    this.loop = loop;
    this.nodes = config.nodes();
    this.self = new NodeIdentity(Proofs.MANAGER, config.cluster(), config.secret());
    this.proofs = self.proofs();
    this.tls = tls;
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
   * @throws DsmException if the port cannot be listened on, or other machines could connect and
   *     there is no secret
   */
  public static ManagerServer start(ManagerConfig config) {
    InetAddress address = address(config);
    SslContext tls = config.tls() == null ? null : Tls.ofManager(config.tls());
    EventLoopGroup loop = EventLoops.create("dsm-manager");
    ManagerServer server = new ManagerServer(config, tls, loop);
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

  private static InetAddress address(ManagerConfig config) {
    try {
      InetAddress address = InetAddress.getByName(config.host());
      ClusterSecret.refuseOpen(address, config.secret());
      return address;
    } catch (UnknownHostException e) {
      throw new DsmException(
          "the manager's host " + config.host() + " is not known; use an address of this machine",
          e);
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

  /** A stranger. Where there are too many the oldest makes room: an honest one is quick. */
  private void accept(SocketChannel channel) {
    if (complete) {
      channel.close();
      return;
    }
    if (strangers.size() >= MAX_STRANGERS) {
      var oldest = strangers.entrySet().iterator().next();
      oldest.getValue().drop("too many have not said who they are");
    }
    AcceptorHandshake handshake =
        new AcceptorHandshake(
            proofs,
            new AcceptorHandshake.Outcome() {
              @Override
              public void proved(ChannelHandlerContext context, int node) {
                strangers.remove(channel);
                admit(channel, node);
              }

              @Override
              public void refused(ChannelHandlerContext context, String why) {
                strangers.remove(channel);
                tellRefusal(channel, why);
              }
            });
    strangers.put(channel, handshake);
    if (tls != null) {
      Tls.accept(channel, tls, proofs.tlsDemand(), handshake::drop);
    }
    channel.pipeline().addLast(handshake);
  }

  private void admit(SocketChannel channel, int node) {
    if (complete || channels.size() >= MAX_STRANGERS + nodes) {
      tellRefusal(channel, "too many stand");
      channel.close();
      return;
    }
    long connection = nextConnection++;
    channels.put(connection, channel);
    FrameCodec.addTo(
        channel.pipeline(), self.mark(), Messages.TO_MANAGER, Messages.TO_NODE, ToNode.class);
    Liveness.addTo(channel.pipeline(), new ToNode.Alive());
    channel.pipeline().addLast(new ManagerConnection(this, connection, node));
  }

  /** All nodes are there: nobody else has business here. */
  private void stopListening() {
    complete = true;
    listener.close();
    List.copyOf(strangers.keySet()).forEach(Channel::close);
  }

  /** On the loop thread: a connection is dropped. */
  void tellRefusal(Channel channel, String why) {
    refusals.tell(channel.remoteAddress(), why, System.nanoTime());
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
      if (message instanceof ToNode.Ready && !complete) {
        stopListening();
      }
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
      because = manager.because();
      end.complete(status);
      if (channels.isEmpty()) {
        allGone.complete(null);
      }
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

  /** Why the cluster's status is not 0, in words, once that is known; else empty. */
  public String because() {
    return because;
  }

  /**
   * Ends the cluster, since this manager, which stands alone, is told to end. Returns at once.
   *
   * @param status the cluster's, if it has none yet; not 0
   * @return false if it has ended already
   */
  public boolean end(int status, String reason) {
    if (end.isDone()) {
      return false;
    }
    loop.execute(() -> manager.end(status, reason));
    return true;
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

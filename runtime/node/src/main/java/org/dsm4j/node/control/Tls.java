package org.dsm4j.node.control;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.dsm4j.DsmException;
import org.dsm4j.node.auth.ClusterTls;
import org.dsm4j.node.auth.Proofs;
import org.dsm4j.node.auth.TlsTrust;

/**
 * TLS 1.3 under the proofs of the control plane: the JDK's, by Netty. Each side of a connection
 * that one side wants in TLS and the other in the clear learns so within seconds.
 */
final class Tls {
  private static final String PROTOCOL = "TLSv1.3";

  /** Netty's words for comparing a manager's certificate with its host. */
  private static final String BY_HOST = "HTTPS";

  /** A JVM that has just started on a busy machine may take a while for its first TLS record. */
  private static final long BEGIN_WITHIN_MILLIS = 3_000;

  static {
    NettyLog.install();
  }

  private Tls() {}

  /**
   * A manager's side.
   *
   * @throws DsmException if it has no certificate
   */
  static SslContext ofManager(ClusterTls tls) {
    if (tls.key() == null) {
      throw new DsmException(
          "the setting tls-trust is given, and this process carries the manager, whose certificate nodes check; give it"
              + " tls-certificate and tls-key too");
    }
    try {
      return SslContextBuilder.forServer(tls.key(), tls.chain())
          .sslProvider(SslProvider.JDK)
          .protocols(PROTOCOL)
          .trustManager(tls.trust())
          .clientAuth(tls.mutual() ? ClientAuth.REQUIRE : ClientAuth.NONE)
          .build();
    } catch (SSLException e) {
      throw unusable(e);
    }
  }

  /** A node's side. */
  static SslContext ofNode(ClusterTls tls) {
    try {
      SslContextBuilder builder =
          SslContextBuilder.forClient()
              .sslProvider(SslProvider.JDK)
              .protocols(PROTOCOL)
              .trustManager(tls.trust())
              .endpointIdentificationAlgorithm(BY_HOST);
      return tls.key() == null
          ? builder.build()
          : builder.keyManager(tls.key(), tls.chain()).build();
    } catch (SSLException e) {
      throw unusable(e);
    }
  }

  private static DsmException unusable(SSLException e) {
    return new DsmException("TLS cannot be used with these certificates: " + e.getMessage(), e);
  }

  /**
   * At the manager, before the handshakes.
   *
   * @param demand what is said in the clear to who does not begin TLS
   */
  static void accept(Channel channel, SslContext context, byte[] demand, Consumer<String> late) {
    channel
        .pipeline()
        .addLast(new Demand(demand, late))
        .addLast(context.newHandler(channel.alloc()));
  }

  /** At a node, before the handshakes. */
  static void connect(
      Channel channel, SslContext context, String host, int port, Consumer<String> refused) {
    channel
        .pipeline()
        .addLast(new InTheClear(refused))
        .addLast(context.newHandler(channel.alloc(), host, port));
  }

  /** What a node says of a manager with which TLS has failed; null: it may work another time. */
  static String whyAtNode(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof TlsTrust.RefusedException refused) {
        return refused.getMessage();
      }
      if (each instanceof NotSslRecordException) {
        return "it does not speak TLS";
      }
      if (each instanceof SSLException alert && isAlert(alert)) {
        return text(alert).contains("certificate")
            ? "it does not accept the certificate of this node ("
                + alert.getMessage()
                + "); set tls-certificate and tls-key to one that its tls-trust knows"
            : "TLS with it failed: " + alert.getMessage();
      }
    }
    return null;
  }

  /** What a manager says of a node with which TLS has failed. */
  static String whyAtManager(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof TlsTrust.RefusedException refused) {
        return refused.getMessage();
      }
      if (each instanceof NotSslRecordException) {
        return "it does not speak TLS, which is demanded here; give it tls-trust=FILE";
      }
      if (each instanceof SSLException alert && isAlert(alert)) {
        return "it does not accept this manager's certificate ("
            + alert.getMessage()
            + "); the node's own line says why";
      }
      if (each instanceof SSLException empty && text(empty).contains("Empty client certificate")) {
        return "it shows no certificate, and tls-trust is set here; give it tls-certificate and tls-key";
      }
    }
    return "TLS with it failed: " + failure.getMessage();
  }

  private static boolean isAlert(SSLException failure) {
    return text(failure).contains("fatal alert");
  }

  private static String text(Throwable failure) {
    return String.valueOf(failure.getMessage());
  }

  /** At the manager: tells who says nothing at all that TLS is demanded, and drops it. */
  private static final class Demand extends ChannelInboundHandlerAdapter {
    private final byte[] demand;
    private final Consumer<String> late;
    private boolean begun;

    Demand(byte[] demand, Consumer<String> late) {
      this.demand = demand;
      this.late = late;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      context
          .executor()
          .schedule(() -> demand(context), BEGIN_WITHIN_MILLIS, TimeUnit.MILLISECONDS);
      context.fireChannelActive();
    }

    private void demand(ChannelHandlerContext context) {
      if (!begun && context.channel().isActive()) {
        // From here outwards: past the TLS handler, in the clear.
        context
            .writeAndFlush(Unpooled.wrappedBuffer(demand))
            .addListener(
                (ChannelFutureListener)
                    sent ->
                        late.accept(
                            "it does not begin TLS, which is demanded here; give it tls-trust=FILE"));
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      begun = true;
      context.pipeline().remove(this);
      context.fireChannelRead(message);
    }
  }

  /** At a node: tells a manager that speaks in the clear from one that speaks TLS. */
  private static final class InTheClear extends ByteToMessageDecoder {
    private static final byte CLEAR = 'D';
    private final Consumer<String> refused;

    InTheClear(Consumer<String> refused) {
      this.refused = refused;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf buffer, List<Object> out) {
      if (buffer.getByte(buffer.readerIndex()) != CLEAR) {
        // What has been gathered goes on to the TLS handler.
        context.pipeline().remove(this);
      } else if (buffer.readableBytes() >= Proofs.CHALLENGE_BYTES) {
        byte[] said = new byte[buffer.readableBytes()];
        buffer.readBytes(said);
        // A demand means that this node was too slow: it comes again.
        refused.accept(
            Proofs.isWithoutTls(said)
                ? "it does not use TLS, and tls-trust or tls-certificate is set here; give the manager tls-certificate and"
                    + " tls-key, or take them away from this node"
                : null);
      }
    }
  }
}

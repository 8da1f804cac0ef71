package org.dsm4j.node.control;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.dsm4j.node.auth.Proofs;

/** A node's side of {@link Proofs}, towards its manager. */
final class ConnectorHandshake extends ByteToMessageDecoder {
  private static final long ANSWER_WITHIN_SECONDS = 10;

  /** How it went. */
  enum Outcome {
    /** Both sides know the secret. */
    PROVED,
    /** The other side broke off before it had said anything of use. */
    BROKEN,
    /** The other side broke off when it had the proof: it does not believe it. */
    DISBELIEVED
  }

  /** It is no manager for us, and why. */
  static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message);
    }
  }

  private final NodeIdentity self;
  private final Proofs proofs;
  private final Consumer<ChannelHandlerContext> proved;
  private final CompletableFuture<Outcome> result = new CompletableFuture<>();
  private byte[] challenge;
  private byte[] proof;

  /**
   * A handshake.
   *
   * @param proved adds what the pipeline needs from now on
   */
  ConnectorHandshake(NodeIdentity self, Consumer<ChannelHandlerContext> proved) {
    this.self = self;
    this.proofs = self.proofs();
    this.proved = proved;
  }

  /** How it went; exceptionally a {@link RefusedException}. */
  CompletableFuture<Outcome> result() {
    return result;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    context
        .executor()
        .schedule(() -> end(context, Outcome.BROKEN), ANSWER_WITHIN_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf buffer, List<Object> out) {
    if (result.isDone()) {
      buffer.skipBytes(buffer.readableBytes());
    } else if (challenge == null && buffer.readableBytes() >= Proofs.CHALLENGE_BYTES) {
      challenge = new byte[Proofs.CHALLENGE_BYTES];
      buffer.readBytes(challenge);
      prove(context);
    } else if (proof != null && buffer.readableBytes() >= Proofs.ANSWER_BYTES) {
      byte[] answer = new byte[Proofs.ANSWER_BYTES];
      buffer.readBytes(answer);
      confirm(context, answer);
    }
  }

  private void prove(ChannelHandlerContext context) {
    String why = proofs.refuseChallenge(challenge);
    if (why != null) {
      refuse(context, why);
      return;
    }
    proof = proofs.prove(challenge, self.node(), Proofs.MANAGER, AcceptorHandshake.nonce());
    context.writeAndFlush(Unpooled.wrappedBuffer(proof));
  }

  private void confirm(ChannelHandlerContext context, byte[] answer) {
    if (!proofs.confirms(challenge, proof, answer)) {
      refuse(context, "it does not know the secret of cluster \"" + self.cluster() + "\"");
      return;
    }
    proved.accept(context);
    context.pipeline().remove(this);
    result.complete(Outcome.PROVED);
  }

  private void refuse(ChannelHandlerContext context, String why) {
    result.completeExceptionally(new RefusedException(why));
    context.close();
  }

  /** TLS with the other side does not come about. Null: it may another time. */
  void tlsRefused(Channel channel, String why) {
    if (why != null) {
      result.completeExceptionally(new RefusedException(why));
    }
    channel.close();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    if (event instanceof SslHandshakeCompletionEvent tls && !tls.isSuccess()) {
      tlsRefused(context.channel(), Tls.whyAtNode(tls.cause()));
    }
    super.userEventTriggered(context, event);
  }

  private void end(ChannelHandlerContext context, Outcome outcome) {
    if (result.complete(outcome)) {
      context.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    end(context, proof == null ? Outcome.BROKEN : Outcome.DISBELIEVED);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof DecoderException) {
      // A manager may refuse a node's certificate after the node takes TLS for done.
      tlsRefused(context.channel(), Tls.whyAtNode(cause));
    }
    channelInactive(context);
  }
}

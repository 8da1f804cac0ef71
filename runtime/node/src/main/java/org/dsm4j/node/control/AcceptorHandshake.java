package org.dsm4j.node.control;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.dsm4j.node.auth.Proofs;

/**
 * The manager's side of {@link Proofs}: a stranger gets a challenge, and nothing of what it sends
 * is looked at but its proof, of fixed length and within a time. Who has proved itself gets the
 * rest of the pipeline in this handler's place.
 */
final class AcceptorHandshake extends ByteToMessageDecoder {
  private static final long PROOF_WITHIN_SECONDS = 5;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** What becomes of the stranger; on the loop thread, once. */
  interface Outcome {
    /** It is that node. Adds what the pipeline needs from now on. */
    void proved(ChannelHandlerContext context, int node);

    /** It is dropped. */
    void refused(ChannelHandlerContext context, String why);
  }

  private final Proofs proofs;
  private final Outcome outcome;
  private ChannelHandlerContext context;
  private byte[] challenge;
  private boolean over;

  AcceptorHandshake(Proofs proofs, Outcome outcome) {
    this.proofs = proofs;
    this.outcome = outcome;
  }

  static byte[] nonce() {
    byte[] nonce = new byte[Proofs.NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    return nonce;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    this.context = context;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    challenge = proofs.challenge(nonce());
    context.writeAndFlush(Unpooled.wrappedBuffer(challenge));
    context
        .executor()
        .schedule(
            () -> refuse(context, "it did not say who it is within " + PROOF_WITHIN_SECONDS + " s"),
            PROOF_WITHIN_SECONDS,
            TimeUnit.SECONDS);
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf buffer, List<Object> out) {
    if (over) {
      buffer.skipBytes(buffer.readableBytes());
      return;
    }
    if (buffer.readableBytes() < Proofs.PROOF_BYTES) {
      return;
    }
    byte[] proof = new byte[Proofs.PROOF_BYTES];
    buffer.readBytes(proof);
    String why = proofs.refuseProof(challenge, proof, Proofs.MANAGER);
    if (why != null) {
      refuse(context, why);
      return;
    }
    over = true;
    context.writeAndFlush(Unpooled.wrappedBuffer(proofs.answer(challenge, proof)));
    outcome.proved(context, Proofs.node(proof));
    context.pipeline().remove(this);
  }

  /** Ends the connection, unless it is proved. On the loop thread. */
  void drop(String why) {
    refuse(context, why);
  }

  private void refuse(ChannelHandlerContext context, String why) {
    if (!over) {
      over = true;
      outcome.refused(context, why);
      context.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    refuse(context, "it ended before it had said who it is");
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    if (event instanceof SslHandshakeCompletionEvent tls && !tls.isSuccess()) {
      refuse(context, Tls.whyAtManager(tls.cause()));
    }
    super.userEventTriggered(context, event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    refuse(
        context,
        cause instanceof DecoderException ? Tls.whyAtManager(cause) : "its connection broke");
  }
}

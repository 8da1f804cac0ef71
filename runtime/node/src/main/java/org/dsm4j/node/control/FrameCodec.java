package org.dsm4j.node.control;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageCodec;
import io.netty.handler.codec.DecoderException;
import java.util.List;

/**
 * Frames of one direction in, of the other out; see {@link Messages} for the layout. A frame that
 * claims more than its direction allows, or another cluster, is refused before anything of it is
 * kept.
 */
final class FrameCodec<I, O> extends ByteToMessageCodec<O> {
  private static final int LENGTH_BYTES = 4;
  private static final int MARK_BYTES = 8;

  private final long mark;

  private final Messages<I> in;
  private final Messages<O> out;

  private FrameCodec(long mark, Messages<I> in, Messages<O> out, Class<O> outType) {
    super(outType);
    this.mark = mark;
    this.in = in;
    this.out = out;
  }

  /**
   * Adds one.
   *
   * @param mark the cluster's, {@link NodeIdentity#mark()}
   */
  static <I, O> void addTo(
      ChannelPipeline pipeline, long mark, Messages<I> in, Messages<O> out, Class<O> outType) {
    pipeline.addLast(new FrameCodec<>(mark, in, out, outType));
  }

  @Override
  protected void encode(ChannelHandlerContext context, O message, ByteBuf buffer) {
    byte[] frame = out.encode(message);
    buffer.writeInt(MARK_BYTES + frame.length).writeLong(mark).writeBytes(frame);
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf buffer, List<Object> messages)
      throws Messages.MalformedException {
    if (buffer.readableBytes() < LENGTH_BYTES) {
      return;
    }
    long length = buffer.getUnsignedInt(buffer.readerIndex());
    if (length <= MARK_BYTES || length > MARK_BYTES + in.maxFrameBytes()) {
      throw new DecoderException(
          "a frame of "
              + length
              + " bytes; "
              + (MARK_BYTES + 1)
              + " to "
              + (MARK_BYTES + in.maxFrameBytes())
              + " are allowed");
    }
    if (buffer.readableBytes() < LENGTH_BYTES + MARK_BYTES) {
      return;
    }
    if (buffer.getLong(buffer.readerIndex() + LENGTH_BYTES) != mark) {
      throw new DecoderException("a message of another cluster");
    }
    if (buffer.readableBytes() < LENGTH_BYTES + length) {
      return;
    }
    byte[] frame = new byte[(int) length - MARK_BYTES];
    buffer.skipBytes(LENGTH_BYTES + MARK_BYTES).readBytes(frame);
    messages.add(in.decode(frame));
  }
}

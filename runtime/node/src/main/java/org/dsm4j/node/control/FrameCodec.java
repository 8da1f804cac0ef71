package org.dsm4j.node.control;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageCodec;
import io.netty.handler.codec.DecoderException;
import java.util.List;

/**
 * Frames of one direction in, of the other out; see {@link Messages} for the layout. A frame that
 * claims more than its direction allows is refused before anything of it is kept.
 */
final class FrameCodec<I, O> extends ByteToMessageCodec<O> {
  private static final int LENGTH_BYTES = 4;

  private final Messages<I> in;
  private final Messages<O> out;

  private FrameCodec(Messages<I> in, Messages<O> out, Class<O> outType) {
    super(outType);
    this.in = in;
    this.out = out;
  }

  static <I, O> void addTo(
      ChannelPipeline pipeline, Messages<I> in, Messages<O> out, Class<O> outType) {
    pipeline.addLast(new FrameCodec<>(in, out, outType));
  }

  @Override
  protected void encode(ChannelHandlerContext context, O message, ByteBuf buffer) {
    byte[] frame = out.encode(message);
    buffer.writeInt(frame.length).writeBytes(frame);
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf buffer, List<Object> messages)
      throws Messages.MalformedException {
    if (buffer.readableBytes() < LENGTH_BYTES) {
      return;
    }
    long length = buffer.getUnsignedInt(buffer.readerIndex());
    if (length == 0 || length > in.maxFrameBytes()) {
      throw new DecoderException(
          "a frame of " + length + " bytes; 1 to " + in.maxFrameBytes() + " are allowed");
    }
    if (buffer.readableBytes() < LENGTH_BYTES + length) {
      return;
    }
    byte[] frame = new byte[(int) length];
    buffer.skipBytes(LENGTH_BYTES).readBytes(frame);
    messages.add(in.decode(frame));
  }
}

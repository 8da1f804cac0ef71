package org.dsm4j.node.engine;

import jnr.ffi.annotations.IgnoreError;

/**
 * The functions of {@code include/dsm.h}, as jnr-ffi binds them: a C pointer or u64 is a {@code
 * long}, an int or u32 an {@code int}. What they do, return and require stands there.
 */
@SuppressWarnings("checkstyle:methodname")
public interface LibDsm {
  /** The version of dsm.h that this binding was written against. */
  int ABI_VERSION = 1;

  @IgnoreError
  int dsm_abi_version();

  @IgnoreError
  String dsm_last_error();

  @IgnoreError
  int dsm_engine_create_at(long options, long network, long engineOut);

  @IgnoreError
  int dsm_engine_port(long engine);

  @IgnoreError
  int dsm_engine_connect(long engine, String addresses, long timeoutNanos);

  @IgnoreError
  long dsm_engine_base(long engine);

  @IgnoreError
  long dsm_engine_counters(long engine);

  @IgnoreError
  int dsm_lock(long engine, long lock, long thread, int flags, long ticketOut);

  @IgnoreError
  int dsm_unlock(long engine, long lock, long thread);

  @IgnoreError
  int dsm_barrier(long engine, long barrier, int parties, int flags, long ticketOut);

  /**
   * The C function has no {@code none}: what jnr-ffi 2.3.0 compiles for six integers reads the
   * return address as the sixth (X86_64StubCompiler). It compiles nothing for seven, and C ignores
   * the last one.
   */
  @IgnoreError
  int dsm_wait(
      long engine, long lock, long condition, long thread, int flags, long ticketOut, int none);

  @IgnoreError
  int dsm_signal(long engine, long lock, long condition, long thread, int all);

  @IgnoreError
  int dsm_cancel(long engine, long ticket);

  @IgnoreError
  int dsm_lock_holds(long engine, long lock, long thread);

  @IgnoreError
  int dsm_completions(long engine, long out, int max, long timeoutNanos);

  @IgnoreError
  int dsm_atomic(
      long engine,
      long offset,
      int width,
      int operation,
      long operand,
      long expected,
      long valueOut);

  @IgnoreError
  int dsm_release_is(long engine, long offset);

  @IgnoreError
  int dsm_touch(long engine, long offset, long length, int write);

  @IgnoreError
  int dsm_refresh(long engine, long offset, long length);

  @IgnoreError
  int dsm_discard(long engine, long offset, long length);

  @IgnoreError
  int dsm_page_states(long engine, long offset, long pages, long out);

  @IgnoreError
  int dsm_engine_leave(long engine);

  @IgnoreError
  int dsm_engine_peer_lost(long engine, int peer, String reason);

  @IgnoreError
  int dsm_engine_exit_by(long engine, int status, long afterNanos);

  @IgnoreError
  int dsm_engine_stop(long engine);

  @IgnoreError
  int dsm_engine_close(long engine);

  @IgnoreError
  int dsm_raw_listen(long portOut);

  @IgnoreError
  int dsm_raw_serve(int listener, int answerBytes, int polling, long timeoutNanos);

  @IgnoreError
  int dsm_raw_measure(
      String address, int answerBytes, int polling, int warmup, int rounds, long out);

  @IgnoreError
  int dsm_pin(int core);
}

package org.dsm4j.samples.bank;

import java.util.Random;
import org.dsm4j.Dsm;
import org.dsm4j.DsmLock;
import org.dsm4j.Shared;
import org.dsm4j.samples.team.Arguments;
import org.dsm4j.samples.team.Team;

/**
 * Transfers between accounts, each under the locks of both, always taken in the order of their
 * numbers so that nobody waits in a circle; and an auditor who takes all locks and finds the same
 * total every time. Neighbouring accounts lie on one page: what one node changes under its locks
 * must survive what another changes beside it under others.
 */
public final class Bank {
  private static final int START = 1000;
  private static final int MOST = 50;
  private static final int BALANCE = 0;
  private static final int TRANSFERS = 1;

  /** Of each account: its balance, and how many transfers it had a part in. */
  @Shared static long[][] accounts;

  private final int count;
  private final Guard guard;

  private Bank(int count, Guard guard) {
    this.count = count;
    this.guard = guard;
  }

  /** How accounts are locked: like {@code synchronized}, or by locks with names. */
  private interface Guard {
    void transfer(int from, int to, long amount);

    /** The sum of the balances of accounts {@code first} and later, all of them locked at once. */
    long sum(int first);
  }

  /** Runs; {@code --help} lists the options. */
  public static void main(String[] args) throws InterruptedException {
    Arguments arguments = new Arguments("bank", args);
    int threads = arguments.number("--threads", 2, 1, 1000, "tellers on each node");
    int count = arguments.number("--accounts", 32, 2, 10_000, "accounts");
    int transfers =
        arguments.number("--transfers", 800, 0, 100_000_000, "transfers of all tellers");
    int audits = arguments.number("--audits", 10, 0, 1_000_000, "audits meanwhile");
    String with = arguments.choice("--with", "kind of locks", "monitors", "locks");
    if (arguments.areRead()) {
      Guard guard = with.equals("locks") ? new Locks(count) : new Monitors(count);
      new Bank(count, guard).open(threads, transfers, audits);
    }
  }

  private void open(int threads, int transfers, int audits) throws InterruptedException {
    Team team = new Team("bank", threads);
    if (Dsm.node() == 0) {
      accounts = new long[count][2];
      for (int i = 0; i < count; i++) {
        accounts[i][BALANCE] = START;
      }
    }
    Dsm.barrier();
    team.start(
        member -> trade(member, team.first(member + 1, transfers) - team.first(member, transfers)));
    if (Dsm.node() == Dsm.nodes() - 1) {
      team.start("auditor", () -> audit(audits));
    }
    team.join();
    if (Dsm.node() == 0) {
      report(team, transfers, audits);
    }
  }

  private void report(Team team, int transfers, int audits) {
    long total = 0;
    long parts = 0;
    for (int i = 0; i < count; i++) {
      total += accounts[i][BALANCE];
      parts += accounts[i][TRANSFERS];
    }
    boolean right = total == (long) START * count && parts == 2L * transfers;
    team.report(
        right, String.format("%d transfers, %d audits, a total of %d", parts / 2, audits, total));
  }

  private void trade(int member, int transfers) {
    Random random = new Random(member);
    for (int i = 0; i < transfers; i++) {
      int from = random.nextInt(count);
      int to = (from + 1 + random.nextInt(count - 1)) % count;
      guard.transfer(from, to, 1 + random.nextInt(MOST));
    }
  }

  private void audit(int audits) {
    for (int i = 0; i < audits; i++) {
      long total = guard.sum(0);
      if (total != (long) START * count) {
        throw new AssertionError("audit " + i + " found " + total + ", not " + START * count);
      }
    }
  }

  private static void move(int from, int to, long amount) {
    accounts[from][BALANCE] -= amount;
    accounts[from][TRANSFERS]++;
    accounts[to][BALANCE] += amount;
    accounts[to][TRANSFERS]++;
  }

  private record Monitors(int count) implements Guard {
    @Override
    public void transfer(int from, int to, long amount) {
      synchronized (accounts[Math.min(from, to)]) {
        synchronized (accounts[Math.max(from, to)]) {
          move(from, to, amount);
        }
      }
    }

    @Override
    public long sum(int first) {
      if (first == count) {
        return 0;
      }
      synchronized (accounts[first]) {
        return accounts[first][BALANCE] + sum(first + 1);
      }
    }
  }

  private static final class Locks implements Guard {
    private final DsmLock[] locks;

    Locks(int count) {
      locks = new DsmLock[count];
      for (int i = 0; i < count; i++) {
        locks[i] = Dsm.lock("account-" + i);
      }
    }

    @Override
    public void transfer(int from, int to, long amount) {
      DsmLock low = locks[Math.min(from, to)];
      DsmLock high = locks[Math.max(from, to)];
      low.lock();
      try {
        high.lock();
        try {
          move(from, to, amount);
        } finally {
          high.unlock();
        }
      } finally {
        low.unlock();
      }
    }

    @Override
    public long sum(int first) {
      if (first == locks.length) {
        return 0;
      }
      locks[first].lock();
      try {
        return accounts[first][BALANCE] + sum(first + 1);
      } finally {
        locks[first].unlock();
      }
    }
  }
}

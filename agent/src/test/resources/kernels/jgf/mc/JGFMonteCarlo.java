package jgf.mc;

import java.util.*;
import org.dsm4j.*;

@Shared
class PathId {
  private String name;
  private int startDate, endDate;
  private double dTime = Double.NaN;

  public void set_name(String n) {
    name = n;
  }

  public String get_name() {
    if (name == null) throw new IllegalStateException("name");
    return name;
  }

  public void set_dTime(double d) {
    dTime = d;
  }

  public double get_dTime() {
    return dTime;
  }

  @Override
  public String toString() {
    return "PathId[" + name + "," + dTime + "]";
  }
}

@Shared
class MonteCarloPath extends PathId {
  private double[] fluctuations, pathValue;
  private int nTimeSteps;
  private final ReturnType kind;

  enum ReturnType {
    COMPOUNDED(1),
    NONCOMPOUNDED(2);
    final int code;

    ReturnType(int c) {
      code = c;
    }
  }

  MonteCarloPath(int steps, ReturnType k) {
    nTimeSteps = steps;
    kind = k;
    fluctuations = new double[steps];
    pathValue = new double[steps];
  }

  void computeFluctuations(long seed) {
    Random r = new Random(seed);
    double mean = -0.5 * 0.04 * get_dTime(), var = 0.2 * Math.sqrt(get_dTime());
    for (int i = 0; i < nTimeSteps; i++) {
      double g = r.nextGaussian();
      fluctuations[i] = mean + var * g;
    }
  }

  void computePath(double start) {
    double v = start;
    for (int i = 0; i < nTimeSteps; i++) {
      v *= Math.exp(fluctuations[i]);
      pathValue[i] = v;
    }
  }

  double last() {
    return pathValue[nTimeSteps - 1];
  }

  double expected() {
    double s = 0;
    for (int i = 1; i < nTimeSteps; i++) {
      s +=
          switch (kind) {
            case COMPOUNDED -> Math.log(pathValue[i] / pathValue[i - 1]);
            case NONCOMPOUNDED -> (pathValue[i] - pathValue[i - 1]) / pathValue[i];
          };
    }
    return s / nTimeSteps;
  }
}

@Shared
record Result(String header, double rate, double vol, double last, int run)
    implements Comparable<Result> {
  Result {
    if (header.isEmpty()) throw new IllegalArgumentException();
  }

  public int compareTo(Result o) {
    return Integer.compare(run, o.run);
  }
}

@Shared
class ResultVector<T extends Comparable<? super T>> implements Iterable<T> {
  private Object[] data = new Object[4];
  private int n;

  synchronized void add(T t) {
    if (n == data.length) data = Arrays.copyOf(data, n * 2);
    data[n++] = t;
  }

  @SuppressWarnings("unchecked")
  synchronized T get(int i) {
    if (i >= n) throw new IndexOutOfBoundsException(i + ">=" + n);
    return (T) data[i];
  }

  synchronized int size() {
    return n;
  }

  public Iterator<T> iterator() {
    return new Iterator<>() {
      int at;

      public boolean hasNext() {
        return at < size();
      }

      public T next() {
        return get(at++);
      }
    };
  }
}

abstract class Universal {
  private static boolean UNIVERSAL_DEBUG;
  private boolean DEBUG = true;
  private String prompt = "Universal> ";

  void dbgPrintln(String s) {
    if (DEBUG && UNIVERSAL_DEBUG) System.out.println(prompt + s);
  }
}

class AppDemo extends Universal {
  @Shared static ResultVector<Result> results = new ResultVector<>();
  static final int nRuns = 200, steps = 250;
  double avg;

  void runThread() {
    int id = Dsm.node(), n = Dsm.nodes(), slice = (nRuns + n - 1) / n;
    for (int run = id * slice; run < Math.min(nRuns, (id + 1) * slice); run++) {
      MonteCarloPath p =
          new MonteCarloPath(
              steps,
              run % 2 == 0
                  ? MonteCarloPath.ReturnType.COMPOUNDED
                  : MonteCarloPath.ReturnType.NONCOMPOUNDED);
      p.set_name("MC run " + run);
      p.set_dTime(1.0 / 365);
      p.computeFluctuations(run * 11L);
      p.computePath(100);
      results.add(new Result("Run: " + p.get_name(), p.expected(), steps * 0.1, p.last(), run));
    }
  }

  void processResults() {
    List<Result> all = new ArrayList<>();
    for (Result r : results) all.add(r);
    Collections.sort(all);
    for (Result r : all) avg += r.rate();
    System.out.println(all.size() + " avg " + avg / all.size());
    System.out.println(
        all.get(17)
            + " "
            + all.get(17)
                .equals(
                    new Result(
                        "Run: MC run 17", all.get(17).rate(), 25.0, all.get(17).last(), 17)));
    System.out.println(all.stream().mapToDouble(Result::last).max().getAsDouble());
  }
}

public class JGFMonteCarlo {
  public static void main(String[] args) {
    AppDemo a = new AppDemo();
    a.runThread();
    Dsm.barrier();
    if (Dsm.node() == 0) a.processResults();
    Dsm.barrier();
  }
}

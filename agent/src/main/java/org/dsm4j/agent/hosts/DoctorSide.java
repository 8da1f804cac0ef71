package org.dsm4j.agent.hosts;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.dsm4j.agent.doctor.Doctor;
import org.dsm4j.agent.doctor.Finding;

/**
 * The doctor's helper at the other end of ssh: tells about its host and measures the way to others.
 * It ends when nobody is at the other end any more.
 */
public final class DoctorSide {
  private static final int STATUS_MISUSE = 2;

  private final Map<String, String> facts;
  private final Doctor doctor;
  private final PrintStream out =
      new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);

  private DoctorSide(Map<String, String> facts, Doctor doctor) {
    this.facts = facts;
    this.doctor = doctor;
  }

  /**
   * Does all of it, on this process's standard streams.
   *
   * @param facts about this host
   */
  public static int run(Map<String, String> facts, Doctor doctor) throws IOException {
    return new DoctorSide(facts, doctor).run();
  }

  private int run() throws IOException {
    BufferedReader in =
        new BufferedReader(
            new InputStreamReader(new FileInputStream(FileDescriptor.in), StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      List<String> words = DoctorLines.words(line);
      switch (words.get(0)) {
        case DoctorLines.EXAMINE -> examine();
        case DoctorLines.CLOCK -> tell(DoctorLines.CLOCK, System.currentTimeMillis());
        case DoctorLines.LISTEN -> listen(words.get(1));
        case DoctorLines.MEASURE ->
            measure(words.get(1), Integer.parseInt(words.get(2)), words.get(3));
        default -> {
          System.err.println("dsm: this command is for the doctor; use: dsm doctor --hosts");
          return STATUS_MISUSE;
        }
      }
    }
    return 0;
  }

  private void tell(Object... words) {
    out.println(DoctorLines.marked(words));
  }

  private void examine() {
    facts.forEach((name, value) -> tell(DoctorLines.FACT, name, value));
    for (Finding each : doctor.look()) {
      tell(DoctorLines.FINDING, each.level(), each.name(), each.text(), each.remedy());
    }
    tell(DoctorLines.END);
  }

  private void listen(String token) {
    try {
      ServerSocket listener = new ServerSocket(0, 2);
      Thread thread =
          new Thread(
              null,
              () -> {
                try {
                  PairProbe.serve(listener, token);
                } catch (IOException e) {
                  // Who measures says so.
                }
              },
              "dsm-probe",
              0,
              false);
      thread.setDaemon(true);
      thread.start();
      tell(DoctorLines.PORT, listener.getLocalPort());
    } catch (IOException e) {
      tell(DoctorLines.FAILED, "it cannot listen: " + e.getMessage());
    }
  }

  private void measure(String host, int port, String token) {
    try {
      PairProbe.Result result = PairProbe.measure(host, port, token);
      tell(
          DoctorLines.MEASURED,
          result.roundTripMicros(),
          result.upBytesPerSecond(),
          result.downBytesPerSecond());
    } catch (IOException e) {
      tell(DoctorLines.FAILED, e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }
}

package org.dsm4j.samples.life;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class FrameTest {
  private static final String END = "\033[0m\033[K\n";

  @Test
  void drawsTwoRowsALineInTheColoursOfTheOwners() {
    Frame frame = Frame.fitting(2, 4, 10, 80);
    frame.sample(new byte[] {1, 0, 1, 0, 1, 1, 0, 0}, new int[] {2});
    String two = String.valueOf(Frame.colour(2));
    assertEquals(
        "\033[0;38;5;%s;48;5;%sm▀\033[0;38;5;%sm▄\033[0;38;5;%sm▀\033[0m "
                .formatted(two, two, two, two)
            + END,
        render(frame));
  }

  @Test
  void tellsPagesApartAndThoseWithoutAnOwner() {
    Frame frame = Frame.fitting(2, 4096, 4, 4096);
    byte[] cells = new byte[8192];
    cells[0] = 1;
    cells[4096] = 1;
    frame.sample(cells, new int[] {-1, 1});
    assertEquals(
        "\033[0;38;5;250;48;5;%dm▀".formatted(Frame.colour(1)),
        render(frame).substring(0, render(frame).indexOf('▀') + 1));
  }

  @Test
  void shrinksALargeBoardSoThatNoLivingCellIsLost() {
    Frame frame = Frame.fitting(100, 100, 10, 80);
    byte[] cells = new byte[100 * 100];
    cells[99 * 100 + 99] = 1;
    frame.sample(cells, new int[] {0, 0, 0});
    assertEquals(5, frame.lines());
    assertEquals(1, render(frame).chars().filter(c -> c == '▄').count());
  }

  private static String render(Frame frame) {
    StringBuilder text = new StringBuilder();
    frame.render(text);
    return text.toString();
  }
}

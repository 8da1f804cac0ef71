package org.dsm4j.samples.tsp;

import java.util.Arrays;
import org.dsm4j.Shared;

/** The beginning of a round trip, or a whole one. Never changed once it is made. */
@Shared
final class Tour {
  private final int[] cities;
  private final int length;

  /** Starts in city 0. */
  Tour() {
    cities = new int[1];
    length = 0;
  }

  private Tour(Tour begun, int city, int distance) {
    int count = begun.cities.length;
    cities = Arrays.copyOf(begun.cities, count + 1);
    cities[count] = city;
    length = begun.length + distance;
  }

  /** Of the first {@code count} of these cities. */
  Tour(int[] cities, int count, int length) {
    this.cities = Arrays.copyOf(cities, count);
    this.length = length;
  }

  /** This one, and then on to a city so far away. */
  Tour to(int city, int distance) {
    return new Tour(this, city, distance);
  }

  int count() {
    return cities.length;
  }

  int length() {
    return length;
  }

  int last() {
    return cities[cities.length - 1];
  }

  boolean visits(int city) {
    for (int visited : cities) {
      if (visited == city) {
        return true;
      }
    }
    return false;
  }

  /** The cities, in a new array on the heap with room for more. */
  int[] route(int room) {
    return Arrays.copyOf(cities, room);
  }

  @Override
  public String toString() {
    return Arrays.toString(cities) + " " + length;
  }
}

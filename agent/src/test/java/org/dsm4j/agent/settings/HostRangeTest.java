package org.dsm4j.agent.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Slurm's lists of hosts. */
class HostRangeTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a | a",
        "a,b.example.org,c-1 | a b.example.org c-1",
        "n[1-3] | n1 n2 n3",
        "n[3] | n3",
        "n[007-010] | n007 n008 n009 n010",
        "n[8-11,2] | n8 n9 n10 n11 n2",
        "n[09-10,1] | n09 n10 n1",
        "login,gpu[01-02,7]-ib,z | login gpu01-ib gpu02-ib gpu7-ib z",
        "r[1-2]n[01-02] | r1n01 r1n02 r2n01 r2n02"
      })
  void everyHostInOrder(String list, String hosts) {
    assertEquals(List.of(hosts.split(" ")), HostRange.expand(list));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a,,b",
        "a,",
        "n[",
        "n]",
        "n[1-",
        "n[1-]",
        "n[-1]",
        "n[3-1]",
        "n[a-b]",
        "n[1-2-3]",
        "n[[1]]",
        "n[]",
        "n[0-99999999999]",
        "a b",
        "n[1,]",
        "a;rm"
      })
  void whatIsNoListIsRefused(String list) {
    assertThrows(IllegalArgumentException.class, () -> HostRange.expand(list));
  }

  @Test
  void aListIsNotLongerThanAnyCluster() {
    assertEquals(65_536, HostRange.expand("n[1-65536]").size());
    assertThrows(IllegalArgumentException.class, () -> HostRange.expand("n[1-65536],m"));
  }
}

package org.dsm4j.samples.wordcount;

import org.dsm4j.Shared;

/** An entry of a {@link WordMap}. */
@Shared
final class Word {
  final String text;
  final Word next;
  int count;

  Word(String text, Word next) {
    this.text = text;
    this.next = next;
  }
}

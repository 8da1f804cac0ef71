package org.dsm4j.samples.litmus;

/**
 * Where the instances of a batch lie in a bank of memory: an element's index. Immutable.
 *
 * @param first of the first instance's first variable
 * @param instanceStep from one instance to the next
 * @param variableStep from one variable of an instance to the next
 */
record Spread(int first, int instanceStep, int variableStep) {
  int index(int variable, int instance) {
    return first + instance * instanceStep + variable * variableStep;
  }
}

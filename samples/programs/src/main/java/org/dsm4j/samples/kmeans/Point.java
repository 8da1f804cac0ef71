package org.dsm4j.samples.kmeans;

import org.dsm4j.Shared;

/** Whole numbers, whose sums are exact in any order. */
@Shared
record Point(int x, int y) {}

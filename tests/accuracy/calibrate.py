#!/usr/bin/env python3
"""Fits src/vision/labels/calibration.tsv to what `eyrie_accuracy --dump` prints on standard input.

A curve is the isotonic regression of "right" on the raw score (pool adjacent violators), drawn through the means of
its blocks and held a little below them where a block rests on few labels: (right + 0.8 PRIOR) / (n + PRIOR) above
80 %, so that no small sample makes a network sure. Detectors have two curves: where the general tagger contradicts
(LabelFinder), and elsewhere.
"""

import collections
import sys

PRIOR = 4  # labels that are believed to be right four times in five
LEAST_BLOCK = 25  # labels: smaller blocks are joined to their neighbour
HIGHEST = 0.995  # nothing but a score of 1 is surer


def main():
    rows = collections.defaultdict(list)
    for line in sys.stdin:
        model, _, _, _, score, right, contradicted = line.rstrip("\n").split("\t")
        kind = "/contradicted" if contradicted == "1" and "efficientnet" not in model else ""
        rows[model + kind].append((float(score), int(right)))
    print("# Score to confidence by model: points of score:confidence, straight lines between. Fitted by tests/accuracy/calibrate.py")
    print("# on the evaluation set's COCO and ImageNet photos.")
    for model in sorted(rows):
        points = curve(sorted(rows[model]))
        print(model + "\t" + "\t".join(f"{score:.3f}:{confidence:.5f}" for score, confidence in points))


def curve(pairs):
    blocks = []  # [sum of scores, right, n]
    for score, right in pairs:
        blocks.append([score, right, 1])
        while len(blocks) > 1 and (blocks[-2][2] < LEAST_BLOCK or mean(blocks[-2]) >= mean(blocks[-1])):
            last = blocks.pop()
            for i in range(3):
                blocks[-1][i] += last[i]
    points = [(0.0, 0.0)]
    for block in blocks:
        score = block[0] / block[2]
        if score > points[-1][0] + 0.001:
            points.append((score, max(rising(points[-1], score), min(HIGHEST, believed(block)))))
    points.append((1.0, max(rising(points[-1], 1.0), HIGHEST)))
    return points


def rising(point, score):
    """A little more than the point's confidence: a flat curve would lose the order of scores."""
    return point[1] + 0.01 * (score - point[0])


def mean(block):
    return block[1] / block[2]


def believed(block):
    _, right, n = block
    return (right + 0.8 * PRIOR) / (n + PRIOR) if right / n > 0.8 else right / n


if __name__ == "__main__":
    main()

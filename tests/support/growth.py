"""What a server keeps for good of each upload: its memory and descriptors at rest, reading by reading, and the slope.

    growth = Growth(server)
    growth.read(uploads_so_far)      # at rest
    growth.slope()                   # bytes an upload, and the standard error

The slope is a straight line's by least squares. Its standard error comes from how far the readings lie off that line, so it says what a run of that
length can tell: a run whose error is not far below the limit cannot be judged by it.
"""

import math
import os
import pathlib
import time

REST_SECONDS = 6  # the server returns freed memory every five

# What an upload may keep of memory, and how well a run must know that to judge it.
LIMIT_BYTES = 1024
MOST_ERROR = 250
# Another connection of SQLite's has two.
MORE_DESCRIPTORS = 4


def straight_line(points):
    """(slope, its standard error) of y over x; two points tell no error."""
    count = len(points)
    mean_x, mean_y = (sum(point[i] for point in points) / count for i in (0, 1))
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    if count < 3:
        return slope, math.inf
    off = sum((y - mean_y - slope * (x - mean_x)) ** 2 for x, y in points)
    return slope, math.sqrt(off / (count - 2) / spread)


class Growth:
    def __init__(self, server, readings=()):
        self._server = server
        self._readings = list(readings)  # uploads, resident bytes, descriptors

    def read(self, uploads):
        """Once nothing is in progress any more. What was read, for people."""
        time.sleep(REST_SECONDS)
        resident = self._server.resident_mib() * 2**20
        descriptors = len(os.listdir(pathlib.Path("/proc") / str(self._server.process.pid) / "fd"))
        self._readings.append((uploads, resident, descriptors))
        return f"after {uploads} uploads: {resident / 2**20:.1f} MiB, {descriptors} descriptors"

    def second_half(self):
        """The later readings alone."""
        return Growth(self._server, self._readings[len(self._readings) // 2:])

    def slope(self):
        return straight_line([(uploads, resident) for uploads, resident, _ in self._readings])

    def more_mib(self):
        """How much more memory there is at the end than at the beginning."""
        return (self._readings[-1][1] - self._readings[0][1]) / 2**20

    def more_descriptors(self):
        return self._readings[-1][2] - self._readings[0][2]

    def summary(self):
        slope, error = self.slope()
        return f"{slope:.0f} bytes an upload (+-{error:.0f}), {self.more_mib():.1f} MiB and {self.more_descriptors()} descriptors more"

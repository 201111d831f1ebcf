"""Experiments with the model: one command a file, on one shared way to plan, run and store a study."""

import time

BEGAN = time.perf_counter()
"""When this process began, for what says how long a command takes."""

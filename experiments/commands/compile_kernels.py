"""`python -m conscription_flight.commands.compile_kernels`: compile the engine into its cache, as installation does."""

from __future__ import annotations

from conscription_flight.commands import run
from conscription_flight.commands.conduct import planned
from conscription_flight.runs.simulator import Worker

if __name__ == "__main__":
    Worker(planned(run, "run", [])).warm_up()

"""`python -m experiments.warm`: compile the engine into its cache, as installation does."""

from __future__ import annotations

from experiments import run
from experiments.runner import Worker
from experiments.study import planned

if __name__ == "__main__":
    Worker(planned(run, "run", [])).warm_up()

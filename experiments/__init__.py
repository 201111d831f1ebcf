"""Experiments with the model: one command a file, on one shared way to plan, run and store a study."""

"""The compiled engine: the state of a run in columns, what its rules read, and the stages of a day."""

"""The stages of a day in columns: compiled bookkeeping that calls the rules of `conscription_flight.model.behaviour` and holds none of its own.

Cost grows with events. Men of a type stand sorted by resistance, so those who set out today are the next few; notices walk a
keyed permutation of each draft pool; queues, homecomings and intakes are lists linked through the men.
"""

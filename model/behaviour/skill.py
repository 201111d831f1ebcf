"""Skill as a trait: who leaves (documents 001:34, 002:6)."""

from conscription_flight.model.compiled import compiled


@compiled
def skilled_chance(of_means, exempt, young, student):
    """Chance that a man is skilled: that of his means, or that of a student if he is young and exempt."""
    if exempt and young:
        return student
    return of_means

"""The model: men, border states, the mobilising state, and the days they live through."""

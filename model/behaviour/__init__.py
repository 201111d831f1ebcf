"""The rules that men follow: small pure functions, one quantity each, called alike by both engines."""

"""Nonconformances (부적합) and what is done about them: containment, causes, actions, cost."""

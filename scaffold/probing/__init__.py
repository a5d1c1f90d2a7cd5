"""What doctor's rules need to know, looked up: one room a subject, each a typed group of facts and its probe.

A room holds `model` (frozen dataclasses; None means unknown, never good) and `probe`, which fills the group
for a `Target`. Probes are read-only, offline, start nothing of the target, and ask the host through `System`.
"""

"""How an environment is, by its files: nothing of it is started and nothing is changed.

`inspect` reads what it holds, `verify` which files are missing, cut short or altered, `drift` and
`differences` how far it is from its lock or plan, `collisions` and `remains` what else is wrong, `usage`
what room it takes.
`whole` gathers all of it for the rules of doctor and ``env check``.
"""

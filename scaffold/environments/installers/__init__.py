"""uv, pip, virtualenv and conda: how each is asked, watched and asked again, and what its words mean.

`resolve_uv` and `resolve_pip` pin everything before anything is written (`resolved` reads what they
answer); `install.Installer` puts it into an environment and makes sure that it arrived; `settle` makes the
environment keep to its builds. `signs` is the table of what installers say, `failures` makes errors of it,
`retry` decides what is tried again.
"""

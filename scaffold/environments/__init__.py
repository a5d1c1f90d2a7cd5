"""A project's Python environment: planned, made, verified, proved, looked at, put right.

`plan.plan_environment` resolves everything before anything is written (resolve_uv.py, resolve_pip.py,
lock.py). `create.create` and `create.discard` make it, or leave things as they were (state.py, install.py,
settle.py). `inspect.inspect` tells what its files tell, `verify.damages` which installed files are missing
or cut short, `probe.prove` whether each framework trains one step in it.
"""

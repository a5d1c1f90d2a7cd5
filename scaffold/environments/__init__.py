"""A project's Python environment: planned, made, verified, proved, looked at, put right.

`plan.plan_environment` resolves everything before anything is written (resolve_uv.py, resolve_pip.py,
lock.py). `create.create` makes it, or leaves things as they were (differences.py, state.py, install.py,
settle.py). `inspect.inspect` tells what its files tell, `verify.damages` which installed files are missing
or cut short, `probe.prove` whether each framework trains one step in it.
"""

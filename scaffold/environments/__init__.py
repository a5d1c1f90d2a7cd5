"""A project's Python environments: planned, made, verified, proved, locked, looked at, put right.

`plan.plan_environment` resolves everything before anything is written. `create.create` carries the plan out
as one `transaction`, or leaves things as they were; `state` is its journal, `layout.Place` says where each
environment and what is known of it lies. Below: ``installers/`` (uv, pip, conda), ``condition/`` (how an
environment is), ``proving/`` (whether it computes), ``locking/`` (the project's lock files).
"""

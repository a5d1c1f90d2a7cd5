"""A project's locks: ``uv.lock``, and of each accelerator a pylock and a hashed requirements file.

``uv.lock`` is what uv resolved for every machine at once. ``pylock.<group>.toml`` (PEP 751) is
one accelerator's share of it; ``requirements/lock-<group>.txt`` is the same with hashes and no address, which
any mirror serves and any pip installs.
"""

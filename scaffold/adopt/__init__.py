"""``scaffold adopt``: a project that somebody else made becomes one that scaffold looks after.

Not a byte of its own files changes, except of PyCharm's. What is written is a record below ``.scaffold``, run
configurations below ``.run`` under names that are free, ``.idea`` as `scaffold ide pycharm` has it, and an
environment.
"""

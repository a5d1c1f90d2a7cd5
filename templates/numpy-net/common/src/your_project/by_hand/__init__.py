"""The network written out in NumPy: read `network.py` first, then `check.py` and `loop.py`."""

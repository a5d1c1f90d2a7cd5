"""The PyTorch side: `loop.py` is the training loop, `engine.py` what the rest of the project sees of it."""

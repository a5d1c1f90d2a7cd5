"""The PyTorch side: `loop.py` is the training loop, `engine.py` the one class that the rest of the project uses."""

"""Evaluate the newest network that was trained with PyTorch.

python -m your_project.pytorch.evaluate
"""

from your_project import workflows

if __name__ == "__main__":
    workflows.evaluate("pytorch")

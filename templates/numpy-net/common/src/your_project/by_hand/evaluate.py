"""Evaluate the newest network that was trained with NumPy.

python -m your_project.by_hand.evaluate
"""

from your_project import workflows

if __name__ == "__main__":
    workflows.evaluate("numpy")

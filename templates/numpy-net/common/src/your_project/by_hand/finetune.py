"""Adapt a network that was trained with NumPy, beside training from scratch.

python -m your_project.by_hand.finetune
"""

from your_project import workflows

if __name__ == "__main__":
    workflows.finetune("numpy")

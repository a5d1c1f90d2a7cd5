"""Adapt a trained network with PyTorch, beside training from scratch.

python -m your_project.pytorch.finetune
"""

from your_project import workflows

if __name__ == "__main__":
    workflows.finetune("pytorch")

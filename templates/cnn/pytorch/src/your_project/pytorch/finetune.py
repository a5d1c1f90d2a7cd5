"""Adapt a trained network to classes that it has not seen, beside training from scratch.

python -m your_project.pytorch.finetune --shots 10
"""

from your_project import workflows

if __name__ == "__main__":
    workflows.finetune("pytorch")

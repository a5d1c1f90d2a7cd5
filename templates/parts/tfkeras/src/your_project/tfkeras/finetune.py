"""Adapt a trained network with Keras, beside training from scratch.

python -m your_project.tfkeras.finetune
"""

from your_project import workflows

if __name__ == "__main__":
    workflows.finetune("keras")

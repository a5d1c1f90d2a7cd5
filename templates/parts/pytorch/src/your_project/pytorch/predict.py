"""Ask the newest network that was trained with PyTorch.

python -m your_project.pytorch.predict
"""

from your_project import workflows

if __name__ == "__main__":
    workflows.predict("pytorch")

"""Write the newest network that was trained with PyTorch in formats that other programs run.

python -m your_project.pytorch.export
"""

from your_project import workflows

if __name__ == "__main__":
    workflows.export("pytorch")

"""Train the network with PyTorch, then evaluate it and write a report.

python -m your_project.pytorch.train --epochs 20
"""

from your_project import workflows

if __name__ == "__main__":
    workflows.train("pytorch")

"""Train the network with PyTorch, evaluate it and write a report.

python -m your_project.pytorch.train
"""

from your_project import workflows

if __name__ == "__main__":
    workflows.train("pytorch")

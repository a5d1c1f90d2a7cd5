"""Try settings with PyTorch, and keep the network that does best.

python -m your_project.pytorch.search
"""

from your_project import workflows

if __name__ == "__main__":
    workflows.search("pytorch")

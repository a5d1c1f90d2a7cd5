"""Try settings with NumPy, and keep the network that does best.

python -m your_project.by_hand.search
"""

from your_project import workflows

if __name__ == "__main__":
    workflows.search("numpy")

"""Train the network that is written out in NumPy, evaluate it and write a report.

python -m your_project.by_hand.train
"""

from your_project import workflows

if __name__ == "__main__":
    workflows.train("numpy")

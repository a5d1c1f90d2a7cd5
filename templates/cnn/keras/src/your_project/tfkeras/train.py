"""Train the network with Keras, then evaluate it and write a report.

python -m your_project.tfkeras.train --epochs 20
"""

from your_project import workflows

if __name__ == "__main__":
    workflows.train("keras")

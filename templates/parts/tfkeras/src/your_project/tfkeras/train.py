"""Train the network with Keras, evaluate it and write a report.

python -m your_project.tfkeras.train
"""

from your_project import workflows

if __name__ == "__main__":
    workflows.train("keras")

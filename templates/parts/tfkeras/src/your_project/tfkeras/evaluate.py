"""Evaluate the newest network that was trained with Keras.

python -m your_project.tfkeras.evaluate
"""

from your_project import workflows

if __name__ == "__main__":
    workflows.evaluate("keras")

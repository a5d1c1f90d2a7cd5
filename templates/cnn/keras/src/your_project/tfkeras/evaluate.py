"""Evaluate the newest trained network on the test images with Keras.

python -m your_project.tfkeras.evaluate --run my-run
"""

from your_project import workflows

if __name__ == "__main__":
    workflows.evaluate("keras")

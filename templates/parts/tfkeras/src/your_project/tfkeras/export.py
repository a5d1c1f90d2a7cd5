"""Write the newest network that was trained with Keras in formats that other programs run.

python -m your_project.tfkeras.export
"""

from your_project import workflows

if __name__ == "__main__":
    workflows.export("keras")

"""Write the newest network that was trained with NumPy in formats that other programs run.

python -m your_project.by_hand.export
"""

from your_project import workflows

if __name__ == "__main__":
    workflows.export("numpy")

"""Ask the newest network that was trained with Keras.

python -m your_project.tfkeras.predict
"""

from your_project import workflows

if __name__ == "__main__":
    workflows.predict("keras")

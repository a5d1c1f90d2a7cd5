"""Say what is on images, with the newest network that was trained with Keras.

python -m your_project.tfkeras.predict photo.png
"""

from your_project import workflows

if __name__ == "__main__":
    workflows.predict("keras")

"""Try settings with Keras, and keep the network that does best.

python -m your_project.tfkeras.search
"""

from your_project import workflows

if __name__ == "__main__":
    workflows.search("keras")

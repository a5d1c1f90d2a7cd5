"""Put what a run of tune has learned into the model's weights.

python -m your_project.pytorch.merge
"""

from your_project.pytorch import tuning

if __name__ == "__main__":
    tuning.merge()

"""Tune a language model of somebody else on chats, and compare its answers before and after.

python -m your_project.pytorch.tune
"""

from your_project.pytorch import tuning

if __name__ == "__main__":
    tuning.tune()

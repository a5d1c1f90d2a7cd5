"""Compare the derivatives written by hand with difference quotients, and with the project's frameworks.

python -m your_project.by_hand.check_gradients
"""

from your_project.by_hand import comparison

if __name__ == "__main__":
    comparison.check()

"""XML as JetBrains' IDEs write it: made anew (`writing`), read, and changed in place (`source`)."""

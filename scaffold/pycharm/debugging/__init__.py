"""The debugger as PyCharm drives it: its engine, what the IDE says to it, where a breakpoint makes sense."""

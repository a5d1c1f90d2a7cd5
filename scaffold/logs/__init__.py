"""What a pasted traceback or a training log tells: signatures of failures, found in text of any size.

The signatures are data: `signs/*.toml`, one file a subject, each entry with the finding that it stands for.
"""

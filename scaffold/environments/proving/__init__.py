"""Whether the frameworks compute: one training step, and values compared with the processor's and exact ones.

`probe` runs the scripts of ``probes/`` in the environment's own interpreter, `probe_answers` reads what they
print, `proofs` keeps it in ``.scaffold/proofs.json``.
"""

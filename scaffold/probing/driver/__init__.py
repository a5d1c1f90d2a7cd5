"""NVIDIA's and AMD's driver stacks, as far as programs depend on them."""

"""Training steps on several ranks, beside threads and PyTorch's DDP: python -m benchmarks.distributed"""

"""Training steps on several ranks beside threads and PyTorch's DDP, and a performance model: python -m benchmarks.distributed"""

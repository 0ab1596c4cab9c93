"""Training steps on several ranks, beside threads and PyTorch's DDP, and a model of their time: python -m benchmarks.distributed"""

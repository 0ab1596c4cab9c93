from autograd.scipy import linalg as linalg, signal as signal, special as special, stats as stats

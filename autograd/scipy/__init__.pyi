from autograd.scipy import special as special, stats as stats

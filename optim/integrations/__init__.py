"""What joins `optim` with `nn` and with other libraries: trained runs, and scikit-learn's estimators (extra `sklearn`).

>>> import numpy as np
>>> from optim.integrations import MLPClassifier
>>> x, y = np.eye(4), np.array(["cat", "dog", "cat", "dog"])
>>> MLPClassifier((8,), solver="lbfgs", random_state=0).fit(x, y).predict(x[:2]).tolist()
['cat', 'dog']
"""

from autograd.extend import lazy_attributes

__getattr__, __dir__, __all__ = lazy_attributes(__name__, __file__)

from optim.distributed.communicator import (
    Communicator as Communicator,
    DistributedError as DistributedError,
    SingleProcess as SingleProcess,
    raise_together as raise_together,
)
from optim.distributed.mpi import MPICommunicator as MPICommunicator
from optim.distributed.threads import ThreadCommunicator as ThreadCommunicator, run_threads as run_threads

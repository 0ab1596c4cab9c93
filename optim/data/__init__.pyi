from optim.data.augmentation import Compose as Compose, Mask as Mask, Noise as Noise, Scale as Scale
from optim.data.datasets import (
    ArrayDataset as ArrayDataset,
    Dataset as Dataset,
    Subset as Subset,
)
from optim.data.digits import digits as digits
from optim.data.errors import DataFileError as DataFileError
from optim.data.file_batches import FileBatches as FileBatches
from optim.data.file_dataset import Block as Block, FileDataset as FileDataset
from optim.data.finite import check_finite as check_finite
from optim.data.idx import read_idx as read_idx
from optim.data.image_augmentation import (
    CutOut as CutOut,
    HorizontalFlip as HorizontalFlip,
    RandomCrop as RandomCrop,
    Rotate as Rotate,
    Shift as Shift,
    rotate as rotate,
)
from optim.data.images import as_images as as_images
from optim.data.loader import DataLoader as DataLoader
from optim.data.memmap import memmap_dataset as memmap_dataset
from optim.data.mnist import Images as Images, mnist as mnist
from optim.data.padding import Buckets as Buckets, PaddedSequences as PaddedSequences, pad_sequences as pad_sequences
from optim.data.parquet import parquet_dataset as parquet_dataset
from optim.data.preprocessing import (
    MinMaxScaler as MinMaxScaler,
    OneHotEncoder as OneHotEncoder,
    StandardScaler as StandardScaler,
    min_max as min_max,
    one_hot as one_hot,
    standardize as standardize,
)
from optim.data.split import k_folds as k_folds, split as split
from optim.data.synthetic import blobs as blobs, circles as circles, moons as moons, spirals as spirals, xor as xor
from optim.data.tables import Table as Table, read_table as read_table
from optim.data.tokenizer import CharTokenizer as CharTokenizer
from optim.data.windows import Windows as Windows

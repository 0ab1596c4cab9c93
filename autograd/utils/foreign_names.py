"""Names of PyTorch, Keras, scikit-learn and NumPy that differ here, with the names to use instead."""

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

#: A name of another library → the name to use here.
SUGGESTIONS: dict[str, str] = {
    "input_names": "names=(inputs, outputs)",
    "output_names": "names=(inputs, outputs)",
    "dynamic_axes": "dynamic_batch and batch_axis",
    "dynamic_shapes": "dynamic_batch and batch_axis",
    "opset_version": "opset",
    "dummy_input": "example",
    "example_inputs": "example",
    "to_onnx": "nn.export_onnx",
    "onnx": "nn.export_onnx",
    "from_onnx": "nn.load_onnx",
    "InferenceSession": "nn.load_onnx",
    "dim": "axis",
    "dims": "axis",
    "keepdim": "keepdims",
    "optimiser": "optimizer",
    "optim": "optimizer",
    "criterion": "loss",
    "learning_rate": "lr",
    "learning_rate_init": "lr",
    "verbose": "progress",
    "seed": "rng",
    "random_state": "rng",
    "generator": "rng",
    "batch_size": "batching=MiniBatch(size)",
    "validation_data": "validation",
    "weight_decay": "penalty=L2(…)",
    "patience": "early_stopping=EarlyStopping(patience=…)",
    "shuffle": "data=DataLoader(data, shuffle=…)",
    "num_epochs": "epochs",
    "vmap": "nn.per_example_gradients(model, loss, x, y)",
    "jacfwd": "jacobian",
    "jacrev": "jacobian",
    "n_epochs": "epochs",
    "gradient_clip_val": "clip_norm",
    "num_workers": "prefetch",
    "prefetch_factor": "prefetch",
    "pin_memory": "nothing (everything runs on the CPU)",
    "filepath": "folder",
    "directory": "folder",
    "filename": "path",
    "save_best_only": "best=True",
    "save_freq": "every",
    "log_dir": "folder",
    "logdir": "folder",
    "global_step": "step",
    "histogram_freq": "histograms",
    "write_graph": "graph",
    "write_images": "images={tag: function of the run}",
    "write_steps_per_second": "nothing (the column seconds of the history is written)",
    "update_freq": "steps",
    "purge_step": "nothing (a resumed training continues its curves)",
    "SummaryWriter": "optim.TensorBoard",
    "add_scalar": "scalar",
    "add_scalars": "scalar",
    "add_histogram": "histogram",
    "add_image": "image",
    "add_figure": "image",
    "add_text": "text",
    "add_graph": "graph=True",
    "add_hparams": "hyperparameters={…}",
    "max_to_keep": "keep",
    "restore_best_weights": "nothing (the best weights are always restored)",
    "n_samples": "n",
    "n_classes": "classes",
    "num_classes": "classes",
    "centers": "classes",
    "cluster_std": "noise",
    "n_splits": "k",
    "test_size": "fractions",
    "max_iter": "epochs",
    "max_epochs": "epochs",
    "max_norm": "limit of clip_grad_norm or MaxNorm, or clip_norm of fit",
    "max_value": "limit",
    "norm_type": "p",
    "beta_1": "betas=(beta_1, beta_2)",
    "beta_2": "betas=(beta_1, beta_2)",
    "nesterovs_momentum": "nesterov",
    "kernel_regularizer": "penalty of the optimizer",
    "kernel_constraint": "constraint of the optimizer",
    "regularizer": "penalty",
    "min_delta": "threshold",
    "L1L2": "ElasticNet",
    "NonNeg": "NonNegative",
    "Nadam": "NAdam",
    "Lamb": "LAMB",
    "ExponentialDecay": "ExponentialLR",
    "CosineDecay": "CosineAnnealingLR",
    "CosineDecayRestarts": "CosineAnnealingWarmRestarts",
    "InverseTimeDecay": "InverseTimeLR",
    "PolynomialDecay": "PolynomialLR",
    "scheduler": "schedule",
    "lr_scheduler": "schedule=… of fit, or a class such as optim.StepLR,",
    "units": "out_features, or hidden_size of a recurrent layer,",
    "return_sequences": "nothing (a recurrent layer returns the outputs of all steps and the last state)",
    "return_state": "nothing (a recurrent layer returns the outputs of all steps and the last state)",
    "recurrent_initializer": "init",
    "unit_forget_bias": "forget_bias=1.0",
    "proj_size": "a Linear layer after the LSTM",
    "go_backwards": "x[::-1], along the axis of the steps,",
    "stateful": "the last state as hx of the next call",
    "return_indices": "nothing: the largest elements are returned without their positions",
    "SimpleRNN": "RNN",
    "SimpleRNNCell": "RNNCell",
    "Bidirectional": "bidirectional=True of a recurrent layer",
    "Conv1D": "Conv1d",
    "Conv2D": "Conv2d",
    "Conv3D": "Conv3d",
    "Conv1DTranspose": "ConvTranspose1d",
    "Conv2DTranspose": "ConvTranspose2d",
    "DepthwiseConv1D": "Conv1d with groups=in_channels",
    "DepthwiseConv2D": "Conv2d with groups=in_channels",
    "SeparableConv1D": "Conv1d with groups=in_channels, then Conv1d with kernel_size=1,",
    "SeparableConv2D": "Conv2d with groups=in_channels, then Conv2d with kernel_size=1,",
    "LazyConv1d": "Conv1d",
    "LazyConv2d": "Conv2d",
    "LazyConv3d": "Conv3d",
    "depth_multiplier": "out_channels, a multiple of groups,",
    "data_format": "nothing: channels are axis 1, as in (N, C, H, W)",
    "filters": "out_channels",
    "strides": "stride",
    "dilation_rate": "dilation",
    "input_dim": "in_features, or num_embeddings of Embedding,",
    "output_dim": "embedding_dim",
    "hidden_layer_sizes": "sizes",
    "use_bias": "bias",
    "kernel_initializer": "init",
    "embeddings_initializer": "init",
    "activation": "an activation as the next layer, such as nn.ReLU(),",
    "nonlinearity": "activation=…",
    "inplace": "nothing (activations return new tensors)",
    "mask_zero": "padding_idx=0",
    "attn_mask": "mask, whose True means 'may attend', as in PyTorch's function and contrary to its MultiheadAttention,",
    "attention_mask": "mask",
    "src_mask": "mask, whose True means 'may attend', contrary to PyTorch's layers,",
    "tgt_mask": "mask, whose True means 'may attend', contrary to PyTorch's layers,",
    "key_padding_mask": "key_mask, whose True means 'valid', contrary to PyTorch's,",
    "src_key_padding_mask": "key_mask, whose True means 'valid', contrary to PyTorch's,",
    "tgt_key_padding_mask": "key_mask, whose True means 'valid', contrary to PyTorch's,",
    "memory_key_padding_mask": "memory_key_mask, whose True means 'valid', contrary to PyTorch's,",
    "key_dim": "embed_dim, which is num_heads · key_dim,",
    "encoder_layer": "layer",
    "decoder_layer": "layer",
    "Transformer": "TransformerEncoder and TransformerDecoder",
    "is_causal": "causal",
    "tgt_is_causal": "causal",
    "use_causal_mask": "causal",
    "dropout_p": "dropout",
    "return_attention_scores": "need_weights",
    "average_attn_weights": "need_weights=True, and weights.mean(axis=1),",
    "batch_first": "nothing: inputs are always batch first, (N, T, features)",
    "vocab_size": "vocabulary",
    "n_embd": "width",
    "n_layer": "layers",
    "n_head": "heads",
    "block_size": "context",
    "max_new_tokens": "length",
    "max_length": "length",
    "start_dim": "start_axis",
    "end_dim": "end_axis",
    "size_average": 'reduction="mean" or "sum"',
    "reduce": 'reduction="none"',
    "class_weight": "weight",
    "from_logits": "BCEWithLogitsLoss or CrossEntropyLoss",
    "rate": "p",
    "epsilon": "eps",
    "device": "nothing: everything runs on the CPU",
    "clip_grad_norm_": "clip_grad_norm",
    "clip_grad_value_": "clip_grad_value",
    "clipnorm": "clip_norm",
    "clipvalue": "clip_value",
    "tensor": "Tensor",
    "from_numpy": "Tensor(array), or from_dlpack, which shares the memory,",
    "unsqueeze": "expand_dims",
    "view": "reshape",
    "view_as": "reshape",
    "clone": "copy",
    "numel": "size",
    "contiguous": "copy",
    "expand": "broadcast_to",
    "masked_fill": "np.where",
    "index_select": "take",
    "gather": "np.take_along_axis",
    "pow": "**",
    "mm": "@",
    "bmm": "@",
    "norm": "np.linalg.norm",
    "softmax": "nn.functional.softmax",
    "float": "astype('float32')",
    "double": "astype('float64')",
    "requires_grad_": "t.requires_grad = True",
    "cpu": "nothing: everything runs on the CPU",
    "cuda": "nothing: everything runs on the CPU",
    "to": "astype",
    "add_": "+=",
    "mul_": "*=",
    "zero_": "fill(0)",
    "grad_fn": "draw()",
    "cat": "concatenate",
    "permute": "transpose",
    "add_module": "setattr, or ModuleDict",
    "Layer": "Module",
    "Model": "Module",
    "Dense": "Linear",
    "LazyLinear": "Linear",
    "BatchNormalization": "BatchNorm1d",
    "LayerNormalization": "LayerNorm",
    "RMSNormalization": "RMSNorm",
    "GroupNormalization": "GroupNorm",
    "MultiHeadAttention": "MultiheadAttention",
    "PositionEmbedding": "LearnedPositions",
    "SinePositionEncoding": "SinusoidalPositions",
    "RotaryEmbedding": "RotaryPositions",
    "ReversibleEmbedding": "TiedLinear",
    "InstanceNorm1d": "GroupNorm(channels, channels)",
    "InstanceNorm2d": "GroupNorm(channels, channels)",
    "pool_size": "kernel_size",
    "MaxPooling1D": "MaxPool1d",
    "MaxPooling2D": "MaxPool2d",
    "AveragePooling1D": "AvgPool1d",
    "AveragePooling2D": "AvgPool2d",
    "GlobalAveragePooling1D": "GlobalAvgPool1d",
    "GlobalAveragePooling2D": "GlobalAvgPool2d",
    "GlobalMaxPooling1D": "GlobalMaxPool1d",
    "GlobalMaxPooling2D": "GlobalMaxPool2d",
    "AdaptiveAveragePooling1D": "AdaptiveAvgPool1d",
    "AdaptiveAveragePooling2D": "AdaptiveAvgPool2d",
    "AdaptiveMaxPooling1D": "AdaptiveMaxPool1d",
    "AdaptiveMaxPooling2D": "AdaptiveMaxPool2d",
    "Reshape": "Unflatten",
    "unflattened_size": "sizes",
    "UpSampling1D": "Upsample",
    "UpSampling2D": "Upsample",
    "ZeroPadding1D": "ZeroPad1d",
    "ZeroPadding2D": "ZeroPad2d",
    "interpolation": "mode",
    "ReflectionPad1d": 'padding_mode="reflect" of a convolution, or np.pad,',
    "ReflectionPad2d": 'padding_mode="reflect" of a convolution, or np.pad,',
    "ReplicationPad1d": 'padding_mode="replicate" of a convolution, or np.pad,',
    "ReplicationPad2d": 'padding_mode="replicate" of a convolution, or np.pad,',
    "CircularPad1d": 'padding_mode="circular" of a convolution, or np.pad,',
    "CircularPad2d": 'padding_mode="circular" of a convolution, or np.pad,',
    "ConstantPad1d": "np.pad",
    "ConstantPad2d": "np.pad",
    "UpsamplingNearest2d": "Upsample",
    "UpsamplingBilinear2d": 'Upsample(mode="bilinear", align_corners=True)',
    "SpatialDropout1D": "Dropout1d",
    "SpatialDropout2D": "Dropout2d",
    "dropout1d": "dropout(…, channel_axes=1)",
    "dropout2d": "dropout(…, channel_axes=2)",
    "upsample": "interpolate",
    "pad": "np.pad",
    "one_hot": "optim.data.one_hot",
    "maxlen": "length",
    "sequence_length": "length",
    "sequence_stride": "step",
    "padding_value": "value",
    "padding_side": "side",
    "MLPClassifier": "optim.integrations.MLPClassifier",
    "MLPRegressor": "optim.integrations.MLPRegressor",
    "BinaryCrossentropy": "BCELoss or BCEWithLogitsLoss",
    "CategoricalCrossentropy": "CrossEntropyLoss",
    "SparseCategoricalCrossentropy": "CrossEntropyLoss",
    "MeanSquaredError": "MSELoss",
    "MeanAbsoluteError": "L1Loss",
    "Huber": "HuberLoss",
    "Hinge": "HingeLoss",
    "KLDivergence": "KLDivLoss",
    "manual_seed": "nn.seed",
    "set_random_seed": "nn.seed",
    "Dataset": "optim.data.Dataset",
    "TensorDataset": "optim.data.ArrayDataset",
    "DataLoader": "optim.data.DataLoader",
    "train_test_split": "optim.data.split",
    "StandardScaler": "optim.data.StandardScaler",
    "ModelCheckpoint": "Checkpoint",
    "PyTorchLightningPruningCallback": "OptunaPruning",
    "KerasPruningCallback": "OptunaPruning",
    "BackupAndRestore": "Checkpoint",
    "steps_per_epoch": "batching or batch_size",
    "initial_epoch": "resume=True",
    "X": "data=(inputs, targets)",
    "val_loss": "validation_loss",
    "val_accuracy": "validation_accuracy",
    "history": "history[column], of the object itself,",
    "fit": "optim.fit(model, loss, data), or an estimator of optim.integrations,",
    "partial_fit": "optim.fit(model, loss, data), or an estimator of optim.integrations,",
    "compile": "compile=True of optim.fit, which also takes loss, optimizer and metrics,",
    "predict": "optim.predict(model, inputs)",
    "predict_proba": "optim.predict(model, inputs), and nn.functional.softmax of its result,",
    "evaluate": "optim.evaluate(model, loss, data)",
    "score": "optim.evaluate(model, loss, data, metrics)",
    "summary": "nn.summary(model, shape of an example)",
    "save": "nn.save_model(model, path)",
    "save_weights": "nn.save(model.state_dict(), path)",
    "load_weights": "model.load_state_dict(nn.load(path))",
    "get_weights": "state_dict()",
    "set_weights": "load_state_dict(state)",
    "trainable_weights": "parameters()",
    "trainable_variables": "parameters()",
    "get_layer": "the attribute of its name, or model[index],",
    "coef_": "parameters()",
    "Input": "nothing (the first layer has the size of its input)",
    "F": "nn.functional",
    "utils": "optim.clip_grad_norm, nn.save, nn.init and others",
    "MSE": "MSELoss",
    "mse": "nn.MSELoss()",
    "mean_squared_error": "nn.MSELoss()",
    "squared_error": "nn.MSELoss()",
    "mae": "nn.L1Loss()",
    "mean_absolute_error": "nn.L1Loss()",
    "huber": "nn.HuberLoss()",
    "cross_entropy": "nn.CrossEntropyLoss()",
    "categorical_crossentropy": "nn.CrossEntropyLoss()",
    "sparse_categorical_crossentropy": "nn.CrossEntropyLoss()",
    "log_loss": "nn.CrossEntropyLoss()",
    "binary_crossentropy": "nn.BCEWithLogitsLoss()",
    "accuracy_score": "accuracy",
    "precision_score": "precision",
    "recall_score": "recall",
    "f1_score": "f1",
    "roc_auc_score": "roc_auc",
    "AUC": "roc_auc",
    "zeros": "Tensor(np.zeros(shape))",
    "ones": "Tensor(np.ones(shape))",
    "rand": "Tensor(rng.random(shape))",
    "randn": "Tensor(rng.normal(size=shape))",
    "array": "Tensor",
    "asarray": "Tensor",
    "Variable": "Tensor",
    "GradientTape": "y.backward() or grad",
    "set_to_none": "nothing (gradients are None after zero_grad)",
}
#: The methods and attributes of PyTorch's tensors among them.
TENSOR_ATTRIBUTES = (
    *("add_", "bmm", "clone", "contiguous", "cpu", "cuda", "double", "expand", "float", "gather", "grad_fn", "index_select"),
    *("masked_fill", "mm", "mul_", "norm", "numel", "permute", "pow", "requires_grad_", "softmax", "to", "unsqueeze", "view"),
    *("view_as", "zero_"),
)
#: The methods and attributes of other libraries' models among them.
MODEL_ATTRIBUTES = (
    *("coef_", "compile", "cpu", "cuda", "evaluate", "fit", "get_layer", "get_weights", "load_weights", "partial_fit"),
    *("predict", "predict_proba", "save", "save_weights", "score", "set_weights", "summary", "to", "trainable_variables"),
    "trainable_weights",
)
_UNEXPECTED = re.compile(r"unexpected keyword argument '(\w+)'")


def suggest(name: str) -> str:
    """The end of an error message about an unknown name: the name to use here, or an empty string if it is not known.

    >>> from autograd.utils.foreign_names import suggest
    >>> suggest("keepdim"), suggest("axis")
    ('; write keepdims here', '')
    """
    return f"; write {SUGGESTIONS[name]} here" if name in SUGGESTIONS else ""


class ForeignAttribute:
    """An attribute of another library's class: to read it raises AttributeError with the name to use here.

    A class with `__getattr__` would answer every unknown name, but Python reads all attributes of such a class more slowly.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self.owner, self.name = owner.__name__, name

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        name = self.owner if instance is None else type(instance).__name__
        raise AttributeError(f"a {name} has no attribute {self.name!r}{suggest(self.name)}")


def bind_foreign_attributes(owner: type, names: Iterable[str]) -> None:
    """Set a ForeignAttribute of each name on a class.

    >>> from autograd.utils.foreign_names import bind_foreign_attributes
    >>> class Layer:
    ...     pass
    >>> bind_foreign_attributes(Layer, ["get_weights"])
    >>> Layer().get_weights
    Traceback (most recent call last):
    AttributeError: a Layer has no attribute 'get_weights'; write state_dict() here
    """
    for name in names:
        attribute = ForeignAttribute()
        attribute.__set_name__(owner, name)
        setattr(owner, name, attribute)


def suggest_attributes(module: str) -> Callable[[str], Any]:
    """The `__getattr__` of a module, which states the name to use here for one of another library.

    >>> import nn
    >>> nn.init.xavier_uniform_  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    AttributeError: module 'nn.init' has no attribute 'xavier_uniform_'; write xavier_uniform here...
    """

    def getattribute(name: str) -> Any:
        alike = [public for public in vars(sys.modules[module]) if public.lower() == name.strip("_").lower()]
        hint = suggest(name) or (f"; write {alike[0]} here" if alike else "")
        raise AttributeError(f"module {module!r} has no attribute {name!r}{hint}")

    return getattribute


def suggest_names(function: F) -> F:
    """Decorator: the TypeError for an unknown keyword of another library states the keyword to use here.

    >>> from autograd.utils.foreign_names import suggest_names
    >>> @suggest_names
    ... def train(optimizer):
    ...     pass
    >>> train(optimiser=None)
    Traceback (most recent call last):
    TypeError: train() got an unexpected keyword argument 'optimiser'; write optimizer here
    """
    return _suggest_names(function, {})


def suggest_own_names(**names: str) -> Callable[[F], F]:
    """A decorator as `suggest_names`, with the answers of one function: foreign name → the name to use.

    >>> from autograd.utils.foreign_names import suggest_own_names
    >>> @suggest_own_names(lr="optimizer=SGD(parameters, lr=…)")
    ... def train(optimizer):
    ...     pass
    >>> train(lr=0.1)
    Traceback (most recent call last):
    TypeError: train() got an unexpected keyword argument 'lr'; write optimizer=SGD(parameters, lr=…) here
    """
    return lambda function: _suggest_names(function, names)


def _suggest_names(function: F, own: Mapping[str, str]) -> F:
    @wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        try:
            return function(*args, **options)
        except TypeError as error:
            unexpected = _UNEXPECTED.search(str(error))
            # A call inside the function may raise such an error, too; then the traceback has another frame.
            is_direct = error.__traceback__ is not None and error.__traceback__.tb_next is None
            if not (is_direct and unexpected and unexpected[1] in options):
                raise
            name, message = unexpected[1], str(error)
            hint = f"; write {own[name]} here" if name in own else suggest(name)
            if hint:
                message = message[: unexpected.end()] + hint  # Python 3.13 appends a guess of its own
            if function.__name__ == "__init__":  # the class that was called, which may inherit this method
                message = message.replace(function.__qualname__, f"{type(args[0]).__qualname__}.__init__", 1)
        raise TypeError(message)

    return call  # type: ignore[return-value]

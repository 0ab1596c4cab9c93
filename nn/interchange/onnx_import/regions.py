"""Regions of images: RoiAlign, MaxRoiPool and NonMaxSuppression."""

from math import ceil, floor, prod
from typing import Any

import numpy as np

from autograd import DataError, ShapeError
from nn.interchange.onnx_import.limits import check_size, count_steps
from nn.interchange.onnx_import.registry import operator
from nn.interchange.onnx_import.values import as_array, as_integer, as_number


def _check_regions(name: str, x: Any, regions: np.ndarray, columns: int, batch: np.ndarray) -> None:
    if x.ndim != 4 or regions.ndim != 2 or regions.shape[1] != columns or not np.isfinite(regions).all():
        raise ShapeError(
            f"{name}: got an input of shape {x.shape} and regions of shape {regions.shape}, expected (n, {columns})"
        )
    if batch.shape != (len(regions),) or (len(batch) and not 0 <= batch.min() <= batch.max() < x.shape[0]):
        raise DataError(f"{name}: every region needs the index of an image, from 0 to {x.shape[0] - 1}")


def _axis_corners(start: float, size: float, bins: int, points: int, length: int) -> tuple[np.ndarray, ...]:
    """The elements before and after each sample along an axis, the weight of the latter, and whether it is near the image."""
    positions = start + (np.arange(bins)[:, None] + (np.arange(points) + 0.5) / points) * size / bins
    is_near = (positions >= -1) & (positions <= length)
    positions = np.clip(positions, 0, length - 1)
    lower = positions.astype(np.int64)
    return lower, np.minimum(lower + 1, length - 1), positions - lower, is_near


def _sample_region(image: Any, rows: tuple, columns: tuple) -> list[Any]:
    """Four neighbors times their weights for each sample of a region: (C, bins, points, bins, points)."""
    (top, bottom, ty, near_y), (left, right, tx, near_x) = rows, columns
    is_near = near_y[:, :, None, None] & near_x
    weights = [(a[:, :, None, None] * b * is_near).astype(image.dtype) for a in (1 - ty, ty) for b in (1 - tx, tx)]
    places = [(y[:, :, None, None], x) for y in (top, bottom) for x in (left, right)]
    return [image[(slice(None), *place)] * weight for place, weight in zip(places, weights)]


@operator("RoiAlign", since=16, buffers=(1,))
def align_regions(
    x: Any,
    rois: Any,
    batch_indices: Any,
    *,
    coordinate_transformation_mode: str = "half_pixel",
    mode: str = "avg",
    output_height: int = 1,
    output_width: int = 1,
    sampling_ratio: int = 0,
    spatial_scale: float = 1.0,
) -> Any:
    """RoiAlign: each bin of a region is the mean (or the largest term) of interpolated samples; He et al. (2017)."""
    regions, batch = as_array(rois), as_array(batch_indices)
    _check_regions("RoiAlign", x, regions, 4, batch)
    if mode not in ("avg", "max"):
        raise ValueError(f"RoiAlign: mode must be avg or max, not {mode!r}")
    has_half_pixel = coordinate_transformation_mode == "half_pixel"
    check_size((len(regions), x.shape[1], output_height, output_width))
    results = []
    for region, image in zip(regions.astype(np.float64) * spatial_scale - (0.5 if has_half_pixel else 0), batch):
        left, top, right, bottom = region
        width, height = right - left, bottom - top
        if not has_half_pixel:
            width, height = max(width, 1.0), max(height, 1.0)
        points = [
            sampling_ratio if sampling_ratio > 0 else max(ceil(size / bins), 0)
            for size, bins in ((height, output_height), (width, output_width))
        ]
        if not all(points):
            results.append(np.zeros((x.shape[1], output_height, output_width), x.dtype))
            continue
        check_size((x.shape[1], output_height, points[0], output_width, points[1]))
        rows = _axis_corners(top, height, output_height, points[0], x.shape[2])
        columns = _axis_corners(left, width, output_width, points[1], x.shape[3])
        terms = _sample_region(x[int(image)], rows, columns)
        if mode == "avg":
            results.append(np.mean(terms[0] + terms[1] + terms[2] + terms[3], axis=(2, 4)))
        else:
            results.append(np.max(np.stack(terms), axis=(0, 3, 5)))
    return np.stack(results) if results else np.zeros((0, x.shape[1], output_height, output_width), x.dtype)


@operator("RoiAlign", since=10, buffers=(1,))
def align_regions_first(
    x: Any,
    rois: Any,
    batch_indices: Any,
    *,
    mode: str = "avg",
    output_height: int = 1,
    output_width: int = 1,
    sampling_ratio: int = 0,
    spatial_scale: float = 1.0,
) -> Any:
    """RoiAlign of version 10, without the shift of half a pixel."""
    return align_regions(
        x,
        rois,
        batch_indices,
        coordinate_transformation_mode="output_half_pixel",
        mode=mode,
        output_height=output_height,
        output_width=output_width,
        sampling_ratio=sampling_ratio,
        spatial_scale=spatial_scale,
    )


@operator("MaxRoiPool", since=1, buffers=(1,))
def max_pool_regions(x: Any, rois: Any, *, pooled_shape: Any, spatial_scale: float = 1.0) -> Any:
    """MaxRoiPool: the largest element of each bin of a region, 0 for an empty bin; Girshick (2015)."""
    regions = as_array(rois)
    _check_regions("MaxRoiPool", x, regions, 5, regions[:, 0].astype(np.int64) if regions.ndim == 2 else regions)
    bins = tuple(int(n) for n in pooled_shape)
    check_size((len(regions), x.shape[1], *bins))
    count_steps(len(regions) * prod(bins))
    results: list[Any] = []
    for image, *corners in regions:
        left, top, right, bottom = (floor(corner * spatial_scale + 0.5) for corner in corners)
        ranges = [
            _bin_ranges(start, max(end - start + 1, 1), count, size)
            for start, end, count, size in zip((top, left), (bottom, right), bins, x.shape[2:])
        ]
        for rows in ranges[0]:
            for columns in ranges[1]:
                is_empty = rows.start >= rows.stop or columns.start >= columns.stop
                window = x[int(image), :, rows, columns]
                results.append(np.zeros(x.shape[1], x.dtype) if is_empty else np.max(window, axis=(1, 2)))
    if not results:
        return np.zeros((0, x.shape[1], *bins), x.dtype)
    return np.moveaxis(np.reshape(np.stack(results), (len(regions), *bins, x.shape[1])), -1, 1)


def _bin_ranges(start: int, length: int, bins: int, size: int) -> list[slice]:
    """The elements of each bin of a region along an axis."""
    step = length / bins
    edges = [(floor(i * step) + start, ceil((i + 1) * step) + start) for i in range(bins)]
    return [slice(min(max(a, 0), size), min(max(b, 0), size)) for a, b in edges]


@operator("NonMaxSuppression", since=10, buffers=(0, 1, 3, 4))
def suppress_non_maxima(
    boxes: Any,
    scores: Any,
    max_output_boxes_per_class: Any = None,
    iou_threshold: Any = None,
    score_threshold: Any = None,
    *,
    center_point_box: int = 0,
) -> Any:
    """NonMaxSuppression: boxes by score, without those that overlap a chosen one; rows of (image, class, box)."""
    boxes, scores = as_array(boxes), as_array(scores)
    limit = 0 if max_output_boxes_per_class is None else as_integer(max_output_boxes_per_class)
    overlap = 0.0 if iou_threshold is None else float(as_number(iou_threshold))
    least = -np.inf if score_threshold is None else float(as_number(score_threshold))
    if boxes.ndim != 3 or boxes.shape[2] != 4 or scores.ndim != 3 or scores.shape[::2] != boxes.shape[:2]:
        raise ShapeError(
            f"NonMaxSuppression: got boxes of shape {boxes.shape} and scores of shape {scores.shape}, expected (N, boxes, 4) "
            "and (N, classes, boxes)"
        )
    if center_point_box:
        center, half = boxes[..., :2], boxes[..., 2:] / 2
        low, high = center - half, center + half
    else:
        low, high = np.minimum(boxes[..., :2], boxes[..., 2:]), np.maximum(boxes[..., :2], boxes[..., 2:])
    rows = [
        (image, label, box)
        for image, label in np.ndindex(scores.shape[:2])
        for box in _best_boxes(low[image], high[image], scores[image, label], limit, overlap, least)
    ]
    return np.array(rows, np.int64).reshape(-1, 3)


def _best_boxes(low: np.ndarray, high: np.ndarray, scores: np.ndarray, limit: int, overlap: float, least: float) -> list[int]:
    """The indices of at most `limit` boxes, from the largest score on."""
    order = np.argsort(-scores, kind="stable")
    order = order[scores[order] > least]
    areas = np.prod(high - low, axis=1)
    chosen: list[int] = []
    while len(order) and len(chosen) < limit:
        best, order = order[0], order[1:]
        chosen.append(int(best))
        common = np.prod(np.maximum(np.minimum(high[best], high[order]) - np.maximum(low[best], low[order]), 0), axis=1)
        union = areas[best] + areas[order] - common
        order = order[~((common > 0) & (union > 0) & (common > overlap * union))]
    return chosen

"""The rows of the course: what the lectures teach, and which tests show it. Where it is seen, the cells' tags say."""

from typing import NamedTuple

PARTS = {
    "A": "The graph and the chain rule",
    "B": "From perceptron to MLP",
    "C": "Activations",
    "D": "Losses and costs",
    "E": "Gradient descent",
    "F": "What goes wrong in depth, and its cures",
    "G": "Over-fitting and its cures",
    "H": "What a framework gives",
}


class Row(NamedTuple):
    """Something that the lectures teach."""

    title: str
    tests: tuple[str, ...]  # path::name, under tests/
    later: str = ""  # what of it is still to come


ROWS = {
    "A1": Row(
        "x²y/z forward, then backward module by module", ("autograd/draw/test_text.py::test_every_step_of_the_worked_example",)
    ),
    "A2": Row(
        "one module: upstream × local derivative",
        ("autograd/draw/test_reader.py::test_contributions_of_all_uses_add_up_to_the_gradient",),
    ),
    "A3": Row("the analytic way beside the modular way", ("autograd/core/test_engine.py::test_worked_example",)),
    "A4": Row(
        "tensors, indexing, reshaping; a graph drawn, saved, run again",
        (
            "autograd/draw/test_draw.py::test_files_of_text",
            "notebooks/test_syllabus.py::test_a_saved_graph_runs_in_a_python_that_has_only_numpy",
            "autograd/compiler/test_compiled_step.py::test_the_step_is_not_called_any_more",
        ),
    ),
    "B5": Row(
        "the perceptron and its learning rule",
        (
            "nn/models/test_perceptron.py::test_one_epoch_is_the_rule_of_the_lecture",
            "nn/models/test_perceptron.py::test_xor_does_not_converge",
        ),
    ),
    "B6": Row(
        "the delta rule of a single layer is what autograd gives",
        ("optim/optimizers/test_perceptron_rule.py::test_rule_is_what_autograd_gives_with_the_prediction_held_constant",),
    ),
    "B7": Row(
        "AND, OR, x₁ ∧ ¬x₂ by one unit; XOR by two layers",
        (
            "nn/models/test_perceptron.py::test_linearly_separable_gates_are_learned",
            "optim/training/test_gates.py::test_fit_learns_xor",
        ),
    ),
    "B8": Row(
        "a, z, W, b of an MLP; depth without non-linearity is one layer",
        (
            "notebooks/test_syllabus.py::test_layers_compute_z_and_a_of_the_lectures_notation",
            "notebooks/test_syllabus.py::test_a_deep_net_without_non_linearity_is_one_layer",
        ),
    ),
    "B9": Row(
        "universal approximation by one hidden layer",
        (
            "notebooks/test_syllabus.py::test_more_hidden_units_come_closer_to_a_curve",
            "notebooks/test_syllabus.py::test_steep_sigmoids_are_steps_and_twice_as_many_halve_the_error",
        ),
    ),
    "B10": Row(
        "learning by perturbed weights against backprop",
        ("optim/optimizers/test_weight_perturbation.py::test_perturbation_needs_many_times_the_evaluations_of_backprop",),
    ),
    "B11": Row(
        "the classic recipe: δ rules of sigmoid units",
        ("notebooks/test_syllabus.py::test_delta_rules_of_sigmoid_units_are_what_autograd_gives",),
    ),
    "C12": Row(
        "every activation: value, slope, range, continuity, saturation",
        (
            "nn/activations/test_properties.py::test_value_is_the_formula",
            "nn/activations/test_properties.py::test_values_fill_the_range",
            "nn/activations/test_properties.py::test_order_of_continuity",
            "nn/activations/test_properties.py::test_saturation_by_limits",
        ),
    ),
    "C13": Row(
        "softmax of the lecture's scores; all stable at ±1000",
        (
            "nn/functional/test_softmax.py::test_softmax_of_the_lecture",
            "nn/activations/test_precision.py::test_value_and_two_derivatives_are_finite_at_a_thousand",
        ),
    ),
    "C14": Row(
        "which activation for which job",
        (
            "notebooks/test_syllabus.py::test_regression_needs_an_output_without_bounds",
            "notebooks/test_syllabus.py::test_yes_or_no_is_one_sigmoid",
            "notebooks/test_syllabus.py::test_one_class_of_several_is_a_softmax",
            "notebooks/test_syllabus.py::test_labels_that_go_together_need_a_sigmoid_each_as_softmax_has_only_one_to_give",
        ),
    ),
    "D15": Row(
        "losses and costs; the lecture's line through three points",
        (
            "nn/losses/test_values.py::test_sum_of_squares_and_quadratic_cost_are_their_formulas",
            "nn/losses/test_values.py::test_sum_of_squared_residuals_of_the_lecture",
            "nn/losses/test_values.py::test_intercept_and_slope_of_the_lecture_reach_least_squares",
        ),
    ),
    "E16": Row(
        "batch, stochastic, mini-batch; epochs and iterations",
        (
            "optim/data/test_batching.py::test_mean_of_the_gradients_of_an_epoch_is_the_batch_gradient",
            "optim/data/test_batching.py::test_only_the_last_mini_batch_may_be_short",
        ),
    ),
    "E17": Row(
        "the optimizers and the memory of their state",
        ("optim/optimizers/test_state_dict.py::test_state_takes_the_bytes_of_the_lectures_table",),
    ),
    "E18": Row(
        "the learning rate: too small, right, too large, decaying",
        (
            "optim/training/test_fit_refusals.py::test_divergence_names_epoch_and_learning_rate",
            "optim/schedules/test_schedules.py::test_optimizer_steps_with_the_scheduled_rates",
        ),
    ),
    "F19": Row(
        "vanishing and exploding gradients, cure by cure",
        (
            "notebooks/test_syllabus.py::test_gradients_vanish_through_sigmoids",
            "notebooks/test_syllabus.py::test_gradients_explode_through_large_weights",
            "notebooks/test_syllabus.py::test_cures_bring_the_gradient_to_the_first_layer",
            "autograd/draw/test_health.py::test_vanishing_shows_layer_by_layer",
        ),
        later="LSTM",
    ),
    "F20": Row(
        "initialization, and the densities of activations",
        (
            "nn/test_init.py::test_variance_is_that_of_the_paper",
            "notebooks/test_syllabus.py::test_units_that_start_alike_stay_alike",
            "notebooks/test_syllabus.py::test_six_tanh_layers_collapse_saturate_or_stay_healthy_by_the_size_of_their_weights",
        ),
    ),
    "F21": Row(
        "batch normalization: training, test, folding",
        (
            "nn/layers/test_running_statistics.py::test_running_statistics_follow_the_lecture_to_the_bit",
            "nn/layers/test_running_statistics.py::test_running_statistics_of_images_are_those_of_the_channels",
            "nn/test_folding.py::test_folded_model_has_no_norms_and_the_same_outputs",
        ),
        later="folding into a convolution",
    ),
    "F22": Row(
        "clipping by value and by norm; the cliff",
        (
            "optim/regularizers/test_clipping.py::test_clipping_by_norm_keeps_the_direction",
            "optim/regularizers/test_clipping.py::test_clip_by_value_bounds_every_element_and_moves_no_other",
        ),
    ),
    "F23": Row("saturation, by limits", ("nn/activations/test_properties.py::test_saturating_functions_of_the_lectures",)),
    "G24": Row(
        "under-fit, right fit, over-fit",
        (
            "notebooks/test_syllabus.py::test_the_two_curves_tell_under_right_and_over_fit_apart",
            "notebooks/test_syllabus.py::test_more_examples_close_the_gap",
        ),
    ),
    "G25": Row(
        "L2, L1, elastic net",
        (
            "optim/regularizers/test_penalties.py::test_proximal_l1_selects_the_features_that_matter",
            "optim/regularizers/test_penalties.py::test_l2_shrinks_and_selects_nothing",
            "optim/regularizers/test_penalties.py::test_biases_are_left_alone",
        ),
    ),
    "G26": Row("early stopping", ("optim/training/test_fit_limits.py::test_early_stopping_restores_the_best_parameters",)),
    "G27": Row(
        "dropout: masks, expectation, ensemble",
        (
            "nn/layers/test_dropout.py::test_expected_output_of_a_linear_unit_is_that_of_the_lecture",
            "nn/layers/test_dropout.py::test_a_linear_net_of_two_layers_averages_exactly_over_the_ensemble_of_its_masks",
        ),
    ),
    "G28": Row(
        "data augmentation",
        ("optim/data/test_augmentation.py::test_rotations_and_noise_improve_the_held_out_score_of_few_digits",),
    ),
    "H29": Row(
        "sequential models and their layers",
        (
            "nn/layers/test_containers.py::test_sequential_applies_layers_in_order",
            "nn/layers/test_embedding.py::test_lookup_is_the_product_of_one_hot_vectors_with_the_weights",
        ),
        later="convolution, pooling, recurrence",
    ),
    "H30": Row(
        "modules of activations, losses, optimizers; metrics, history, summary",
        ("nn/test_model_summary.py::test_text_of_a_model", "nn/test_metrics.py::test_classification_agrees_with_scikit_learn"),
    ),
    "H31": Row(
        "the graph run elsewhere; curves, histograms and the graph in TensorBoard",
        (
            "notebooks/test_syllabus.py::test_a_saved_graph_runs_in_a_python_that_has_only_numpy",
            "optim/training/callbacks/test_layer_statistics.py::test_histograms_count_every_number_once",
        ),
        later="TensorBoard",
    ),
}

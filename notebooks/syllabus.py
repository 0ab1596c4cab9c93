"""The syllabus: the topics of the lectures and their tests. Tags of cells say which notebook shows a topic."""

from typing import NamedTuple

PARTS = {
    "A": "The graph and the chain rule",
    "B": "From perceptron to MLP",
    "C": "Activations",
    "D": "Losses and costs",
    "E": "Gradient descent",
    "F": "Problems of deep networks and their remedies",
    "G": "Overfitting and its remedies",
    "H": "Features of a framework",
    "S": "Single slides, by lecture",
}


class Topic(NamedTuple):
    """A topic of the lectures."""

    description: str
    tests: tuple[str, ...]  # path::name, under tests/
    planned: str = ""  # its part that is not implemented yet


TOPICS = {
    "A1": Topic(
        "x²y/z forward, then backward module by module", ("autograd/draw/test_text.py::test_every_step_of_the_worked_example",)
    ),
    "A2": Topic(
        "one module: upstream × local derivative",
        ("autograd/draw/test_reader.py::test_contributions_of_all_uses_add_up_to_the_gradient",),
    ),
    "A3": Topic("the analytic way beside the modular way", ("autograd/core/test_engine.py::test_worked_example",)),
    "A4": Topic(
        "tensors, indexing, reshaping; a graph drawn, saved, run again",
        (
            "autograd/draw/test_draw.py::test_files_of_text",
            "notebooks/test_syllabus.py::test_a_saved_graph_runs_with_numpy_alone",
            "autograd/interchange/test_saved_graph.py::test_the_graph_of_a_tensor_runs_at_other_inputs",
            "autograd/compiler/test_compiled_step.py::test_step_is_not_called_in_replays",
        ),
    ),
    "B5": Topic(
        "the perceptron and its learning rule",
        (
            "nn/models/test_perceptron.py::test_one_epoch_is_the_rule_of_the_lecture",
            "nn/models/test_perceptron.py::test_xor_does_not_converge",
        ),
    ),
    "B6": Topic(
        "the delta rule of a single layer equals the gradient of autograd",
        ("optim/optimizers/test_perceptron_rule.py::test_rule_is_gradient_descent_with_constant_predictions",),
    ),
    "B7": Topic(
        "AND, OR, x₁ ∧ ¬x₂ by one unit; XOR by two layers",
        (
            "nn/models/test_perceptron.py::test_linearly_separable_gates_are_learned",
            "optim/training/test_gates.py::test_fit_learns_xor",
        ),
    ),
    "B8": Topic(
        "a, z, W, b of an MLP; depth without non-linearity is one layer",
        (
            "notebooks/test_syllabus.py::test_layers_compute_z_and_a_as_in_the_lectures",
            "notebooks/test_syllabus.py::test_deep_linear_network_is_one_linear_layer",
        ),
    ),
    "B9": Topic(
        "universal approximation by one hidden layer",
        (
            "notebooks/test_syllabus.py::test_more_hidden_units_approximate_a_curve_better",
            "notebooks/test_syllabus.py::test_twice_as_many_steep_sigmoids_halve_the_error",
        ),
    ),
    "B10": Topic(
        "learning by weight perturbation compared with backprop",
        ("optim/optimizers/test_weight_perturbation.py::test_perturbation_needs_many_times_the_evaluations_of_backprop",),
    ),
    "B11": Topic(
        "the classic recipe: δ rules of sigmoid units",
        ("notebooks/test_syllabus.py::test_delta_rules_of_sigmoid_units_equal_autograd",),
    ),
    "C12": Topic(
        "every activation: value, slope, range, continuity, saturation",
        (
            "nn/activations/test_properties.py::test_value_is_the_formula",
            "nn/activations/test_properties.py::test_values_fill_the_range",
            "nn/activations/test_properties.py::test_order_of_continuity",
            "nn/activations/test_properties.py::test_saturation_by_limits",
        ),
    ),
    "C13": Topic(
        "softmax of the lecture's scores; all stable at ±1000",
        (
            "nn/functional/test_softmax.py::test_softmax_of_the_lecture",
            "nn/activations/test_precision.py::test_value_and_two_derivatives_are_finite_at_a_thousand",
        ),
    ),
    "C14": Topic(
        "the activation for each task",
        (
            "notebooks/test_syllabus.py::test_regression_needs_an_unbounded_output",
            "notebooks/test_syllabus.py::test_binary_classification_by_one_sigmoid",
            "notebooks/test_syllabus.py::test_multiclass_classification_by_softmax",
            "notebooks/test_syllabus.py::test_multilabel_classification_needs_one_sigmoid_per_label",
        ),
    ),
    "D15": Topic(
        "losses and costs; the lecture's line through three points",
        (
            "nn/losses/test_values.py::test_sum_of_squares_and_quadratic_cost_are_their_formulas",
            "nn/losses/test_values.py::test_sum_of_squared_residuals_of_the_lecture",
            "nn/losses/test_values.py::test_intercept_and_slope_of_the_lecture_reach_least_squares",
        ),
    ),
    "E16": Topic(
        "batch, stochastic, mini-batch; epochs and iterations",
        (
            "optim/data/test_batching.py::test_mean_of_the_gradients_of_an_epoch_is_the_batch_gradient",
            "optim/data/test_batching.py::test_only_the_last_mini_batch_may_be_short",
        ),
    ),
    "E17": Topic(
        "the optimizers and the memory of their state",
        ("optim/optimizers/test_state_dict.py::test_state_takes_the_bytes_of_the_lectures_table",),
    ),
    "E18": Topic(
        "the learning rate: too small, right, too large, decaying",
        (
            "optim/training/test_fit_refusals.py::test_divergence_names_epoch_and_learning_rate",
            "optim/schedules/test_schedules.py::test_optimizer_steps_with_the_scheduled_rates",
        ),
    ),
    "F19": Topic(
        "vanishing and exploding gradients, and their remedies",
        (
            "notebooks/test_syllabus.py::test_gradients_vanish_through_sigmoids",
            "notebooks/test_syllabus.py::test_gradients_explode_through_large_weights",
            "notebooks/test_syllabus.py::test_remedies_keep_the_gradient_of_the_first_layer",
            "notebooks/test_syllabus.py::test_an_lstm_carries_the_gradient_through_100_steps",
            "autograd/draw/test_health.py::test_vanishing_shows_layer_by_layer",
        ),
    ),
    "F20": Topic(
        "initialization, and the densities of activations",
        (
            "nn/test_init.py::test_variance_is_that_of_the_paper",
            "notebooks/test_syllabus.py::test_equal_initial_weights_stay_equal",
            "notebooks/test_syllabus.py::test_outputs_of_six_tanh_layers_collapse_saturate_or_stay_healthy_by_initialization",
        ),
    ),
    "F21": Topic(
        "batch normalization: training, test, folding",
        (
            "nn/layers/test_running_statistics.py::test_running_statistics_follow_the_lecture_to_the_bit",
            "nn/layers/test_running_statistics.py::test_running_statistics_of_images_are_those_of_the_channels",
            "nn/test_folding.py::test_folded_model_has_no_norms_and_the_same_outputs",
            "nn/models/test_lenet.py::test_batch_norm_folds_into_the_convolutions",
        ),
    ),
    "F22": Topic(
        "clipping by value and by norm; the cliff",
        (
            "optim/regularizers/test_clipping.py::test_clipping_by_norm_keeps_the_direction",
            "optim/regularizers/test_clipping.py::test_clip_by_value_bounds_every_element_and_moves_no_other",
        ),
    ),
    "F23": Topic("saturation, by limits", ("nn/activations/test_properties.py::test_saturating_functions_of_the_lectures",)),
    "G24": Topic(
        "underfitting, good fit, overfitting",
        (
            "notebooks/test_syllabus.py::test_loss_curves_distinguish_underfitting_good_fit_and_overfitting",
            "notebooks/test_syllabus.py::test_more_examples_reduce_the_generalization_gap",
        ),
    ),
    "G25": Topic(
        "L2, L1, elastic net",
        (
            "optim/regularizers/test_penalties.py::test_proximal_l1_selects_the_features_that_matter",
            "optim/regularizers/test_penalties.py::test_l2_shrinks_and_selects_nothing",
            "optim/regularizers/test_penalties.py::test_biases_have_no_penalty",
        ),
    ),
    "G26": Topic("early stopping", ("optim/training/test_fit_limits.py::test_early_stopping_restores_the_best_parameters",)),
    "G27": Topic(
        "dropout: masks, expectation, ensemble",
        (
            "nn/layers/test_dropout.py::test_expected_output_of_a_linear_unit_is_that_of_the_lecture",
            "nn/layers/test_dropout.py::test_a_linear_net_of_two_layers_averages_exactly_over_the_ensemble_of_its_masks",
        ),
    ),
    "G28": Topic(
        "data augmentation",
        ("optim/data/test_augmentation.py::test_rotations_and_noise_improve_the_held_out_score_of_few_digits",),
    ),
    "H29": Topic(
        "sequential models and their layers",
        (
            "nn/layers/test_containers.py::test_sequential_applies_layers_in_order",
            "nn/layers/test_embedding.py::test_lookup_is_the_product_of_one_hot_vectors_with_the_weights",
            "nn/layers/test_recurrent.py::test_a_layer_is_its_cell_step_by_step",
            "nn/layers/test_attention.py::test_causal_attention_ignores_later_positions",
            "nn/layers/test_convolution.py::test_a_convolution_is_a_product_with_unfolded_windows",
            "nn/functional/test_pooling.py::test_max_pooling_agrees_with_torch_at_both_orders",
            "notebooks/test_syllabus.py::test_a_convolution_learns_the_filter_that_made_its_target",
        ),
    ),
    "H30": Topic(
        "modules of activations, losses, optimizers; metrics, history, summary",
        ("nn/test_model_summary.py::test_text_of_a_model", "nn/test_metrics.py::test_classification_agrees_with_scikit_learn"),
    ),
    "H31": Topic(
        "a graph run outside the library; curves, histograms and the graph in TensorBoard",
        (
            "notebooks/test_syllabus.py::test_a_saved_graph_runs_with_numpy_alone",
            "optim/training/callbacks/test_layer_statistics.py::test_histograms_count_every_number_once",
            "nn/interchange/onnx_export/test_course_models.py::test_a_model_of_the_course_runs_where_this_project_is_not",
            "optim/training/event_files/test_tensorboard_server.py::test_server_answers_with_what_was_written",
        ),
    ),
}

#: Topics of single slides: "S", the number of the lecture, and a word. The description names the slide's title.
TOPICS |= {
    "S004-tensor": Topic(
        "*Graphs*: nodes and edges belong to the graph, not to a tensor",
        ("autograd/interchange/test_saved_graph.py::test_the_graph_of_a_tensor_runs_at_other_inputs",),
    ),
    "S002-convergence": Topic(
        "*L1/L2 Regularization*: convergence under penalties",
        ("notebooks/test_slides.py::test_l2_makes_gradient_descent_converge_faster",),
    ),
    "S002-batchnorm-regularizes": Topic(
        "*Batch Norm*: BatchNorm as a regularizer",
        ("notebooks/test_slides.py::test_batch_norm_depends_on_the_other_examples_in_training_only",),
    ),
    "S003-penalty-table": Topic(
        "*Regularization*: the table of L1 and L2",
        (
            "notebooks/test_slides.py::test_the_minimum_with_l1_is_not_unique_for_equal_columns",
            "optim/regularizers/test_penalties.py::test_proximal_l1_selects_the_features_that_matter",
            "optim/regularizers/test_penalties.py::test_l2_shrinks_and_selects_nothing",
        ),
    ),
    "S003-covariate-shift": Topic(
        "*Batch Normalization*: internal covariate shift",
        ("notebooks/test_slides.py::test_batch_norm_removes_shift_and_scale_of_its_inputs",),
    ),
    "S003-placement": Topic(
        "*Goals of Batch Normalization*: before or after the activation",
        ("nn/test_folding.py::test_folded_model_has_no_norms_and_the_same_outputs",),
    ),
    "S004-history": Topic(
        "*Perceptron*: Rosenblatt 1958, Minsky and Papert 1969, and the limit of one unit",
        ("nn/models/test_perceptron.py::test_xor_does_not_converge",),
    ),
    "S004-sessions": Topic(
        "*Sessions*, *Graphs*: placeholders and a session, compared with eager execution",
        (
            "autograd/interchange/test_saved_graph.py::test_the_graph_of_a_tensor_runs_at_other_inputs",
            "autograd/compiler/test_compiled_step.py::test_step_is_not_called_in_replays",
        ),
    ),
    "S004-blame": Topic(
        "*Back Propagation*: a larger error does not mean lower weights",
        ("notebooks/test_slides.py::test_a_unit_with_a_larger_error_gets_larger_weights_if_its_output_is_too_low",),
    ),
    "S004-five-sigmoids": Topic(
        "*Softmax Function*: five sigmoids that do not sum to 1; probabilities of three colors",
        ("notebooks/test_slides.py::test_softmax_makes_probabilities_of_the_scores_behind_five_sigmoids",),
    ),
    "S004-keras": Topic(
        "*Keras*: its modules and their counterparts here", ("notebooks/test_slides.py::test_the_counterparts_of_keras_exist",)
    ),
    "S004-progress": Topic(
        "progress bars in terminals and notebooks, and the setting that hides them",
        (
            "optim/training/test_progress_bar.py::test_bar_in_a_notebook_is_html_that_stays",
            "optim/training/test_progress_bar.py::test_one_setting_of_the_environment_hides_all_bars",
        ),
    ),
    "S004-dead-units": Topic(
        "*ReLU*: dead neurons, which are never activated again",
        ("notebooks/test_slides.py::test_a_dead_unit_has_no_gradient_and_an_elu_revives_it",),
    ),
    "S004-rmsprop": Topic(
        "*RMSProp Optimizer*: its step does not depend on the scale of the loss, but on the learning rate",
        ("notebooks/test_slides.py::test_rmsprop_frees_from_the_scale_of_the_loss_but_not_from_the_learning_rate",),
    ),
}

#: The slides of lectures 000 to 003 on units, descent and depth.
TOPICS |= {
    "S002-neuron": Topic(
        "*Biological Anatomy*: the neuron beside the unit",
        ("nn/models/test_perceptron.py::test_the_step_is_1_from_the_threshold_on",),
    ),
    "S001-test-accuracy": Topic(
        "*Limitations of Perceptrons*: the test accuracy rises, then falls",
        ("notebooks/test_statements.py::test_accuracy_of_a_perceptron_rises_then_falls_and_averaged_weights_keep_it",),
    ),
    "S001-depth": Topic(
        "*Non-linearity*: depth is the length of the longest path",
        ("notebooks/test_statements.py::test_a_shortcut_does_not_change_the_longest_path",),
    ),
    "S002-depth-and-width": Topic(
        "*Architecture of MLPs*: how many layers, how many units",
        ("notebooks/test_statements.py::test_depth_does_not_replace_width",),
    ),
    "S002-epoch": Topic(
        "*Various GD types*: epoch and iteration drawn",
        ("optim/data/test_batching.py::test_only_the_last_mini_batch_may_be_short",),
    ),
    "S003-cost-of-batches": Topic(
        "*Types of Gradient Descent Algorithms*: the cost of a step and of an epoch",
        ("notebooks/test_statements.py::test_a_step_has_as_many_operations_for_one_example_as_for_all",),
    ),
    "S003-discriminatory": Topic(
        "*Universal Approximation Theorem*: ∫ σ(wᵀx − b) dμ = 0",
        ("notebooks/test_statements.py::test_a_measure_is_invisible_to_squares_and_to_no_sigmoids",),
    ),
    "S003-backprop-and-descent": Topic(
        "*Gradient Descent*: back-propagation beside gradient descent",
        ("notebooks/test_statements.py::test_descent_takes_its_gradient_from_anywhere",),
    ),
    "S003-tunable": Topic(
        "*Optimizers*: the numbers of tunable parameters",
        ("notebooks/test_statements.py::test_optimizers_have_the_options_that_are_counted",),
    ),
    "S003-sparse": Topic(
        "*Optimizers*: sparse features",
        ("notebooks/test_statements.py::test_adagrad_learns_rare_features_sooner",),
    ),
    "S003-sharp-minima": Topic(
        "*Optimizers*: sharp minima",
        ("notebooks/test_statements.py::test_sgd_leaves_a_sharp_minimum_and_adam_stays",),
    ),
    "S003-large-batches": Topic(
        "*Optimizers*: large batches",
        ("notebooks/test_statements.py::test_few_steps_of_a_large_batch_learn_less",),
    ),
    "S002-three-starts": Topic(
        "*Weight Initialization*: outputs after 600 epochs from a bad, a right and a zero start",
        ("notebooks/test_statements.py::test_600_epochs_from_three_starts",),
    ),
    "S001-sigma": Topic(
        "*Random Initialization*: is σ = 0.01 good practice?",
        ("notebooks/test_statements.py::test_weights_of_size_a_hundredth_vanish_with_depth",),
    ),
}

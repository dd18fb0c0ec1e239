namespace Coinsphere.Messaging.Forecasting.Training;

/// <summary>The options of a training.</summary>
public sealed record TrainingOptions
{
    /// <summary>The most passes over the training samples.</summary>
    public int Epochs { get; init; } = 50;

    /// <summary>Windows per step of the optimizer.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Learning rate of the first epoch; it falls along half a cosine to a hundredth of it at the last.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Share of units dropped after each layer while training.</summary>
    public float Dropout { get; init; } = 0.2f;

    /// <summary>Share of a target that is spread evenly over the classes.</summary>
    public float LabelSmoothing { get; init; }

    /// <summary>Share of a target that comes from a teacher, where a sample has one; the rest is the actual outcome.</summary>
    public float TeacherShare { get; init; }

    /// <summary>Largest global norm of a gradient; a longer gradient is shortened to it.</summary>
    public double GradientNorm { get; init; } = 1;

    /// <summary>
    /// Whether training stops early when the validation loss no longer falls; the best epoch is then the one with the lowest loss. Else all epochs
    /// run and the last one is the best. Where the validation period differs from the training period, its loss says more about that than about the
    /// network.
    /// </summary>
    public bool EarlyStopping { get; init; } = true;

    /// <summary>Epochs without a better validation loss after which training stops early.</summary>
    public int Patience { get; init; } = 8;

    /// <summary>The optimizer's settings.</summary>
    public AdamOptions Adam { get; init; } = new(WeightDecay: 0.01);

    /// <summary>Determines the order of samples and the dropped units.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The most threads at the same time. They do not change the result.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}

namespace Coinsphere.Messaging.Forecasting.Training;

/// <summary>How a network is trained.</summary>
public sealed record TrainingOptions
{
    /// <summary>Most passes over the training samples.</summary>
    public int Epochs { get; init; } = 50;

    /// <summary>Windows per step of the optimizer.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Learning rate of the first epoch; it falls along half a cosine to a hundredth of it at the last.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Share of units dropped after each layer while training.</summary>
    public float Dropout { get; init; } = 0.2f;

    /// <summary>Share of a target that is spread evenly over the classes.</summary>
    public float LabelSmoothing { get; init; }

    /// <summary>Share of a target that is what a teacher says, where a sample has one; the rest is what happened.</summary>
    public float TeacherShare { get; init; }

    /// <summary>Largest global norm of a gradient; longer ones are shortened to it.</summary>
    public double GradientNorm { get; init; } = 1;

    /// <summary>
    /// Whether training stops when the validation loss does not fall any more, and the epoch with the lowest is the best. Else all epochs are run and the last
    /// is the best: where the validation period is of another kind than the training period, its loss says more about that than about the network.
    /// </summary>
    public bool EarlyStopping { get; init; } = true;

    /// <summary>Epochs without a better validation loss after which training stops early.</summary>
    public int Patience { get; init; } = 8;

    /// <summary>The optimizer's settings.</summary>
    public AdamOptions Adam { get; init; } = new(WeightDecay: 0.01);

    /// <summary>Decides the order of samples and the units dropped.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Most threads at a time; changes nothing in the result.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}

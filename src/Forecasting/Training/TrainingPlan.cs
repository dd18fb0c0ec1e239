using System.Globalization;
using Coinsphere.Messaging.Forecasting.Features;

namespace Coinsphere.Messaging.Forecasting.Training;

/// <summary>The plan of a training: the network, its features, and the periods.</summary>
public sealed record TrainingPlan
{
    /// <summary>The horizon whose labels the network learns, in days.</summary>
    public const int Horizon = 7;

    /// <summary>
    /// The features that have the same meaning at any price: changes, spread and RSI. Features in dollars or coins leave the range of the training
    /// data over the years, and the volume's change has outliers that hide everything else.
    /// </summary>
    public static IReadOnlyList<int> ScaleFree { get; } =
    [
        FeatureColumn.Change1h, FeatureColumn.Change24h, FeatureColumn.HlSpread, FeatureColumn.LogReturns, FeatureColumn.Rsi, FeatureColumn.MarketCapChange,
    ];

    /// <summary>Time steps of a window, <c>config.sequence_length</c>.</summary>
    public int Steps { get; init; } = 30;

    /// <summary>Hidden units of the three layers.</summary>
    public IReadOnlyList<int> HiddenSizes { get; init; } = [64, 32, 16];

    /// <summary>The last day that is used. Later days are neither read nor scored.</summary>
    public required DateOnly Through { get; init; }

    /// <summary>Days before the test period, used for early stopping and calibration.</summary>
    public int ValidationDays { get; init; } = 365;

    /// <summary>The newest days. They are not used in training, only for scores.</summary>
    public int TestDays { get; init; } = 365;

    /// <summary>One window per this number of days is trained on: neighbouring windows are nearly equal.</summary>
    public int Stride { get; init; } = 3;

    /// <summary>How strongly calibrations are pulled to the classes' frequencies; see <see cref="Calibration.CalibrationFit.Scale"/>.</summary>
    public double Penalty { get; init; } = 300;

    /// <summary>The options of the training.</summary>
    public TrainingOptions Options { get; init; } = new()
    {
        Epochs = 20,
        EarlyStopping = false,
        BatchSize = 256,
        Dropout = 0.4f,
        LabelSmoothing = 0.05f,
        TeacherShare = 1,
        Adam = new(WeightDecay: 0.1),
    };

    /// <summary>The last day whose close may decide a training label.</summary>
    public DateOnly TrainingEnd => ValidationEnd.AddDays(-ValidationDays);

    /// <summary>The last day whose close may decide a validation label, and so the last one that any part of a checkpoint depends on.</summary>
    public DateOnly ValidationEnd => Through.AddDays(-TestDays);

    /// <summary>Everything that determines the result, in one line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"steps {Steps}, hidden {string.Join('-', HiddenSizes)}, through {Through:yyyy-MM-dd}, validation {ValidationDays}, test {TestDays}, stride "
            + $"{Stride}, penalty {Penalty}, {Options with { Threads = 1 }}");
}

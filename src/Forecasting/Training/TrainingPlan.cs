using System.Globalization;
using Coinsphere.Messaging.Forecasting.Features;

namespace Coinsphere.Messaging.Forecasting.Training;

/// <summary>What is trained on what: the network, the features that reach it, and the periods.</summary>
public sealed record TrainingPlan
{
    /// <summary>The horizon whose labels the network learns, in days.</summary>
    public const int Horizon = 7;

    /// <summary>
    /// The features that mean the same at any price: changes, spread and RSI. What is in dollars or coins leaves the range it was trained on as the years go,
    /// and the volume's change has outliers that drown the rest.
    /// </summary>
    public static IReadOnlyList<int> ScaleFree { get; } =
    [
        FeatureColumn.Change1h, FeatureColumn.Change24h, FeatureColumn.HlSpread, FeatureColumn.LogReturns, FeatureColumn.Rsi, FeatureColumn.MarketCapChange,
    ];

    /// <summary>Time steps of a window, <c>config.sequence_length</c>.</summary>
    public int Steps { get; init; } = 30;

    /// <summary>Hidden units of the three layers.</summary>
    public IReadOnlyList<int> HiddenSizes { get; init; } = [64, 32, 16];

    /// <summary>The last day that counts; what is later is neither read nor scored.</summary>
    public required DateOnly Through { get; init; }

    /// <summary>Days before the test period that decide when to stop, and calibrate.</summary>
    public int ValidationDays { get; init; } = 365;

    /// <summary>The newest days, which only score what was trained without them.</summary>
    public int TestDays { get; init; } = 365;

    /// <summary>Every so many days one window is trained on: neighbouring ones say nearly the same.</summary>
    public int Stride { get; init; } = 3;

    /// <summary>How strongly calibrations are held to the classes' frequencies; see <see cref="Calibration.CalibrationFit.Scale"/>.</summary>
    public double Penalty { get; init; } = 300;

    /// <summary>How the network is trained.</summary>
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

    /// <summary>The last day whose close may decide a validation label, and with it anything in a checkpoint.</summary>
    public DateOnly ValidationEnd => Through.AddDays(-TestDays);

    /// <summary>Everything that decides what is learnt, in a line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"steps {Steps}, hidden {string.Join('-', HiddenSizes)}, through {Through:yyyy-MM-dd}, validation {ValidationDays}, test {TestDays}, stride "
            + $"{Stride}, penalty {Penalty}, {Options with { Threads = 1 }}");
}

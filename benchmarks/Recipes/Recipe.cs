using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Training;

namespace Coinsphere.Messaging.Recipes;

/// <summary>What reaches the network of a feature.</summary>
internal enum Scaling
{
    /// <summary>Each window standardised by itself.</summary>
    Window,

    /// <summary>All features, by a scaler fitted on the training bars.</summary>
    Fitted,

    /// <summary>Only features that mean the same at any price, by a scaler fitted on the training bars.</summary>
    ScaleFree,

    /// <summary>The same features by a scaler that all symbols share, so that a calm symbol looks calm.</summary>
    Shared,
}

/// <summary>A way to train.</summary>
/// <param name="BySymbol">Whether a symbol without skill in the validation period keeps its frequencies.</param>
internal sealed record Recipe(
    string Name,
    bool Pooled,
    Scaling Scaling,
    int[] Hidden,
    TrainingOptions Options,
    int Steps = 90,
    int Stride = 1,
    int Seeds = 1,
    bool BySymbol = false)
{
    public FeatureScaler? ScalerFor(LabelledHistory history, IEnumerable<LabelledHistory> all, DateOnly trainingEnd) => Scaling switch
    {
        Scaling.Window => null,
        Scaling.Fitted => TrainingSet.FitScaler([history.Features], trainingEnd),
        Scaling.ScaleFree => TrainingSet.FitScaler([history.Features], trainingEnd, TrainingPlan.ScaleFree),
        _ => TrainingSet.FitScaler([.. all.Select(each => each.Features)], trainingEnd, TrainingPlan.ScaleFree),
    };
}

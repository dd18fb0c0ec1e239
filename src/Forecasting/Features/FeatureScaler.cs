namespace Coinsphere.Messaging.Forecasting.Features;

/// <summary>Fitted standardisation of the 20 features, in the order of <see cref="FeatureNames"/>: (x - mean) / scale, and 0 where the scale is 0.</summary>
/// <param name="Kind">How the checkpoint stored it.</param>
/// <param name="Mean">[20]</param>
/// <param name="Scale">[20]; a standard deviation, or scikit-learn's <c>scale_</c>.</param>
public sealed record FeatureScaler(ScalerKind Kind, double[] Mean, double[] Scale);

/// <summary>The forms in which checkpoints store a scaler.</summary>
public enum ScalerKind
{
    /// <summary>A dict of dicts, <c>mean</c> and <c>std</c>, by feature name.</summary>
    ByName,

    /// <summary>A dict of arrays, <c>mean</c> and <c>std</c>, by position.</summary>
    ByPosition,

    /// <summary>A pickled scikit-learn StandardScaler.</summary>
    StandardScaler,
}

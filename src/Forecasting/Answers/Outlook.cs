using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Forecasting.Answers;

/// <summary>What one model, or several combined, expect. Nothing is rounded here: thresholds and prices use these values.</summary>
/// <param name="Probabilities">[3]: bearish, neutral, bullish.</param>
/// <param name="Direction">The expected direction.</param>
/// <param name="ConfidenceScore">0..1; a single model's is its largest probability.</param>
public sealed record Outlook(IReadOnlyList<double> Probabilities, Direction Direction, double ConfidenceScore)
{
    /// <summary>
    /// Whether the probabilities are only the frequencies of the classes in the symbol's past, because the model has shown no skill at this horizon.
    /// </summary>
    public bool FromFrequencies { get; init; }

    /// <summary>
    /// [3]: how frequent the classes were in the symbol's past, as far as the model knows; null where it does not, and the bars that were read tell.
    /// </summary>
    public IReadOnlyList<double>? BaseRates { get; init; }

    /// <summary>The first day of a year or longer since which the model has given the same direction; null where it has not.</summary>
    public DateOnly? SameSince { get; init; }

    /// <summary><see cref="ConfidenceScore"/> in words: high from 0.70, medium from 0.50.</summary>
    public Confidence Confidence =>
        ConfidenceScore >= 0.70 ? Confidence.High
        : ConfidenceScore >= 0.50 ? Confidence.Medium
        : Confidence.Low;

    /// <summary>The outlook of a model's output.</summary>
    /// <param name="probabilities">[3], finite.</param>
    /// <exception cref="ArgumentException">There are not 3, or one is not finite.</exception>
    public static Outlook Of(ReadOnlySpan<float> probabilities)
    {
        var widened = new double[probabilities.Length];
        for (var i = 0; i < widened.Length; i++)
        {
            widened[i] = probabilities[i];
        }

        return Of(widened);
    }

    /// <summary>The outlook of given probabilities: the largest decides, and of equal ones the first.</summary>
    /// <param name="probabilities">[3], finite.</param>
    /// <exception cref="ArgumentException">There are not 3, or one is not finite.</exception>
    public static Outlook Of(IReadOnlyList<double> probabilities)
    {
        if (probabilities.Count != Classes.Count || !probabilities.All(double.IsFinite))
        {
            throw new ArgumentException($"Expected {Classes.Count} finite probabilities, got [{string.Join(", ", probabilities)}].", nameof(probabilities));
        }

        var best = 0;
        for (var i = 1; i < Classes.Count; i++)
        {
            best = probabilities[i] > probabilities[best] ? i : best;
        }

        return new Outlook(probabilities, (Direction)best, probabilities[best]);
    }
}

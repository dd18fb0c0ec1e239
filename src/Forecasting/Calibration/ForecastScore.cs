using Coinsphere.Messaging.Forecasting.Answers;

namespace Coinsphere.Messaging.Forecasting.Calibration;

/// <summary>Scores of probabilities against the actual outcomes.</summary>
/// <param name="Count">Forecasts scored.</param>
/// <param name="Accuracy">Share of forecasts whose largest probability was of the actual class, 0..1.</param>
/// <param name="Brier">Mean squared error over the three classes, 0..2; 2/3 for equal probabilities.</param>
/// <param name="LogLoss">Mean of -ln of the actual class's probability.</param>
/// <param name="CalibrationError">Expected calibration error: the largest probabilities in ten bins of equal width; per bin |share that was right -
/// mean probability|, weighted by the bin's count.</param>
public sealed record ForecastScore(int Count, double Accuracy, double Brier, double LogLoss, double CalibrationError)
{
    private const int Bins = 10;

    /// <summary>Scores forecasts.</summary>
    /// <param name="forecasts">Each [3].</param>
    /// <param name="outcomes">As many, at least one.</param>
    public static ForecastScore Of(IReadOnlyList<double[]> forecasts, IReadOnlyList<Direction> outcomes)
    {
        if (forecasts.Count == 0 || forecasts.Count != outcomes.Count)
        {
            throw new ArgumentException($"There are {forecasts.Count} forecasts and {outcomes.Count} outcomes, expected as many and at least one.");
        }

        var (hits, brier, loss) = (0, 0.0, 0.0);
        Span<double> predicted = stackalloc double[Bins];
        Span<double> actual = stackalloc double[Bins];
        for (var i = 0; i < forecasts.Count; i++)
        {
            var (forecast, outcome) = (forecasts[i], (int)outcomes[i]);
            brier += BrierOf(forecast, outcomes[i]);
            loss -= Math.Log(Math.Max(forecast[outcome], 1e-12));
            var best = (int)Outlook.Of(forecast).Direction;
            var bin = Math.Min(Bins - 1, (int)(forecast[best] * Bins));
            predicted[bin] += forecast[best];
            hits += best == outcome ? 1 : 0;
            actual[bin] += best == outcome ? 1 : 0;
        }

        var calibration = 0.0;
        for (var bin = 0; bin < Bins; bin++)
        {
            calibration += Math.Abs(actual[bin] - predicted[bin]);
        }

        var count = (double)forecasts.Count;
        return new(forecasts.Count, hits / count, brier / count, loss / count, calibration / count);
    }

    /// <summary>The Brier score of one forecast, 0..2.</summary>
    /// <param name="forecast">[3]</param>
    /// <param name="outcome">The actual class.</param>
    public static double BrierOf(ReadOnlySpan<double> forecast, Direction outcome)
    {
        var brier = 0.0;
        for (var c = 0; c < forecast.Length; c++)
        {
            var error = forecast[c] - (c == (int)outcome ? 1 : 0);
            brier += error * error;
        }

        return brier;
    }

    /// <summary>The relative improvement over a baseline's Brier score: above 0 where this one is better, 1 where it is perfect.</summary>
    public double SkillAgainst(ForecastScore baseline) => 1 - (Brier / baseline.Brier);
}

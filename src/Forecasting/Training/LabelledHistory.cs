using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coinsphere.Messaging.Forecasting.Accuracy;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Features;

namespace Coinsphere.Messaging.Forecasting.Training;

/// <summary>A symbol's bars, their features, and the outcome after each day.</summary>
public sealed class LabelledHistory
{
    private readonly SentimentSeries _sentiment;
    private readonly Outcomes _outcomes;

    /// <param name="series">All bars there are.</param>
    /// <param name="sentiment">The same as in serving; null for <see cref="SentimentSeries.Neutral"/>.</param>
    public LabelledHistory(BarSeries series, SentimentSeries? sentiment = null)
    {
        Series = series;
        _sentiment = sentiment ?? SentimentSeries.Neutral;
        Features = FeatureEngineer.Compute(series, _sentiment);
        _outcomes = new Outcomes(series);
    }

    /// <summary>The bars.</summary>
    public BarSeries Series { get; }

    /// <summary>Their features.</summary>
    public FeatureTable Features { get; }

    /// <summary>SHA-256 in lower-case hex over day number, prices and known sentiment of every bar up to a day, in order: the data of a training.</summary>
    public string DigestUpTo(DateOnly lastDay)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (ref readonly var bar in Series.Bars.Span)
        {
            if (bar.Day <= lastDay)
            {
                hash.AppendData(MemoryMarshal.AsBytes<double>([bar.Day.DayNumber, bar.Open, bar.High, bar.Low, bar.Close, bar.Volume, bar.MarketCap]));
                if (_sentiment.KnownOn(bar.Day) is { } known)
                {
                    hash.AppendData(MemoryMarshal.AsBytes<double>([known.SocialScore, known.Positive, known.Negative]));
                }
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The outcome of a day over the horizon; null where either close is missing.</summary>
    public Direction? OutcomeOf(DateOnly day, int horizon) => _outcomes.Of(day, horizon);

    /// <summary>The frequencies of the three outcomes over days whose horizon ends by a day; see <see cref="Outcomes.FrequenciesUpTo"/>.</summary>
    public double[] FrequenciesUpTo(DateOnly lastDay, int horizon) => _outcomes.FrequenciesUpTo(lastDay, horizon);

    /// <summary>Every window of consecutive days whose horizon has closed, oldest first.</summary>
    /// <param name="steps">Time steps of a window.</param>
    /// <param name="horizon">Days from the window's last bar to the close that decides, such as 7, 14 or 30.</param>
    /// <param name="scaler">Fitted on training bars only (see <see cref="TrainingSet.FitScaler"/>), or null to standardise each window by itself.</param>
    public IReadOnlyList<TrainingSample> Windows(int steps, int horizon, FeatureScaler? scaler)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, 1);
        var days = Features.Days.Span;
        var samples = new List<TrainingSample>();
        for (var end = steps; end <= Features.Rows; end++)
        {
            var last = days[end - 1];

            // a missing day inside the window would be refused when serving
            if (last.DayNumber - days[end - steps].DayNumber == steps - 1 && OutcomeOf(last, horizon) is { } outcome)
            {
                samples.Add(new(last, outcome, FeatureWindow.Standardise(Features.First(end), steps, scaler)));
            }
        }

        return samples;
    }
}

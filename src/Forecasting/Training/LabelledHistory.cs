using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Features;

namespace Coinsphere.Messaging.Forecasting.Training;

/// <summary>A symbol's bars, their features, and what came after each day.</summary>
public sealed class LabelledHistory
{
    private readonly Dictionary<DateOnly, double> _closes = [];

    /// <param name="series">All bars there are; social sentiment is taken as neutral, as it is served without a source.</param>
    public LabelledHistory(BarSeries series)
    {
        Series = series;
        Features = FeatureEngineer.Compute(series, Sentiment.Neutral);
        foreach (ref readonly var bar in series.Bars.Span)
        {
            _closes[bar.Day] = bar.Close;
        }
    }

    /// <summary>The bars.</summary>
    public BarSeries Series { get; }

    /// <summary>Their features.</summary>
    public FeatureTable Features { get; }

    /// <summary>SHA-256 in lower-case hex over day number and prices of every bar up to a day, in order: the data of a training.</summary>
    public string DigestUpTo(DateOnly lastDay)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (ref readonly var bar in Series.Bars.Span)
        {
            if (bar.Day <= lastDay)
            {
                hash.AppendData(MemoryMarshal.AsBytes<double>([bar.Day.DayNumber, bar.Open, bar.High, bar.Low, bar.Close, bar.Volume, bar.MarketCap]));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>What the close did over the horizon after a day; null where either close is missing.</summary>
    public Direction? OutcomeOf(DateOnly day, int horizon) =>
        _closes.TryGetValue(day, out var close) && _closes.TryGetValue(day.AddDays(horizon), out var later) ? TrainingSet.LabelOf(close, later) : null;

    /// <summary>
    /// The frequencies of the three outcomes over days whose horizon ends by a day, each counted one more so that none is 0.
    /// </summary>
    public double[] FrequenciesUpTo(DateOnly lastDay, int horizon)
    {
        double[] counts = [1, 1, 1];
        foreach (ref readonly var bar in Series.Bars.Span)
        {
            if (bar.Day.AddDays(horizon) <= lastDay && OutcomeOf(bar.Day, horizon) is { } outcome)
            {
                counts[(int)outcome]++;
            }
        }

        return [.. counts.Select(count => count / counts.Sum())];
    }

    /// <summary>Every window of consecutive days whose horizon has closed, oldest first; see <see cref="TrainingSet.Windows"/>.</summary>
    public IReadOnlyList<TrainingSample> Windows(int steps, int horizon, FeatureScaler? scaler) => TrainingSet.Windows(Series, Features, steps, horizon, scaler);
}

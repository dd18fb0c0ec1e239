using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Hosting;
using Coinsphere.Messaging.Worker.Prices;

namespace Coinsphere.Messaging.Worker.Predictions;

/// <summary>What models look at: a symbol's bars and their features.</summary>
internal sealed record PredictionInputs(BarSeries Series, FeatureTable Features, Sentiment Sentiment, string Source)
{
    private const int NumbersPerBar = 9;

    private string? _digest;

    /// <summary>SHA-256 in lower-case hex over source, sentiment and every bar read.</summary>
    public string Digest => _digest ??= ComputeDigest();

    /// <summary>Reads the bars that windows of so many steps need, and computes their features; or says why they cannot be had.</summary>
    public static async Task<Outcome<PredictionInputs>> ReadAsync(PriceHistory prices, PredictionQuery query, int steps, CancellationToken cancellationToken)
    {
        var read = await prices.ReadAsync(query.Symbol, query.AsOf, FeatureEngineer.BarsToFetch(steps), cancellationToken);
        if (read.IsRefused)
            return read.Refusal;
        var series = read.Answer;
        var last = series.Bars.Span[^1].Day;
        var needed = FeatureEngineer.BarsNeeded(series, steps);
        if (series.Bars.Length < needed)
            return TooShort($"{series.Symbol} has {series.Bars.Length} daily bars up to {last:O}: a window of {steps} needs {needed}");
        if (PriceHistory.MissingDay(series, steps) is { } gap)
            return gap;

        using var stage = Stages.Features();
        var features = FeatureEngineer.Compute(series, Sentiment.Neutral);
        if (!features.EndsAtLastBar)
            return TooShort($"the features of {series.Symbol} cannot all be computed for its last bar of {last:O}");
        if (features.Rows < steps)
            return TooShort($"{series.Symbol} has {features.Rows} bars with all features up to {last:O}: a window has {steps}");
        if (features.Days.Span[^steps] != last.AddDays(1 - steps))
            return TooShort($"a bar of {series.Symbol} among the {steps} up to {last:O} lacks a feature: its source left a cell empty");
        return new PredictionInputs(series, features, Sentiment.Neutral, prices.Source);
    }

    private string ComputeDigest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{Source}\0{Sentiment.Source}\0"));
        Span<byte> numbers = stackalloc byte[NumbersPerBar * sizeof(double)];
        Write(numbers, [Sentiment.SocialScore, Sentiment.Positive, Sentiment.Negative]);
        hash.AppendData(numbers[..(3 * sizeof(double))]);
        foreach (ref readonly var bar in Series.Bars.Span)
        {
            Write(numbers, [bar.Day.DayNumber, bar.Open, bar.High, bar.Low, bar.Close, bar.Volume, bar.MarketCap, bar.Change1h, bar.Change24h]);
            hash.AppendData(numbers);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Write(Span<byte> target, ReadOnlySpan<double> values)
    {
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteDoubleLittleEndian(target[(i * sizeof(double))..], values[i]);
    }

    private static RequestRefused TooShort(string detail) => new(RefusalReason.InsufficientHistory, detail);
}

using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Telemetry;
using Coinsphere.Messaging.Worker.MarketData;

namespace Coinsphere.Messaging.Worker.Serving;

/// <summary>The inputs of models: a symbol's bars, and the features of the longest window that ends with them.</summary>
internal sealed record PredictionInputs(BarSeries Series, FeatureTable Features, SentimentSeries Sentiment, string Source, IReadOnlyList<string> Warnings)
{
    private string? _digest;

    /// <summary>SHA-256, in lower-case hex, of the sources and of every bar with its known sentiment.</summary>
    public string Digest => _digest ??= InputsDigest.Of(Source, SentimentSource, Series, Sentiment, Features.LastRow()[FeatureColumn.SocialScore..]);

    /// <summary>The source of the last bar's sentiment, as answers name it.</summary>
    public string SentimentSource => Sentiment.SourceOn(Series.Bars.Span[^1].Day);

    /// <summary>Reads the bars and sentiment that windows of that many steps need, and computes their features; or returns the refusal.</summary>
    public static async Task<Result<PredictionInputs>> ReadAsync(
        PriceHistory prices, SentimentHistory sentiments, PredictionQuery query, CacheVersion? version, int steps, CancellationToken cancellationToken)
    {
        var read = await prices.ReadAsync(query.Symbol, version, query.AsOf, FeatureEngineer.BarsToFetch(steps), cancellationToken);
        if (read.IsRefused)
        {
            return read.Refusal;
        }

        var series = read.Answer;
        var last = series.Bars.Span[^1].Day;
        var needed = FeatureEngineer.BarsNeeded(series, steps);
        if (series.Bars.Length < needed)
        {
            return TooShort($"{series.Symbol} has {series.Bars.Length} daily bars up to {last:O}: a window of {steps} needs {needed}");
        }

        if (PriceHistory.MissingDay(series, steps) is { } gap)
        {
            return gap;
        }

        var sentiment = await sentiments.ReadAsync(series, cancellationToken);
        if (sentiment.IsRefused)
        {
            return sentiment.Refusal;
        }

        using var stage = Stages.Features();
        var features = FeatureEngineer.Compute(series, sentiment.Answer, steps);
        if (!features.EndsAtLastBar)
        {
            return TooShort($"the features of {series.Symbol} cannot all be computed for its last bar of {last:O}");
        }

        if (features.WindowEndingAt(last, steps) is null)
        {
            return TooShort($"a bar of {series.Symbol} among the {steps} up to {last:O} lacks a feature: its source left a cell empty");
        }

        return new PredictionInputs(series, features, sentiment.Answer, prices.SourceOf(series), prices.Warnings(series, query.AsOf));
    }

    private static RequestRefused TooShort(string detail) => new(RefusalReason.InsufficientHistory, detail);
}

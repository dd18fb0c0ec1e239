using System.Globalization;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Hosting.Caching;

/// <summary>
/// The cache key of an answer, which contains everything that changes it: <c>prediction:{symbol}:{timeframe}[:asof={day}][:explain]</c>,
/// <c>risk:{symbol}[:asof={day}]</c>, <c>ensemble:{symbol}:{timeframe}:{method}:{min_confidence}[:asof={day}]</c>. All parts are normalised, so no
/// text of a caller becomes part of a key.
/// </summary>
/// <param name="Symbol">The canonical symbol whose cache version the entry belongs to.</param>
/// <param name="Text">The key.</param>
public sealed record CacheKey(string Symbol, string Text)
{
    /// <summary>The key of a prediction.</summary>
    public static CacheKey Of(PredictionQuery query) =>
        new(query.Symbol, $"prediction:{query.Symbol}:{query.Timeframe}{AsOf(query.AsOf)}{(query.Explain ? ":explain" : "")}");

    /// <summary>The key of a risk score.</summary>
    public static CacheKey Of(RiskQuery query) => new(query.Symbol, $"risk:{query.Symbol}{AsOf(query.AsOf)}");

    /// <summary>The key of an ensemble's prediction.</summary>
    public static CacheKey Of(EnsembleQuery query) => new(
        query.Prediction.Symbol,
        string.Create(
            CultureInfo.InvariantCulture,
            $"ensemble:{query.Prediction.Symbol}:{query.Prediction.Timeframe}:{query.Method}:{query.MinConfidence:R}{AsOf(query.Prediction.AsOf)}"));

    private static string AsOf(DateOnly? day) => day is { } asOf ? string.Create(CultureInfo.InvariantCulture, $":asof={asOf:yyyy-MM-dd}") : "";
}

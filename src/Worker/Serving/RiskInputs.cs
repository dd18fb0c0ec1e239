using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Risk;
using Coinsphere.Messaging.Forecasting.Volatility;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Worker.MarketData;

namespace Coinsphere.Messaging.Worker.Serving;

/// <summary>
/// A symbol's bars and its risk score. The score is of the last 90 bars, and they alone decide whether it is refused. The forecast uses the bars before
/// them too: a day may be missing there, and where they are no prices of a market, only the 90 are used.
/// </summary>
internal sealed record RiskInputs(BarSeries Series, RiskAssessment Score, string Source, IReadOnlyList<string> Warnings)
{
    /// <summary>Reads the bars and scores them, or returns the refusal.</summary>
    public static async Task<Result<RiskInputs>> ReadAsync(
        PriceHistory prices, string symbol, CacheVersion version, DateOnly? asOf, CancellationToken cancellationToken)
    {
        string? rejected = null;
        var read = await prices.ReadAsync(symbol, version, asOf, VolatilityModel.BarsOfYear, cancellationToken);
        if (read.Refusal is { Reason: RefusalReason.PricesRejected } refusal)
        {
            rejected = refusal.Detail;
            read = await prices.ReadAsync(symbol, version, asOf, RiskScorer.Days, cancellationToken);
        }

        if (read.IsRefused)
        {
            return read.Refusal;
        }

        var series = read.Answer;
        if (PriceHistory.MissingDay(series, RiskScorer.Days) is { } gap)
        {
            return gap;
        }

        if (RiskScorer.Score(series) is not { } score)
        {
            return new RequestRefused(
                RefusalReason.InsufficientHistory,
                $"{symbol} has {series.Bars.Length} daily bars up to {series.Bars.Span[^1].Day:O}: a risk score needs {RiskScorer.DaysNeeded}");
        }

        var warnings = prices.Warnings(series, asOf);
        return new RiskInputs(series, score, prices.SourceOf(series), rejected is null
            ? warnings
            : [.. warnings, $"Prices before {series.Bars.Span[0].Day:O} are not used: {rejected}"]);
    }
}

using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Risk;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Worker.MarketData;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Serving;

/// <summary>Scores risk. The bars are read first; the rest is synchronous and pure.</summary>
internal sealed class RiskAnalyst(PriceHistory prices, IOptions<CacheOptions> cacheOptions, TimeProvider time)
{
    public TimeSpan Lifetime => TimeSpan.FromSeconds(cacheOptions.Value.RiskSeconds);

    public async Task<Result<RiskAnswer>> ScoreAsync(RiskQuery query, CacheVersion version, SharedDeadline deadline, CancellationToken cancellationToken)
    {
        var read = await prices.ReadAsync(query.Symbol, version, query.AsOf, RiskScorer.Days, cancellationToken);
        if (read.IsRefused)
        {
            return read.Refusal;
        }

        if (deadline.HasPassed(time))
        {
            return Deadline.Exceeded;
        }

        var series = read.Answer;
        if (PriceHistory.MissingDay(series, RiskScorer.Days) is { } gap)
        {
            return gap;
        }

        if (RiskScorer.Score(series) is not { } risk)
        {
            return new RequestRefused(
                RefusalReason.InsufficientHistory,
                $"{query.Symbol} has {series.Bars.Length} daily bars up to {series.Bars.Span[^1].Day:O}: a risk score needs {RiskScorer.DaysNeeded}");
        }

        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        return new RiskAnswer(
            query.Symbol, risk.Score, risk.Level.Name(),
            new RiskFactors(Factor(risk.Volatility), Factor(risk.PriceSwings), Factor(risk.VolumeVolatility), Factor(risk.TrendStrength)),
            risk.Warnings, now, now + Lifetime, series.Bars.Span[^1].Day, prices.SourceOf(series), InputsDigest.Of(prices.SourceOf(series), series))
        {
            DataWarnings = prices.Warnings(series, query.AsOf),
        };
    }

    private static RiskFactor Factor(FactorScore factor) => new(factor.Value, factor.Score, factor.Risk.Name());
}

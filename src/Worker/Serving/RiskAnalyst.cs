using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Risk;
using Coinsphere.Messaging.Forecasting.Volatility;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.Models;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Serving;

/// <summary>Scores risk. The bars are read first; the rest is synchronous and pure.</summary>
internal sealed class RiskAnalyst(PriceHistory prices, VolatilityStore volatility, IOptions<CacheOptions> cacheOptions, TimeProvider time)
{
    public TimeSpan Lifetime => TimeSpan.FromSeconds(cacheOptions.Value.RiskSeconds);

    public async Task<Result<RiskAnswer>> ScoreAsync(RiskQuery query, CacheVersion version, SharedDeadline deadline, CancellationToken cancellationToken)
    {
        var read = await RiskInputs.ReadAsync(prices, query.Symbol, version, query.AsOf, cancellationToken);
        if (read.IsRefused)
        {
            return read.Refusal;
        }

        if (deadline.HasPassed(time))
        {
            return Deadline.Exceeded;
        }

        var (series, risk, source, warnings) = read.Answer;
        var moves = volatility.Current;
        var outlook = RiskOutlook.Of(moves, series);
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        return new RiskAnswer(
            query.Symbol, risk.Score, risk.Level.Name(),
            new RiskFactors(Factor(risk.Volatility), Factor(risk.PriceSwings), Factor(risk.VolumeVolatility), Factor(risk.TrendStrength)),
            risk.Warnings, now, now + Lifetime, series.Bars.Span[^1].Day, source, InputsDigest.Of(source, series))
        {
            DataWarnings = [.. warnings, .. Warnings(outlook)],
            Forecast = outlook is null ? null : Forecast(outlook),
            VolatilityDigest = moves.Digest,
        };
    }

    private static IEnumerable<string> Warnings(RiskOutlook? outlook)
    {
        if (outlook is null)
        {
            yield return "There is no forecast: the price has not moved";
        }
        else if (outlook.MeanOfDays is { } known)
        {
            yield return FormattableString.Invariant(
                $"The forecast comes from the mean of {known} daily moves: with {VolatilityModel.WarmUp} it follows the market");
        }
    }

    private static RiskForecast Forecast(RiskOutlook outlook) => new(
        AnswerParts.Fraction(outlook.Volatility7), AnswerParts.Fraction(outlook.Volatility30), AnswerParts.Fraction(outlook.ValueAtRisk),
        AnswerParts.Fraction(outlook.ExpectedShortfall), AnswerParts.Fraction(outlook.ExpectedDrawdown), Rounding.Decimals(outlook.PercentileOfAll, 1))
    {
        PercentileOwnYear = outlook.PercentileOfYear is { } percentile ? Rounding.Decimals(percentile, 1) : null,
    };

    private static RiskFactor Factor(FactorScore factor) => new(factor.Value, factor.Score, factor.Risk.Name());
}

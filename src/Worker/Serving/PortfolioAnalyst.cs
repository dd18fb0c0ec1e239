using System.Security.Cryptography;
using System.Text;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Risk;
using Coinsphere.Messaging.Forecasting.Volatility;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.Models;

namespace Coinsphere.Messaging.Worker.Serving;

/// <summary>Measures the risk of portfolios. The bars of all holdings are read first; the rest is synchronous and pure.</summary>
internal sealed class PortfolioAnalyst(PriceHistory prices, VolatilityStore volatility, TimeProvider time)
{
    /// <summary>The answer, or the refusal of the first holding that has one.</summary>
    /// <param name="query">The portfolio.</param>
    /// <param name="versions">By holding, the symbol's cache version, taken before anything was read.</param>
    /// <param name="deadline">When the last caller stops waiting.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public async Task<Result<PortfolioRiskAnswer>> ScoreAsync(
        PortfolioRiskQuery query, IReadOnlyList<CacheVersion> versions, SharedDeadline deadline, CancellationToken cancellationToken)
    {
        var inputs = new RiskInputs[query.Holdings.Count];
        for (var i = 0; i < inputs.Length; i++)
        {
            var read = await RiskInputs.ReadAsync(prices, query.Holdings[i].Symbol, versions[i], query.AsOf, cancellationToken);
            if (read.IsRefused)
            {
                return read.Refusal;
            }

            if (deadline.HasPassed(time))
            {
                return Deadline.Exceeded;
            }

            inputs[i] = read.Answer;
        }

        return Score(query, inputs);
    }

    private Result<PortfolioRiskAnswer> Score(PortfolioRiskQuery query, RiskInputs[] inputs)
    {
        // Moves of different days have no correlation, so all end with the day that the oldest series ends with.
        var last = inputs.Min(input => input.Series.Bars.Span[^1].Day);
        BarSeries[] histories = [.. inputs.Select(input => input.Series.EndingAt(last, VolatilityModel.Bars))];
        var days = new CommonDays(histories, last);
        if (days.Count < PortfolioOutlook.FewestDays)
        {
            return TooFew(histories, days, last);
        }

        var moves = volatility.Current;
        var (week, month) = (new VolatilityForecast[inputs.Length], new double[inputs.Length]);
        for (var i = 0; i < inputs.Length; i++)
        {
            var symbol = new SymbolVolatility(moves, histories[i]);
            if (symbol.Over(RiskOutlook.LossDays) is not { } next || symbol.VolatilityOver(RiskOutlook.DrawdownDays) is not { } later)
            {
                return new RequestRefused(
                    RefusalReason.InsufficientHistory, $"the price of {histories[i].Symbol} has not moved up to {last:O}: there is no forecast for it");
            }

            (week[i], month[i]) = (next, later);
        }

        if (PortfolioOutlook.Of([.. query.Holdings.Select(holding => holding.Weight)], week, month, days.Correlations()) is not { } outlook)
        {
            return new RequestRefused(
                RefusalReason.InvalidRequest, $"the moves of the holdings cancel out up to {last:O}: there is no risk whose shares could be told");
        }

        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        // Invented prices of one holding make an invented answer.
        var source = (inputs.FirstOrDefault(input => input.Series.IsSynthetic) ?? inputs[0]).Source;
        return new PortfolioRiskAnswer(
            [.. query.Holdings.Select((holding, i) =>
                new HoldingRisk(holding.Symbol, holding.Weight, inputs[i].Score.Score, AnswerParts.Fraction(outlook.Contributions[i])))],
            AnswerParts.Fraction(outlook.Volatility7), AnswerParts.Fraction(outlook.Volatility30),
            AnswerParts.Fraction(outlook.ValueAtRisk), AnswerParts.Fraction(outlook.ExpectedShortfall),
            Rounding.Decimals(outlook.DiversificationRatio, 4), days.Count, now, now, last, source)
        {
            InputsDigest = Digest(inputs),
            VolatilityDigest = moves.Digest,
            DataWarnings = [.. Warnings(inputs, week, days, last)],
        };
    }

    private static RequestRefused TooFew(BarSeries[] histories, CommonDays days, DateOnly last)
    {
        var most = histories.Select((history, i) => (history.Symbol, Missing: days.Missing[i].Count)).MaxBy(lacks => lacks.Missing);
        return new(
            RefusalReason.InsufficientHistory,
            $"the holdings have {days.Count} daily moves in common in the year up to {last:O}: a portfolio needs {PortfolioOutlook.FewestDays}; "
                + $"{most.Symbol} lacks {most.Missing} days");
    }

    private static IEnumerable<string> Warnings(RiskInputs[] inputs, VolatilityForecast[] week, CommonDays days, DateOnly last)
    {
        for (var i = 0; i < inputs.Length; i++)
        {
            var symbol = inputs[i].Series.Symbol;
            foreach (var warning in inputs[i].Warnings)
            {
                yield return $"{symbol}: {warning}";
            }

            if (inputs[i].Series.Bars.Span[^1].Day is var end && end > last)
            {
                yield return $"{symbol}: The bars after {last:O} are not used, since another holding has none of them";
            }

            if (days.Missing[i] is { Count: > 0 } missing)
            {
                yield return $"{symbol}: {missing.Count} of the last {CommonDays.Year + 1} days have no bar, the newest of them {missing[^1]:O}: "
                    + "they are left out of the correlations, for all holdings";
            }

            if (week[i].MeanOfDays is { } known)
            {
                yield return FormattableString.Invariant(
                    $"{symbol}: The forecast comes from the mean of {known} daily moves: with {VolatilityModel.WarmUp} it follows the market");
            }
        }
    }

    private static string Digest(RiskInputs[] inputs) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', inputs.Select(input => $"{input.Series.Symbol} {InputsDigest.Of(input.Source, input.Series)}")))));
}
